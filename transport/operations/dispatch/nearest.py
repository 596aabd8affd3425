"""The ride a caller most likely asks about: what is expected of it, who comes and in what. Reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.rides import queries, underway
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.kernel.clock import at, local_day
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.planning.models import PromiseKind

AROUND = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Nearest:
    """A ride of about now: `word` is the derived word, `expected_at` when the vehicle comes, or is there if on board.

    `estimated`: by a report of the driver as of `as_of`, otherwise by the plan, or by the promise if nothing is
    planned. `late`: later than was promised. `driver` and `vehicle` are empty while nobody is assigned.
    """

    view: RideView
    word: str
    expected_at: datetime
    estimated: bool
    as_of: datetime | None
    late: bool
    driver: str
    driver_phone: str
    vehicle: str


def of_client(session: Session, client_id: int, *, now: datetime) -> Nearest | None:
    """The live ride whose window or journey lies within two hours of now, the nearest one; None if there is none."""
    days = {local_day(now - AROUND), local_day(now), local_day(now + AROUND)}
    mine = select(Ride).where(Ride.client_id == client_id, col(Ride.day).in_(days), col(Ride.status).in_(LIVE))
    views = [view for view in queries.views(session, list(session.exec(mine))) if _is_about_now(view, now)]
    if not views:
        return None
    view = min(views, key=lambda each: (each.word != "on_board", abs(each.pickup_at - now)))
    return _told(session, view, now)


def _is_about_now(view: RideView, now: datetime) -> bool:
    if view.promise.kind is PromiseKind.WILL_CALL and view.word != "on_board":
        return at(view.ride.day, view.promise.window_start) - AROUND <= now
    ends = at(view.ride.day, view.promise.arrive_by)
    return view.word == "on_board" or view.pickup_at - AROUND <= now <= ends + AROUND


def _told(session: Session, view: RideView, now: datetime) -> Nearest:
    progress = underway.progress(session, view, now=now)
    on_board = view.word == "on_board"
    planned = view.dropoff_planned if on_board else view.pickup_planned
    promised = view.promise.arrive_by if on_board else view.promise.window_end
    expected = progress.expected_at or at(view.ride.day, promised if planned is None else planned)
    driver, vehicle = _crew(session, view.shift_id)
    return Nearest(
        view=view,
        word=progress.word,
        expected_at=expected,
        estimated=progress.expected_at is not None,
        as_of=progress.as_of,
        late=expected > at(view.ride.day, promised),
        driver="" if driver is None else driver.name,
        driver_phone="" if driver is None else driver.phone,
        vehicle="" if vehicle is None else vehicle.code,
    )


def _crew(session: Session, shift_id: int | None) -> tuple[Driver | None, Vehicle | None]:
    if shift_id is None:
        return None, None
    shift = session.get_one(Shift, shift_id)
    return session.get(Driver, shift.driver_id), session.get(Vehicle, shift.vehicle_id)
