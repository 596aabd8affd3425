"""A link that shows one ride to whoever has it: for people who have no login and go where others send them.

The link may do what its maker may do with the ride, and no more: it shows it and calls it off. Only a hash of the
token is kept, and the token is in no event. Order of locks: ride, day, contract.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.rides import homeward, rides, underway
from transport.booking.rides.lifecycle import LIVE, Move, possible
from transport.booking.rides.models import Ride, RideLink
from transport.kernel.actor import Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, NotFound, ServiceError
from transport.kernel.events import record
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise

OPEN_AFTER = timedelta(hours=24)
"""The link opens until so long after the latest arrival."""


def make(session: Session, ride: Ride, *, by: Actor, now: datetime) -> str:
    """The token of a new link to the ride, told this once. Conflict("ride.not_possible") for a ride that is over."""
    client = mandates.require(session, ride.client_id, by, Power.CANCEL, on=local_day(now))
    if ride.status not in LIVE:
        raise Conflict("ride.not_possible", move="link", status=ride.status.value)
    token = secrets.token_urlsafe(16)
    link = RideLink(ride_id=ride.id or 0, token_hash=_hash(token), made_by=by.user, made_at=now)
    session.add(link)
    session.flush()
    _record(session, "ride_link_made", link, mandates.acting_for(client, by), now)
    return token


def of_ride(session: Session, ride: Ride, *, now: datetime) -> list[RideLink]:
    """The links that open this ride now, also those made before it was changed."""
    before = [ride.id]
    while (earlier := session.exec(select(Ride.id).where(Ride.replaced_by == before[-1])).first()) is not None:
        before.append(earlier)
    links = select(RideLink).where(col(RideLink.ride_id).in_(before), col(RideLink.revoked_at).is_(None))
    return list(session.exec(links.order_by(col(RideLink.id)))) if _opens_until(session, ride) >= now else []


def revoke(session: Session, ride: Ride, *, by: Actor, now: datetime) -> None:
    """From now on no link opens this ride."""
    client = mandates.require(session, ride.client_id, by, Power.CANCEL, on=local_day(now))
    for link in of_ride(session, ride, now=now):
        link.revoked_at = now
        session.add(link)
        _record(session, "ride_link_revoked", link, mandates.acting_for(client, by), now)


def opened(session: Session, token: str, *, now: datetime) -> Ride:
    """The ride as it is now. NotFound("link.over") for a link that is over, was taken back or never was."""
    return _opened(session, token, now)[1]


def may_cancel(session: Session, token: str, *, now: datetime) -> bool:
    """Whether the ride can be called off by this link now."""
    link, ride = _opened(session, token, now)
    maker = _maker(session, link)
    if (
        maker is None
        or Move.CANCEL not in possible(ride.status, maker.role)
        or underway.on_the_way(session, ride, now=now)
    ):
        return False
    return Power.CANCEL in mandates.powers(session, ride.client_id, maker, on=local_day(now))


def cancel(session: Session, token: str, *, version: int, world: World, now: datetime) -> Ride:
    """Call the ride off with the power of whoever made the link, and remember that it was the link."""
    link, ride = _opened(session, token, now)
    maker = _maker(session, link)
    if maker is None:
        raise NotFound("link.over")
    if underway.on_the_way(session, ride, now=now):
        raise Conflict("ride.driver_comes", ride=ride.code)
    try:
        rides.cancel(session, ride, version=version, world=world, by=maker, now=now)
    except Conflict:
        raise
    except ServiceError as error:
        raise NotFound("link.over") from error
    client = mandates.require(session, ride.client_id, maker, Power.CANCEL, on=local_day(now))
    _record(session, "ride_link_used", link, mandates.acting_for(client, maker), now, ride)
    return ride


def _opened(session: Session, token: str, now: datetime) -> tuple[RideLink, Ride]:
    link = session.exec(select(RideLink).where(RideLink.token_hash == _hash(token))).first()
    if link is None or link.revoked_at is not None:
        raise NotFound("link.over")
    ride = homeward.current(session, session.get_one(Ride, link.ride_id))
    if _opens_until(session, ride) < now:
        raise NotFound("link.over")
    return link, ride


def _opens_until(session: Session, ride: Ride) -> datetime:
    promise = session.get_one(Promise, ride.promise_id)
    return at(promise.day, promise.arrive_by) + OPEN_AFTER


def _maker(session: Session, link: RideLink) -> Actor | None:
    maker = None if link.made_by is None else session.get(User, link.made_by)
    return users.actor(maker) if maker is not None and maker.active else None


def _record(session: Session, kind: str, link: RideLink, by: Actor, now: datetime, ride: Ride | None = None) -> None:
    subject = link.ride_id if ride is None else ride.id
    record(session, kind, subject=("ride", subject), by=by, now=now, facts={"link": link.id})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
