"""Two telephones on one shift, and each sends its parcel twice at once: nothing is doubled, nothing is lost."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.phones import Phone
from tests.builders.town import NOW, a_town, a_world
from tests.cast import gather
from transport.booking.contracts.balance import ContractUnit, EntryKind
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.dispatch import plans
from transport.operations.driving import reporting
from transport.operations.driving.models import DriverReport, Outcome
from transport.operations.driving.said import Said
from transport.operations.quality import invariants
from transport.routing.planning.models import Visit

pytestmark = pytest.mark.race
STORY = ("arrived", "pickup"), ("done", "pickup"), ("problem", None), ("arrived", "dropoff"), ("done", "dropoff")


def send(engine: Engine, parcel: list[Said], by: Actor, now: datetime) -> list[str]:
    outcomes = []
    for said in parcel:
        with writing(engine) as session:
            report = reporting.receive(session, said, world=a_world(), by=by, now=now)
            outcomes.append(report.outcome.value)
    return outcomes


def test_nothing_is_doubled_and_nothing_is_lost(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil, unit=ContractUnit.RIDES, allotment=5)
        ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
        plans.publish(session, town.day, by=cast.dana, now=NOW)
        one, other = (Phone(session, town, ride, town.car_shift, cast.emil) for _ in range(2))
    now = one.start + timedelta(hours=2)
    parcels = []
    for late, phone in enumerate((one, other)):
        said = [phone.said(kind, stop, 5.0 * at + late) for at, (kind, stop) in enumerate(STORY)]
        said += [phone.said("undone", minute=30 + late, about=said[4].key), phone.said("done", "dropoff", 32 + late)]
        parcels.append([replace(each, sent_at=now) for each in said])
    found = race(send, [(parcel, cast.emil, now) for parcel in (*parcels, *(each[::-1] for each in parcels))])
    assert all(isinstance(each, list) for each in found), found
    with reading(database) as session:
        reports = list(session.exec(select(DriverReport)))
        assert sorted(each.key for each in reports) == sorted(each.key for parcel in parcels for each in parcel)
        assert {each.outcome for each in reports} <= {Outcome.TAKEN, Outcome.KNOWN}
        assert session.exec(select(Ride.status)).one() is Status.COMPLETED
        assert len(session.exec(select(Visit)).all()) == 4
        entries = list(session.exec(select(LedgerEntry).where(LedgerEntry.source == f"ride:{ride.id}")))
        used = [each.quantity for each in entries if each.kind in (EntryKind.CONSUME, EntryKind.CORRECT)]
        assert sum(used) == 1
        ended = session.exec(select(Event).where(Event.kind == "ride_completed")).all()
        back = session.exec(select(Event).where(Event.kind == "ride_not_completed")).all()
        assert len(ended) == len(back) + 1
        assert invariants.faults(session, world=a_world(), now=now) == []
