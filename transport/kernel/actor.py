"""Who is asking, and on whose behalf."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may be in this house; each door names the roles it is for."""

    CLIENT = "client"
    REPRESENTATIVE = "representative"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    DRIVER = "driver"
    MANAGER = "manager"
    ADMIN = "admin"
    SYSTEM = "system"


STAFF = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.ADMIN})
"""Roles that may act for every client."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself) doing something now; `on_behalf_of` is the client acted for."""

    user: int | None
    role: Role
    name: str = ""
    on_behalf_of: int | None = None

    @property
    def label(self) -> str:
        """How the audit trail names the actor: role and id, never a name."""
        return self.role.value if self.user is None else f"{self.role.value}:{self.user}"


SYSTEM = Actor(user=None, role=Role.SYSTEM, name="system")
