"""What the addresses and forms of these doors say: a day, a ride of it, the version a page showed."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from transport.api.forms import Fields, one
from transport.booking.rides import queries
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, NotFound

YEARS = range(2020, 2100)


def service_day(day: str) -> date:
    """The day in the address, written 2026-11-24 and in no other way; NotFound("page")."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise NotFound("page") from None
    if found.isoformat() != day or found.year not in YEARS:
        raise NotFound("page")
    return found


Day = Annotated[date, Depends(service_day)]


def ride_of(session: Session, day: date, code: str, by: Actor, now: datetime) -> RideView:
    """The ride with this number if it is one of the day; NotFound("ride")."""
    view = queries.visible(session, code, by, now=now)
    if view.ride.day != day:
        raise NotFound("ride")
    return view


def version(data: Fields, name: str = "version") -> int:
    """At which version the page showed the ride; a form without one is as old as can be: Conflict."""
    text = one(data, name)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Conflict("ride.changed_meanwhile")
    return int(text)
