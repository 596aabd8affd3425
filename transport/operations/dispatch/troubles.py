"""What drivers say is wrong, and taxis of which something is still to be heard: matters of the day. Reads."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.rides import taxis
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride, TaxiOrder, TaxiState
from transport.kernel.clock import at
from transport.operations.dispatch.matters import Matter, MatterKind
from transport.operations.driving import problems
from transport.routing.planning.models import Promise, PromiseState, StopKind, Visit, VisitAction

LONG_THERE = timedelta(minutes=15)
"""So long after somebody should have arrived by taxi we ask how it went."""


def matters(session: Session, day: date, *, now: datetime) -> list[Matter]:
    """Who sits in a vehicle that stands; what drivers have said and not taken back; taxis of which word is missing."""
    return [*_stuck(session, day), *_said(session, day, now), *_taxis(session, day, now)]


def _stuck(session: Session, day: date) -> Iterator[Matter]:
    """Who got into a vehicle that stands, and no plan could fetch: they are there until somebody has helped."""
    left = select(Ride, Promise).join(Promise, col(Promise.id) == Ride.promise_id)
    left = left.where(Ride.day == day, Ride.status == Status.MISSED).order_by(col(Ride.id))
    for ride, promise in session.exec(left).all():
        got_on = select(Visit.id).where(
            col(Visit.promise_id).in_((promise.id, promise.supersedes)),
            Visit.kind == StopKind.PICKUP,
            Visit.action == VisitAction.DONE,
        )
        if session.exec(got_on).first() is not None:
            yield Matter(MatterKind.STUCK, ride.id or 0, f"{MatterKind.STUCK}:{promise.id}")


def _said(session: Session, day: date, now: datetime) -> Iterator[Matter]:
    for each in problems.of_day(session, day):
        report = each.report
        minutes = max(0, int((now - report.occurred_at).total_seconds() // 60))
        key = f"{MatterKind.DRIVER_SAID}:{report.id}"
        yield Matter(MatterKind.DRIVER_SAID, report.id or 0, key, minutes, each.word, shift=report.shift_id)


def _taxis(session: Session, day: date, now: datetime) -> Iterator[Matter]:
    latest: dict[int, tuple[TaxiOrder, Ride]] = {}
    for order, ride in taxis.of_day(session, day):
        known = latest.get(ride.id or 0)
        if known is None or (known[0].id or 0) < (order.id or 0):
            latest[ride.id or 0] = (order, ride)
    wanted = {ride.promise_id for _, ride in latest.values()}
    promises = {each.id: each for each in session.exec(select(Promise).where(col(Promise.id).in_(wanted)))}
    for order, ride in latest.values():
        promise = promises[ride.promise_id]
        needed = ride.status in LIVE and promise.state is PromiseState.HANDED_ON
        why = _open(order, needed=needed, over=at(day, promise.arrive_by) + LONG_THERE < now)
        if needed and order.state not in taxis.COMING:
            key = f"{MatterKind.TAXI_REFUSED}:{order.id}"
            yield Matter(MatterKind.TAXI_REFUSED, ride.id or 0, key)
        elif why:
            waited = max(0, int((now - order.ordered_at).total_seconds() // 60))
            yield Matter(MatterKind.TAXI_OPEN, ride.id or 0, f"{MatterKind.TAXI_OPEN}:{order.id}:{why}", waited, why)


def _open(order: TaxiOrder, *, needed: bool, over: bool) -> str:
    """What is still to be heard of an order: `call_off`, `unanswered`, `how_it_went`; "" for nothing."""
    if order.state not in taxis.COMING:
        return ""
    if not needed:
        return "call_off"
    if over:
        return "how_it_went"
    return "unanswered" if order.state is TaxiState.ASKED else ""
