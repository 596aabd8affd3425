"""Who is at a telephone or a mailbox: the people whom a code that came back may log in.

Most clients were registered over the phone or brought in from a list and have never logged in. They are known by what
stands on their card, and get an account when they first come.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients.models import Client
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.errors import NotFound

BY_CODE = frozenset({Role.CLIENT, Role.REPRESENTATIVE})
"""Our staff see everybody's data: a telephone that was stolen must not be enough for that."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a contact; `key` names them on the form."""

    key: str
    name: str


def at(session: Session, contact: str) -> list[Person]:
    """Everybody whose contact this is, by name: several if they share a landline or a mailbox.

    What stands on a client's card counts; the contact of their account only if the card has none. So a number that was
    changed on the card does not let its next owner in.
    """
    if not contact:
        return []
    on_card = func.lower(Client.email) == contact if "@" in contact else Client.phone == contact
    of_user = User.email == contact if "@" in contact else User.phone == contact
    clients = session.exec(select(Client).where(on_card, col(Client.active))).all()
    found = {f"client-{each.id}": each.name for each in clients if each.user_id is None}
    has_card = select(Client.user_id).where(
        col(Client.user_id).is_not(None), (Client.phone != "") | (Client.email != "")
    )
    may = (col(User.active), col(User.role).in_(BY_CODE))
    theirs = select(User).where(col(User.id).in_([each.user_id for each in clients if each.user_id]), *may)
    others = select(User).where(of_user, col(User.id).not_in(has_card), *may)
    for user in (*session.exec(theirs), *session.exec(others)):
        found[f"user-{user.id}"] = user.name
    return sorted((Person(key, name) for key, name in found.items()), key=lambda each: (each.name, each.key))


def enter(session: Session, contact: str, key: str, *, now: datetime) -> User:
    """The account of one of the people at a contact that was proven; a client without one gets it now.

    Refuses somebody who is not there (`login.nobody`).
    """
    if key not in {each.key for each in at(session, contact)}:
        raise NotFound("login.nobody")
    kind, _, number = key.partition("-")
    user = session.get_one(User, int(number)) if kind == "user" else _of_client(session, int(number), now)
    user.proven_contact = contact
    session.add(user)
    session.flush()
    return user


def _of_client(session: Session, client_id: int, now: datetime) -> User:
    # Changing the row locks it: of two browsers that come at once, the second finds the account of the first.
    session.exec(update(Client).where(col(Client.id) == client_id).values(active=Client.active))
    client = session.get_one(Client, client_id, populate_existing=True)
    if client.user_id is not None:
        return session.get_one(User, client.user_id)
    user = users.open(
        session,
        name=client.name,
        phone=client.phone,
        email=client.email,
        role=Role.CLIENT,
        language=client.language,
        by=SYSTEM,
        now=now,
    )
    client.user_id = user.id
    session.add(client)
    session.flush()
    return user
