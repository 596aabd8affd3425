"""A day of a big city as rows: 60 vehicles, 20 rides each, all planned; for measuring pages, not for planning."""

from datetime import date
from pathlib import Path

from sqlmodel import Session, SQLModel, col, select

from tests.api.client import conftest
from tests.api.client.conftest import House
from tests.builders.town import NOW
from transport.booking.clients.models import Client, Needs
from transport.booking.clients.needs import Mobility
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Channel, Leg, Ride, TripRequest
from transport.kernel.db import connect, writing
from transport.kernel.events import record
from transport.routing.fleet.models import Driver, Layout, Shift, Vehicle
from transport.routing.planning.models import Promise, PromiseState, Run, ServiceDay, Stop, StopKind

VEHICLES, RIDES = 60, 20
APART, LASTS = 48 * 60, 25 * 60
"""Seconds between two rides of a vehicle, and of one ride."""
FIRST = 6 * 3600
NAMES = ("Nováková", "Svoboda", "Novotná", "Dvořák", "Černá", "Procházka", "Kučerová", "Veselý", "Krejčí", "Horák")


def build(folder: Path) -> House:
    """The house of the tests with a big day on the town's day."""
    database = connect(f"sqlite:///{folder}/board.db")
    SQLModel.metadata.create_all(database)
    house: House = conftest.house.__wrapped__(database, folder)  # type: ignore[attr-defined]  # the fixture's own function
    with writing(database) as session:
        _fill(session, house)
    return house


def _fill(session: Session, house: House) -> None:
    town, day = house.town, house.town.day
    depot = session.get_one(Vehicle, town.car)
    home, hospital = town.places["home"], town.places["hospital"]
    clients = [_client(number) for number in range(VEHICLES * RIDES // 3)]
    session.add_all(clients)
    session.flush()
    ids = [client.id or 0 for client in clients]
    session.add_all([_needs(client_id, number) for number, client_id in enumerate(ids)])
    session.flush()
    needs = dict(session.exec(select(Needs.client_id, Needs.id)).all())
    for number in range(VEHICLES):
        shift = _shift(session, depot, day, number)
        run = Run(day=day, shift_id=shift[0], layout_id=shift[1], leaves=FIRST, returns=FIRST + 60_000, metres=90_000)
        session.add(run)
        session.flush()
        for at in range(RIDES):
            serial = number * RIDES + at
            client_id = ids[serial % len(ids)]
            start = FIRST + at * APART + (number % 8) * 180
            there, back = (home, hospital) if at % 2 else (hospital, home)
            chair = int(serial % 3 == 0)
            promise = Promise(
                day=day,
                state=PromiseState.FIRM,
                pickup_place_id=there,
                dropoff_place_id=back,
                window_start=start - 300,
                window_end=start + 600,
                arrive_by=start + 3000,
                max_ride=3600,
                pickup_service=120,
                dropoff_service=120,
                seats=1 - chair,
                wheelchairs=chair,
                made_at=NOW,
            )
            request = TripRequest(client_id=client_id, channel=Channel.PHONE, key=f"big {serial}", created_at=NOW)
            session.add_all([promise, request])
            session.flush()
            session.add(
                Ride(
                    code=f"{100_000 + serial}",
                    request_id=request.id or 0,
                    leg=Leg.OUTBOUND,
                    client_id=client_id,
                    day=day,
                    origin_place_id=there,
                    destination_place_id=back,
                    status=Status.CONFIRMED,
                    promise_id=promise.id or 0,
                    needs_id=needs[client_id] or 0,
                    policy_id="2026",
                    price=5000,
                    confirm_by=NOW,
                    created_at=NOW,
                )
            )
            session.add_all(_stops(run.id or 0, at, promise, start, long=at % 5 == 1))
    session.flush()


def _client(number: int) -> Client:
    last = NAMES[number % len(NAMES)]
    return Client(
        code=f"B{number:05}",
        first_name="Jana",
        last_name=last,
        search_name=f"jana {last}",
        born=date(1950, 1, 1),
        registered_at=NOW,
    )


def _needs(client_id: int, number: int) -> Needs:
    chair = number % 3 == 0
    return Needs(
        client_id=client_id,
        version=1,
        mobility=Mobility.WHEELCHAIR_STAYS if chair else Mobility.CANE,
        chair_mass_kg=110 if chair else None,
        recorded_at=NOW,
    )


def _shift(session: Session, like: Vehicle, day: date, number: int) -> tuple[int, int]:
    """One more vehicle on duty from six to ten; ids of its shift and layout."""
    vehicle = Vehicle(code=f"V{number + 1:02}", provider_id=like.provider_id, depot_id=like.depot_id, kind="van")
    driver = Driver(provider_id=like.provider_id, name=f"{NAMES[number % len(NAMES)]} {number + 1}")
    session.add_all([vehicle, driver])
    session.flush()
    layout = Layout(vehicle_id=vehicle.id or 0, name="layout", seats=4, wheelchairs=2, max_chair_mass=300)
    shift = Shift(
        day=day, vehicle_id=vehicle.id or 0, driver_id=driver.id or 0, starts=FIRST - 600, ends=FIRST + 58_000
    )
    session.add_all([layout, shift])
    session.flush()
    return shift.id or 0, layout.id or 0


def _stops(run_id: int, at: int, promise: Promise, start: int, *, long: bool) -> list[Stop]:
    ends = start + LASTS + (APART // 2 if long else 0)
    doors = ((StopKind.PICKUP, promise.pickup_place_id, start), (StopKind.DROPOFF, promise.dropoff_place_id, ends))
    return [
        Stop(
            run_id=run_id,
            seq=2 * at + number,
            kind=kind,
            promise_id=promise.id,
            place_id=place,
            arrival=second,
            start=second,
            departure=second + 120,
        )
        for number, (kind, place, second) in enumerate(doors)
    ]


def move(session: Session, house: House, turn: int, count: int) -> None:
    """Somebody else moves so many rides by a minute, each time others."""
    shift = 60 if turn % 2 else -60
    rides = session.exec(select(Ride).where(Ride.day == house.town.day).order_by(col(Ride.id)))
    chosen = [ride for number, ride in enumerate(rides) if number % 24 == turn % 24][:count]
    promises = [ride.promise_id for ride in chosen]
    for stop in session.exec(select(Stop).where(col(Stop.promise_id).in_(promises))):
        stop.start, stop.departure = stop.start + shift, stop.departure + shift
        session.add(stop)
    day = session.get_one(ServiceDay, house.town.day)
    day.version += 1
    session.add(day)
    by = house.cast.hana
    for ride in chosen:
        record(session, "ride_moved", subject=("ride", ride.id), by=by, now=house.clock.now)


def planned(house: House) -> dict[str, int]:
    """The minute of the day at which each ride is planned to begin."""
    with writing(house.database) as session:
        rows = session.exec(
            select(Ride.code, Stop.start)
            .join(Stop, col(Stop.promise_id) == Ride.promise_id)
            .where(Ride.day == house.town.day, Stop.kind == StopKind.PICKUP)
        ).all()
    return {code: second // 60 for code, second in rows}
