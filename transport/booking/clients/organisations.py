"""Organisations that act for clients: departments of the city, day centres, homes. Who works there, who stands in."""

from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from transport.accounts.models import User
from transport.booking.clients import acting, spelling
from transport.booking.clients import events as happened
from transport.booking.clients.acting import Standing
from transport.booking.clients.models import Client, Deputy, Mandate, Membership, Organisation, OrganisationKind
from transport.kernel import events
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound


def found(session: Session, *, name: str, kind: OrganisationKind, by: Actor, now: datetime) -> Organisation:
    """Take an organisation in; it has no members and acts for nobody yet. Our staff do it."""
    _only_staff(by)
    name = " ".join(name.split())[:120]
    if not name:
        raise Invalid("organisation.name_missing", field="name")
    if session.exec(select(Organisation.id).where(Organisation.name == name)).first() is not None:
        raise Invalid("organisation.name_taken", field="name", name=name)
    organisation = Organisation(name=name, kind=kind)
    session.add(organisation)
    session.flush()
    _record(session, happened.ORGANISATION_FOUNDED, organisation.id, by, now)
    return organisation


def join(
    session: Session,
    organisation_id: int,
    user_id: int,
    *,
    valid_from: date,
    valid_until: date | None = None,
    by: Actor,
    now: datetime,
) -> Membership:
    """A user begins to work for an organisation: from that day they may act for its clients."""
    _only_staff(by)
    if session.get(Organisation, organisation_id) is None:
        raise NotFound("organisation.unknown")
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("span.ends_before_start", field="valid_until")
    if any(_meet(each, valid_from, valid_until) for each in _memberships(session, organisation_id, user_id)):
        raise Conflict("organisation.member_already")
    membership = Membership(
        organisation_id=organisation_id, user_id=user_id, valid_from=valid_from, valid_until=valid_until
    )
    session.add(membership)
    session.flush()
    _record(session, happened.MEMBER_JOINED, organisation_id, by, now, user=user_id)
    return membership


def leave(session: Session, organisation_id: int, user_id: int, *, last: date, by: Actor, now: datetime) -> None:
    """A member's last day; a day that has passed ends it at once. Without a membership beyond it nothing changes."""
    _only_staff(by)
    for membership in _memberships(session, organisation_id, user_id):
        if membership.valid_until is not None and membership.valid_until <= last:
            continue
        membership.valid_until = last
        session.add(membership)
        _record(session, happened.MEMBER_LEFT, organisation_id, by, now, user=user_id, last=last)
    session.flush()


def members(session: Session, organisation_id: int, *, on: date) -> list[User]:
    """Who works for the organisation on the day, by name."""
    here = select(Membership.user_id).where(Membership.organisation_id == organisation_id, *_on(on))
    users = session.exec(select(User).where(col(User.id).in_(here), col(User.active)))
    return sorted(users, key=lambda user: (spelling.plain(user.name), user.id))


def of_member(session: Session, by: Actor, *, on: date) -> list[Organisation]:
    """The organisations somebody works for on the day, by name."""
    mine = standing(session, by.user or 0, on=on).organisations
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(mine)))
    return sorted(found, key=lambda organisation: (spelling.plain(organisation.name), organisation.id))


def hand_over(
    session: Session,
    user_id: int,
    deputy_id: int,
    *,
    valid_from: date,
    valid_until: date,
    by: Actor,
    now: datetime,
) -> Deputy:
    """A colleague acts for everybody in the user's charge on these days, both included; the charge stays the user's.

    Members hand over for themselves, our staff for everybody (somebody may have fallen ill).
    """
    if by.user != user_id:
        _only_staff(by)
    if user_id == deputy_id:
        raise Invalid("deputy.oneself", field="deputy")
    if valid_until < valid_from:
        raise Invalid("span.ends_before_start", field="valid_until")
    theirs, ours = (standing(session, each, on=valid_from).organisations for each in (deputy_id, user_id))
    if not theirs & ours:
        raise Invalid("deputy.other_organisation", field="deputy")
    deputy = Deputy(user_id=user_id, deputy_id=deputy_id, valid_from=valid_from, valid_until=valid_until)
    session.add(deputy)
    session.flush()
    for organisation_id in sorted(theirs & ours):
        facts = {"user": user_id, "deputy": deputy_id, "from": valid_from, "until": valid_until}
        _record(session, happened.HANDED_OVER, organisation_id, by, now, **facts)
    return deputy


def standing(session: Session, user_id: int, *, on: date) -> Standing:
    """For whom a user works and stands in on the day."""
    employers = session.exec(select(Membership.organisation_id).where(Membership.user_id == user_id, *_on(on)))
    absent = session.exec(
        select(Deputy.user_id).where(
            Deputy.deputy_id == user_id, col(Deputy.valid_from) <= on, col(Deputy.valid_until) >= on
        )
    )
    return Standing(user_id, frozenset(employers), frozenset(absent))


def caseload(session: Session, user_id: int, *, on: date) -> list[Client]:
    """The clients a worker has charge of on the day, by name: their own, and those of colleagues they stand in for."""
    place = standing(session, user_id, on=on)
    in_charge = select(Mandate).where(
        col(Mandate.organisation_id).in_(place.organisations),
        col(Mandate.user_id).in_(place.stands_in_for | {user_id}),
    )
    charges = {
        mandate.client_id
        for mandate in session.exec(in_charge)
        if mandate.in_force(on) and acting.usable(mandate, place)
    }
    clients = session.exec(select(Client).where(col(Client.id).in_(charges), col(Client.active)))
    return sorted(clients, key=alphabetical)


def alphabetical(client: Client) -> str:
    """What a list of clients is sorted by: the last name first, without diacritics."""
    return spelling.plain(f"{client.last_name} {client.first_name}")


def _only_staff(by: Actor) -> None:
    if by.role not in STAFF | {Role.SYSTEM}:
        raise Forbidden("organisation.only_staff")


def _memberships(session: Session, organisation_id: int, user_id: int) -> list[Membership]:
    theirs = select(Membership).where(Membership.organisation_id == organisation_id, Membership.user_id == user_id)
    return list(session.exec(theirs.order_by(col(Membership.id))))


def _on(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    ends = col(Membership.valid_until)
    return col(Membership.valid_from) <= day, or_(ends.is_(None), ends >= day)


def _meet(membership: Membership, valid_from: date, valid_until: date | None) -> bool:
    begins_in_time = valid_until is None or membership.valid_from <= valid_until
    return begins_in_time and (membership.valid_until is None or valid_from <= membership.valid_until)


def _record(
    session: Session, kind: str, organisation_id: int | None, by: Actor, now: datetime, **facts: object
) -> None:
    events.record(session, kind, subject=("organisation", organisation_id), by=by, now=now, facts=facts)
