"""What the contract manager wants to see, read from the other rooms' tables."""

import calendar
from collections.abc import Iterator
from datetime import date

from sqlmodel import Session, col, func, select

from transport.booking.clients.models import Needs
from transport.booking.contracts import ledger
from transport.booking.contracts import queries as contracts
from transport.booking.contracts.balance import Period
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Denial, Leg, Ride, TripRequest, Wish
from transport.kernel.clock import wall
from transport.kernel.errors import Invalid
from transport.operations.quality import indicators
from transport.operations.quality.fairness import MadeWish
from transport.operations.quality.indicators import CapacityUse, DeniedWish, Figures, PlannedRide, PlannedRun
from transport.routing.geo.models import Place
from transport.routing.planning.models import Run, Stop, StopKind


def month(session: Session, any_day: date) -> Figures:
    """The figures of the month in which the day lies."""
    last = calendar.monthrange(any_day.year, any_day.month)[1]
    return figures(session, any_day.replace(day=1), any_day.replace(day=last))


def figures(session: Session, start: date, until: date) -> Figures:
    """The figures of a span of days, both included; raises Invalid("span.ends_before_start")."""
    if until < start:
        raise Invalid("span.ends_before_start", field="until", start=start, until=until)
    runs = list(session.exec(select(Run).where(col(Run.day).between(start, until))))
    return indicators.of(
        start,
        until,
        capacity=_capacity(session, start, until),
        statuses=_statuses(session, start, until),
        cancelled_by_service=_cancelled_by_service(session, start, until),
        denials=[
            DeniedWish(wall(d.day, d.seconds).hour, d.reason, d.wheelchairs > 0, d.ride_id is not None)
            for d in session.exec(select(Denial).where(col(Denial.day).between(start, until)))
        ],
        planned=_planned(session, {run.id or 0 for run in runs}),
        runs=[PlannedRun(run.returns - run.leaves, run.metres) for run in runs],
    )


def wishes(session: Session, start: date, until: date) -> list[MadeWish]:
    """Every wish for a day of the span, both included, as the report on fairness counts them.

    The district is that of the door at the client's end: where the way there begins and the way back ends.
    """
    if until < start:
        raise Invalid("span.ends_before_start", field="until", start=start, until=until)
    places = {place.id: place.district or place.municipality for place in session.exec(select(Place))}
    denied = list(session.exec(select(Denial).where(col(Denial.day).between(start, until))))
    taken = {denial.ride_id for denial in denied}
    found = [
        MadeWish(
            client=denial.client_id,
            district=places[denial.origin_place_id if denial.leg is Leg.OUTBOUND else denial.destination_place_id],
            need=denial.need,
            channel=denial.channel.value,
            hour=wall(denial.day, denial.seconds).hour,
            denied=True,
        )
        for denial in denied
    ]
    rides = (
        select(Ride, Wish, Needs.mobility, TripRequest.channel)
        .join(Wish, col(Wish.ride_id) == Ride.id)
        .join(Needs, col(Needs.id) == Ride.needs_id)
        .join(TripRequest, col(TripRequest.id) == Ride.request_id)
        .where(col(Ride.day).between(start, until))
    )
    found += [
        MadeWish(
            client=ride.client_id,
            district=places[ride.origin_place_id if ride.leg is Leg.OUTBOUND else ride.destination_place_id],
            need=str(mobility),
            channel=str(channel),
            hour=wall(wish.day, wish.seconds).hour,
            denied=False,
        )
        for ride, wish, mobility, channel in session.exec(rides)
        if ride.id not in taken
    ]
    return found


def _capacity(session: Session, start: date, until: date) -> Iterator[CapacityUse]:
    """Each period of the contracts that touches the span: those opened, and an untouched one if it holds `start`."""
    for contract in reversed(contracts.contracts(session)):
        if contract.valid_until < start or until < contract.valid_from:
            continue
        first, last = contract.period.label(start), contract.period.label(until)
        used = {use.period: use.balance for use in contracts.use(session, contract) if first <= use.period <= last}
        if contract.period is Period.MONTH or start == until:
            used.setdefault(first, ledger.balance_on(session, contract, start))
        for period, balance in sorted(used.items()):
            yield CapacityUse(
                contract=contract.code,
                unit=contract.unit.value,
                period=period,
                bought=balance.allotted,
                reserved=balance.reserved,
                consumed=balance.consumed,
                free=balance.free,
            )


def _statuses(session: Session, start: date, until: date) -> dict[str, int]:
    counted = select(Ride.status, func.count()).where(col(Ride.day).between(start, until)).group_by(col(Ride.status))
    found = {Status(status): count for status, count in session.exec(counted)}
    return {status.value: found.get(status, 0) for status in Status}


def _cancelled_by_service(session: Session, start: date, until: date) -> int:
    ours = (Ride.status == Status.CANCELLED, Ride.ended_by == "service", col(Ride.day).between(start, until))
    return session.exec(select(func.count()).select_from(Ride).where(*ours)).one()


def _planned(session: Session, run_ids: set[int]) -> list[PlannedRide]:
    doors: dict[tuple[int, int], dict[StopKind, Stop]] = {}
    for stop in session.exec(select(Stop).where(col(Stop.run_id).in_(run_ids))):
        if stop.promise_id is not None:
            doors.setdefault((stop.run_id, stop.promise_id), {})[stop.kind] = stop
    return [
        PlannedRide(run, both[StopKind.PICKUP].departure, both[StopKind.DROPOFF].start)
        for (run, _), both in doors.items()
        if len(both) == len((StopKind.PICKUP, StopKind.DROPOFF))
    ]
