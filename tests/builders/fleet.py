"""A roster with something to look at: a qualification that ends, a driver away, a vehicle out, a place closed."""

from datetime import timedelta

from sqlmodel import Session

from tests.builders.town import NOW, Town
from transport.booking.rides import closures
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.operations.dispatch import places
from transport.routing.fleet import availability, keeping
from transport.routing.fleet.models import AwayKind, OutReason, QualificationKind, Shift, Vehicle
from transport.routing.geo.closures import Hours


def a_fleet(session: Session, town: Town, *, by: Actor) -> dict[str, list[str]]:
    """What the addresses of its pages may say."""
    emil = keeping.driver(session, session.get_one(Shift, town.car_shift).driver_id)
    soon, day = NOW.date() + timedelta(days=5), timedelta(days=1)
    keeping.qualify(session, emil, QualificationKind.FIRST_AID, valid_until=soon, by=by, now=NOW)
    keeping.be_away(session, emil, first=town.day, last=town.day, kind=AwayKind.ILL, by=by, now=NOW)
    van, starts = session.get_one(Vehicle, town.van), at(town.day + 9 * day, 0)
    availability.take_out(session, van, starts=starts, ends=starts + day, reason=OutReason.INSPECTION, now=NOW)
    village = town.places["zbuch"]
    places.set_hours(session, village, [Hours(2, 360, 1200), Hours(4, 360, 1200)], by=by, now=NOW)
    closure = closures.close_place(
        session,
        village,
        first=town.day,
        last=town.day,
        moved_to=town.places["school"],
        reason="rekonstrukce vchodu",
        by=by,
        now=NOW,
    )
    return {
        "driver_id": [str(emil.id)],
        "place_id": [str(village)],
        "closure_id": [str(closure.id)],
        "out": ["", "starts=24.11.2026&ends=25.11.2026&reason=repair"],
        **{f"fleet:{name} code": ["van"] for name in ("vehicle", "vehicle.change", "out")},
        "fleet:shift shift_id": [str(town.car_shift), str(town.van_shift)],
        "fleet:shift.check shift_id": [str(town.van_shift)],
    }
