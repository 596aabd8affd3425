"""Who is calling: the people at a number, and for whom each of them may speak. Reads."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Power
from transport.kernel.actor import Role
from transport.kernel.clock import local_day

_CALLERS = frozenset({Role.CLIENT, Role.REPRESENTATIVE})


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at a number, and a client the call may be about.

    `powers`: what the caller may do for the client, by mandate `kind` until `until`; empty for somebody who is only the
    contact person. `oneself`: the number is the client's own.
    """

    name: str
    client: Client
    oneself: bool
    powers: frozenset[Power] = frozenset()
    kind: str = ""
    until: date | None = None


def at(session: Session, number: str, *, now: datetime) -> list[Caller]:
    """Everybody the call may be about: clients with this number, then those whom its owner may act for, then those
    who named it as their contact. A number as it is kept (`accounts.contacts`); an empty one is nobody's.
    """
    if not number:
        return []
    theirs = select(Client).where(or_(Client.phone == number, Client.contact_phone == number), col(Client.active))
    clients = list(session.exec(theirs.order_by(Client.search_name, Client.code)))
    found = {each.id: Caller(each.name, each, oneself=True) for each in clients if each.phone == number}
    owners = select(User).where(User.phone == number, col(User.active), col(User.role).in_(_CALLERS))
    for user in session.exec(owners.order_by(col(User.name), col(User.id))):
        for each in mandates.people(session, users.actor(user), on=local_day(now)):
            longest = each.longest
            kind, until = ("", None) if longest is None else (longest.kind.value, longest.valid_until)
            caller = Caller(user.name, each.client, each.oneself, each.powers, kind, until)
            found.setdefault(each.client.id, caller)
    for client in clients:
        found.setdefault(client.id, Caller(client.contact_name, client, oneself=False))
    return list(found.values())
