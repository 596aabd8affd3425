"""Several people change their rides at once: the place goes to one of them, and everybody keeps a ride."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from tests.builders.booking import a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_town, a_world
from tests.cast import gather
from tests.races.runners import RACERS
from transport.booking.clients.needs import Mobility
from transport.booking.rides import booking, changing, drafts
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import BookingDraft, Leg, Ride
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants

pytestmark = pytest.mark.race


def book(engine: Engine, key: str, by: Actor) -> str:
    with writing(engine) as session:
        booking.book(session, session.get_one(BookingDraft, key), world=a_world(), by=by, now=NOW)
    return "changed"


def test_two_who_change_to_one_place_keep_a_ride_each(database, race):
    """Rides to Zbůch in the only van, at seven, nine, eleven and one; all of them now want three in the afternoon."""
    with writing(database) as session:
        hana, keys = _who_wants_three(session)
    found = race(book, [(key, hana) for key in keys])
    assert sorted(found) == ["changed"] + ["promise.no_room"] * (RACERS - 1)
    with reading(database) as session:
        clients = list(session.exec(select(Ride.client_id).where(col(Ride.status).in_(LIVE))))
        assert sorted(clients) == sorted(set(clients))
        assert len(clients) == RACERS
        assert invariants.faults(session, world=a_world(), now=NOW) == []


def _who_wants_three(session: Session) -> tuple[Actor, list[str]]:
    hana = gather(session).hana
    town = a_town(session)
    keys = []
    for number in range(RACERS):
        client = a_client(session, f"Klient {'ABCDEFGH'[number]}", mobility=Mobility.WHEELCHAIR_STAYS)
        ride = a_ride(session, town, client, f"{7 + 2 * number}:00", to="zbuch", by=hana)
        draft = changing.start(session, ride, by=hana, now=NOW)
        drafts.note(session, draft, now=NOW, seconds=town.second("15:00"))
        looked(session, town, draft, by=hana)
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=hana, now=NOW)
        keys.append(draft.key)
    return hana, keys
