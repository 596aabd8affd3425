"""Mandates that a client offers to a telephone number or an e-mail address; whoever logs in by it says yes or no.

Nobody learns from it who has an account: the same happens whether or not somebody has one.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, func, select, update

from transport.accounts import contacts, users
from transport.accounts.models import User
from transport.booking.clients import entering, mandates
from transport.booking.clients import events as happened
from transport.booking.clients.acting import ALL_POWERS, BY_CLIENT
from transport.booking.clients.models import Client, Mandate, MandateKind, Power
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, NotFound

MOST = 10
"""Invitations of one client that nobody has answered yet."""

_OPEN = (col(Mandate.invited_contact) != "", col(Mandate.user_id).is_(None), col(Mandate.revoked_at).is_(None))


def invite(
    session: Session,
    client_id: int,
    *,
    name: str,
    contact: str,
    kind: str,
    powers: Collection[str],
    valid_until: date | None,
    language: str,
    by: Actor,
    now: datetime,
) -> Mandate:
    """Offer a power of attorney or the part of a supporter to whoever has this contact, from today on.

    Somebody new can log in by the contact from now on, under this name. A supporter sees and prepares, whatever
    `powers` say.
    """
    if not name.strip():
        raise Invalid("user.name_missing", field="name")
    known = contacts.contact(contact)
    if known is None:
        raise Invalid("mandate.contact_unusable", field="contact")
    kinds = {each.value: each for each in BY_CLIENT}
    if kind not in kinds:
        raise Invalid("mandate.kind_missing", field="kind")
    advice = kinds[kind] is MandateKind.SUPPORTER
    wanted = frozenset({Power.PREPARE} if advice else {power for power in ALL_POWERS if power.value in powers})
    if not wanted:
        raise Invalid("mandate.powers_missing", field="powers")
    mandate = mandates.grant(
        session,
        client_id,
        kind=kinds[kind],
        powers=wanted,
        valid_from=local_day(now),
        valid_until=valid_until,
        invited_contact=known,
        by=by,
        now=now,
    )
    unanswered = session.exec(select(func.count()).select_from(Mandate).where(Mandate.client_id == client_id, *_OPEN))
    if unanswered.one() > MOST:
        raise Invalid("mandate.too_many_invitations", field="contact", most=MOST)
    if not entering.at(session, known):
        phone, email = ("", known) if "@" in known else (known, "")
        users.open(
            session,
            name=name,
            phone=phone,
            email=email,
            role=Role.REPRESENTATIVE,
            language=language,
            by=by,
            now=now,
        )
    return mandate


def waiting(session: Session, actor: Actor, *, on: date) -> list[tuple[Client, Mandate]]:
    """What is offered to this person and not answered yet: to the contact at which a code has reached them."""
    user = None if actor.user is None else session.get(User, actor.user)
    offered = select(Mandate).where(Mandate.invited_contact == (user.proven_contact if user else ""), *_OPEN)
    found = []
    for mandate in session.exec(offered.order_by(col(Mandate.id))):
        client = session.get_one(Client, mandate.client_id)
        if client.active and client.user_id != actor.user and mandate.in_force(on):
            found.append((client, mandate))
    return found


def accept(session: Session, mandate_id: int, *, by: Actor, now: datetime) -> Mandate:
    """Say yes: from now on this person acts for the client."""
    return _answer(session, mandate_id, happened.MANDATE_ACCEPTED, by, now, user_id=by.user)


def decline(session: Session, mandate_id: int, *, by: Actor, now: datetime) -> None:
    """Say no: the client sees that nobody acts for them by it."""
    _answer(session, mandate_id, happened.MANDATE_REVOKED, by, now, revoked_at=now)


def _answer(session: Session, mandate_id: int, kind: str, by: Actor, now: datetime, **answer: object) -> Mandate:
    """The first answer counts, also of two people who share a telephone."""
    offered = {mandate.id: (client, mandate) for client, mandate in waiting(session, by, on=local_day(now))}
    if mandate_id not in offered:
        raise NotFound("mandate")
    client, mandate = offered[mandate_id]
    open_still = update(Mandate).where(col(Mandate.id) == mandate_id, *_OPEN)
    changed = open_still.values(**answer).execution_options(synchronize_session=False)
    if session.connection().execute(changed).rowcount != 1:
        raise NotFound("mandate")
    session.refresh(mandate)
    facts = {"mandate": mandate.id, "user": by.user, "kind": mandate.kind.value}
    by = mandates.acting_for(client, by)
    events.record(session, kind, subject=("client", client.id), by=by, now=now, facts=facts)
    return mandate
