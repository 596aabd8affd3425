"""How the service says no: five kinds of ServiceError, each with a stable code and facts.

Sentences stand in the catalogue, HTTP statuses and exit codes are decided at the doors.
A ServiceError is an exception; the *record* that a wish could not be met is a Denial (booking/rides).
"""

from typing import Any


class ServiceError(Exception):
    """A refusal with a reason: `code` is stable, `facts` fill the sentence, `field` names the control to mend."""

    def __init__(self, code: str, *, field: str | None = None, **facts: Any) -> None:  # noqa: ANN401 - facts are shown, never computed with
        """Remember the code, the field of the form it belongs to and the facts of the sentence."""
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        """`code (fact=value, …)`: for logs and tests; people read the catalogue's sentence."""
        if not self.facts:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"


class NotFound(ServiceError):
    """There is no such thing, or none that this person may know of."""


class Forbidden(ServiceError):
    """This person may not do this."""


class Invalid(ServiceError):
    """What was sent makes no sense or breaks a rule of the service; the sender can mend it."""


class Conflict(ServiceError):
    """Somebody else was quicker: the thing has changed since it was shown."""


class Exhausted(ServiceError):
    """There is no room, no capacity or no try left."""
