"""What the pages of one ride have in common: whose it is, who may do what with it, where it stands."""

from datetime import datetime

from fastapi import Request
from sqlmodel import Session

from transport.booking.clients import mandates
from transport.booking.rides import lifecycle
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid


def powers(session: Session, view: RideView, me: Actor, now: datetime) -> frozenset[str]:
    """What this person may do for the client of the ride."""
    return frozenset(mandates.powers(session, view.ride.client_id, me, on=local_day(now)))


def can_cancel(view: RideView, me: Actor) -> bool:
    """Whether the ride is one that somebody in this role may still call off, or change."""
    return lifecycle.Move.CANCEL in lifecycle.possible(view.ride.status, me.role)


def address(request: Request, code: str, page: str = "") -> str:
    """The address of the ride, or of a page below it, in the language of the page."""
    return f"/{request.path_params['lang']}/jizdy/{code}" + (f"/{page}" if page else "")


def version(said: object) -> int:
    """The version of the ride that a page has shown. Raises Invalid("request.unreadable")."""
    if not str(said).isdecimal():
        raise Invalid("request.unreadable")
    return int(str(said))
