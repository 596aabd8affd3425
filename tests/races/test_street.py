"""The street and the desk at once: one truth about how somebody gets home, and whoever was second learns it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.clients import a_client, a_user, acting
from tests.builders.driving import boarded, driven, planned
from tests.builders.phones import Phone
from tests.builders.planning import thought
from tests.builders.town import NOW, a_driver, a_shift, a_town, a_vehicle, a_world
from tests.cast import Cast, gather
from tests.races.runners import RACERS, act
from transport.accounts.models import User
from transport.api.render import CATALOGUES
from transport.booking.clients.needs import Mobility
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides import homeward, returns, rides, taxis
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride, TaxiOrder
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import at, seconds_of
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.kernel.policy import Taxi, TaxiProvider
from transport.operations.dispatch import incidents, mishaps, plans, roster, taxi
from transport.operations.driving import reporting, stranded
from transport.operations.driving.models import DriverReport
from transport.operations.driving.said import Said
from transport.operations.messages import answering, inbox
from transport.operations.messages.models import InboundMessage, Message
from transport.operations.quality import invariants
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Depot, Driver, Shift
from transport.routing.planning import runs
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState, StopKind

pytestmark = pytest.mark.race
PROVIDER = TaxiProvider(name="Taxi Plzeň", phone="+420 377 000 000", ramp=True)
TAXI = Taxi(max_price=50_000, start_price=5_000, km_price=3_600, comes_minutes=20, providers=(PROVIDER,))
ANNA = "+420700000001"


def the_world() -> World:
    """The town's rules, where taxis may be called."""
    world = a_world()
    return replace(world, policies=world.policies.model_copy(update={"taxi": TAXI}))


def resolve(session: Session, ride_id: int, way: str, by: Actor, now: datetime) -> str:
    stranded.resolve(session, session.get_one(Ride, ride_id), way, world=the_world(), by=by, now=now)
    return way


def report(session: Session, said: Said, by: Actor, now: datetime) -> str:
    return reporting.receive(session, said, world=the_world(), by=by, now=now).outcome.value


def end_shift(session: Session, effect: roster.Effect, homes: dict[str, str], by: Actor, now: datetime) -> str:
    roster.apply(session, effect, world=the_world(), by=by, now=now, homes=homes)
    return "ended"


def watch(session: Session, day: date, now: datetime) -> str:
    stranded.raise_alarms(session, day, now=now)
    stranded.warn(session, day, world=the_world(), now=now)
    return "watched"


def use(session: Session, proposal_id: int, by: Actor, now: datetime) -> str:
    incidents.apply(session, proposal_id, world=the_world(), by=by, now=now, reason="porucha")
    return "used"


def ready(session: Session, ride_id: int, version: int, by: Actor, now: datetime) -> str:
    returns.call(session, session.get_one(Ride, ride_id), version=version, world=the_world(), by=by, now=now)
    return "called"


def call_taxi(session: Session, ride_id: int, version: int, by: Actor, now: datetime) -> str:
    ride, how = session.get_one(Ride, ride_id), {"version": version, "world": the_world(), "by": by, "now": now}
    taxi.call(session, ride, PROVIDER.name, price=30_000, **how)  # type: ignore[arg-type]
    return "taxi"


def cancel(session: Session, ride_id: int, version: int, by: Actor, now: datetime) -> str:
    rides.cancel(session, session.get_one(Ride, ride_id), version=version, world=the_world(), by=by, now=now)
    return "cancelled"


def answer(session: Session, event_id: int, now: datetime) -> str:
    """As a worker does: what fails is done again in the next round."""
    event = events.take(session, event_id, "answer", now)
    if event is None:
        return "another"
    answering.answer(session, int(event.subject_id), words=CATALOGUES, phone="800", world=the_world(), now=now)
    return "answered"


def no_fault(database: Engine, now: datetime) -> None:
    with reading(database) as session:
        assert invariants.faults(session, world=the_world(), now=now) == []


def driver_of(session: Session, shift_id: int) -> Actor:
    driver = session.get_one(Driver, session.get_one(Shift, shift_id).driver_id)
    return acting(session.get_one(User, driver.user_id))


class Out:
    """Anna is in hospital and will call; nobody is sure that her way home holds, and the desk knows it."""

    def __init__(self, session: Session) -> None:
        self.cast: Cast = gather(session)
        self.town = a_town(session, emil=self.cast.emil, unit=ContractUnit.RIDES, allotment=10, world=the_world())
        self.there, self.back = an_order(
            session, self.town, self.cast.anna, "9:00", back="11:00", will_call=True, by=self.cast.hana
        )
        plans.publish(session, self.town.day, by=self.cast.dana, now=NOW)
        driven(session, self.town, self.there, by=self.cast.dana)
        self.now = at(self.town.day, self.town.second("10:00"))
        self.driver = driver_of(session, self.town.van_shift)
        phone = Phone(session, self.town, self.back, self.town.van_shift, self.driver)
        self.boards = replace(phone.said("done", "pickup"), at=self.now, sent_at=self.now)
        self.danas = [self.cast.dana, acting(a_user(session, Role.DISPATCHER, "Dita Druhá"))]
        session.get_one(Promise, self.back.promise_id).at_risk = True
        session.flush()
        stranded.warn(session, self.town.day, world=self.town.world, now=self.now)


def words_of(session: Session, back: Ride) -> list[homeward.Said]:
    told = select(Event.id).where(Event.kind == homeward.RESOLVED, Event.subject_id == str(back.id))
    found = [homeward.said(session, col(Event.id) == each) for each in session.exec(told).all()]
    return [word for each in found for word in each.values()]


def test_how_somebody_gets_home_is_one_thing_whoever_says_it_first(database, race):
    """The desk says taxi, another one ends the shift and says family, and the driver says that she sits in the van."""
    with writing(database) as session:
        out = Out(session)
        shorter = fleet.changed(session.get_one(Shift, out.town.van_shift), ends=out.town.second("12:30"))
        plan = {out.town.van_shift: shorter}
        effect = roster.consider(session, out.town.day, plan, world=out.town.world, now=out.now)
    one, other = out.danas
    said, ended, boards, _ = race(
        act,
        [
            (resolve, out.back.id, "taxi", one, out.now),
            (end_shift, effect, {out.back.code: "family"}, other, out.now),
            (report, out.boards, out.driver, out.now),
            (watch, out.town.day, out.now),
        ],
    )
    with reading(database) as session:
        back, words = session.get_one(Ride, out.back.id), words_of(session, out.back)
        if boards == "taken":
            assert (back.status, words) == (Status.ON_BOARD, [])
            assert said == "return.not_stranded"
            assert ended in ("ended", "roster.changed_meanwhile")
        else:
            [word] = words
            assert (back.status, back.ended_by) == (Status.CANCELLED, "service")
            assert session.exec(select(DriverReport.why)).one() == "report.contradicts", "a person looks at it"
            assert {"taxi": said, "family": ended}[word.way] in ("taxi", "ended")
            assert {said, ended} & {"return.said_otherwise", "roster.changed_meanwhile"}
    no_fault(database, out.now)


def test_of_two_ways_home_said_at_once_one_holds_and_the_other_one_learns_it(database, race):
    with writing(database) as session:
        out = Out(session)
    ways = ("taxi", "family", "taxi", "stays")
    found = race(act, [(resolve, out.back.id, way, by, out.now) for way, by in zip(ways, out.danas * 2, strict=True)])
    with reading(database) as session:
        [word] = words_of(session, out.back)
    assert found == [way if way == word.way else "return.said_otherwise" for way in ways]
    no_fault(database, out.now)


def test_one_taxi_comes_or_the_van_or_nobody_has_to(database, race):
    """Two call a taxi, the client calls the ride off, the driver of the van says that she has got on."""
    with writing(database) as session:
        out = Out(session)
        back, version = out.back, out.back.version
    one, other = out.danas
    found = race(
        act,
        [
            (call_taxi, back.id, version, one, out.now),
            (call_taxi, back.id, version, other, out.now),
            (cancel, back.id, version, out.cast.anna_herself, out.now),
            (report, out.boards, out.driver, out.now),
        ],
    )
    won = [each for each in found if each in ("taxi", "cancelled", "taken")]
    assert len(won) == 1, found
    assert sorted(set(found) - set(won)) in (["aside", "ride.changed_meanwhile"], ["ride.changed_meanwhile"])
    with reading(database) as session:
        orders = session.exec(select(TaxiOrder)).all()
        promise = session.get_one(Promise, back.promise_id)
        assert len(orders) == (promise.state is PromiseState.HANDED_ON) == (won == ["taxi"])
    no_fault(database, out.now)


def test_after_a_taxi_that_does_not_come_one_other_is_called(database, race):
    with writing(database) as session:
        out = Out(session)
        call_taxi(session, out.back.id or 0, out.back.version, out.cast.dana, out.now)
        [order] = session.exec(select(TaxiOrder)).all()
        taxis.refuse(session, order, by=out.cast.dana, now=out.now)
    by = out.danas * 2
    found = race(act, [(call_taxi, out.back.id, out.back.version, each, out.now) for each in by])
    assert sorted(found) == ["ride.changed_meanwhile"] * (RACERS - 1) + ["taxi"]
    no_fault(database, out.now)


def test_a_plan_after_a_breakdown_a_report_and_a_call_for_the_way_home_all_count(database, race):
    """Somebody is brought to the door as the desk uses the plan without that vehicle, and Anna is ready to go home."""
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil, unit=ContractUnit.RIDES, allotment=10)
        depot = session.exec(select(Depot)).one()
        van = a_vehicle(session, depot, "van 2", (3, 1, 300), features="ramp")
        a_shift(session, van, a_driver(session, depot.provider_id, name="Gita Řidičová"))
        there, back = an_order(session, town, cast.anna, "8:00", back="11:00", will_call=True, by=cast.hana)
        other = a_client(session, "Jana Druhá", mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=100)
        riding = a_confirmed_ride(session, town, other, "10:00", by=cast.dana)
        plans.publish(session, town.day, by=cast.dana, now=NOW)
        driven(session, town, there, by=cast.dana)
        boarded(session, town, riding, by=cast.dana)
        broken = runs.shift_of(session, riding.promise_id)
        now = planned(session, riding, StopKind.DROPOFF) - timedelta(minutes=1)
        place, since = town.places["hospital"], seconds_of(town.day, now)
        asked = mishaps.break_down(session, broken, since=since, place=place, world=the_world(), by=cast.dana, now=now)
        plan, another = [each.id for each in thought(session, town, asked, now)][:2]
        driver = driver_of(session, broken)
        said = replace(Phone(session, town, riding, broken, driver).said("done", "dropoff"), at=now, sent_at=now)
    used, again, reported, called = race(
        act,
        [
            (use, plan, cast.dana, now),
            (use, another, cast.dana, now),
            (report, said, driver, now),
            (ready, back.id, back.version, cast.anna_herself, now),
        ],
    )
    assert reported == "taken", "what has happened comes before what was planned"
    assert {used, again} <= {"used", "plan.day_has_moved_on", "plan.not_ready"}
    assert [used, again].count("used") <= 1
    assert called in ("called", "ride.changed_meanwhile")
    with reading(database) as session:
        assert session.get_one(Ride, riding.id).status is Status.COMPLETED
        assert stranded.alarms(session, town.day) == []
    no_fault(database, now)


def test_a_ride_called_off_twice_by_message_and_on_the_page_is_called_off_once(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil, unit=ContractUnit.RIDES, allotment=10)
        ride = a_confirmed_ride(session, town, cast.anna, by=cast.hana)
        for number in range(2):
            inbox.receive(session, gateway_id=f"m{number}", sender=ANNA, text="ZRUS", received_at=NOW, now=NOW)
        [one, other] = events_of(session, "sms_received")
    found = race(
        act,
        [
            (answer, one, NOW),
            (answer, one, NOW),
            (answer, other, NOW),
            (cancel, ride.id, ride.version, cast.anna_herself, NOW),
        ],
    )
    assert set(found) <= {"answered", "another", "cancelled", "ride.changed_meanwhile"}
    for event in (one, other):
        act(database, answer, event, NOW)
    with reading(database) as session:
        assert session.get_one(Ride, ride.id).status is Status.CANCELLED
        assert len(events_of(session, "ride_cancelled")) == 1
        outcomes = sorted(session.exec(select(InboundMessage.outcome)))
        assert outcomes in (["cancelled", "repeated"], ["no_ride", "repeated"]), outcomes
        assert len(session.exec(select(Message)).all()) == 1, "told once"
    no_fault(database, NOW)


def events_of(session: Session, kind: str) -> list[int]:
    return [each or 0 for each in session.exec(select(Event.id).where(Event.kind == kind).order_by(col(Event.id)))]
