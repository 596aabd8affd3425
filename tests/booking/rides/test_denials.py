"""Denied wishes looked at again: after a cancellation everybody is found who could ride now, and nobody else."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_town
from transport.booking.clients.needs import Mobility
from transport.booking.rides import asking, booking, denials, rides
from transport.booking.rides.models import Denial, Leg, Ride
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.operations.dispatch import plans
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import offers

CHAIR, SEAT = Mobility.WHEELCHAIR_STAYS, Mobility.WALKS
PLACES = ("zbuch", "home", "hospital", "station", "school")


def somebody(session, mobility=CHAIR):
    return a_client(session, "Olga Jiná", mobility=mobility)


def denied(session, town, wall, *, by, mobility=CHAIR, **wish) -> list[Denial]:
    """Somebody asks and takes nothing; what was denied."""
    draft = a_draft(session, town, somebody(session, mobility), wall, by=by, **wish)
    looked(session, town, draft, by=by)
    return list(session.exec(select(Denial).where(col(Denial.key).startswith(draft.key, autoescape=True))))


def a_crowd(session, town, *, by) -> list[Ride]:
    """The only wheelchair place, taken all morning."""
    return [
        a_ride(session, town, somebody(session), wall, origin="zbuch", to="home", by=by)
        for wall in ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50")
    ]


def cancelled(session, town, ride, *, by):
    session.refresh(ride)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=by, now=NOW)


def test_a_cancelled_ride_makes_a_denied_wish_possible(session, town, cast):
    crowd = a_crowd(session, town, by=cast.dana)
    (denial,) = denied(session, town, "9:00", origin="zbuch", to="home", by=cast.dana)
    assert denials.possible(session, town.day, world=town.world, now=NOW) == []
    cancelled(session, town, crowd[2], by=cast.dana)
    assert denials.possible(session, town.day, world=town.world, now=NOW) == [denial]
    assert denial.possible_at == NOW
    assert denials.possible(session, town.day, world=town.world, now=NOW) == []
    assert len(session.exec(select(Event).where(Event.kind == "denial_possible")).all()) == 1


def test_a_place_taken_again_is_not_possible_any_more(session, town, cast):
    crowd = a_crowd(session, town, by=cast.dana)
    (denial,) = denied(session, town, "9:00", origin="zbuch", to="home", by=cast.dana)
    cancelled(session, town, crowd[2], by=cast.dana)
    denials.possible(session, town.day, world=town.world, now=NOW)
    a_ride(session, town, somebody(session), "8:50", origin="zbuch", to="home", by=cast.dana)
    assert denials.possible(session, town.day, world=town.world, now=NOW) == []
    assert denial.possible_at is None


def test_a_wish_taken_at_another_time_is_not_looked_at_again(session, town, cast):
    crowd = a_crowd(session, town, by=cast.dana)
    draft = a_draft(session, town, cast.anna, "9:00", to="zbuch", by=cast.dana)
    looked(session, town, draft, by=cast.dana)
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.dana, now=NOW)
    booking.book(session, draft, world=town.world, by=cast.dana, now=NOW)
    cancelled(session, town, crowd[2], by=cast.dana)
    assert denials.openings(session, town.day, world=town.world, now=NOW) == {}


def test_a_wish_for_which_it_is_too_late_is_not_looked_at_again(session, town, cast):
    crowd = a_crowd(session, town, by=cast.dana)
    (denial,) = denied(session, town, "9:00", origin="zbuch", to="home", by=cast.dana)
    cancelled(session, town, crowd[2], by=cast.dana)
    in_time, too_late = at(town.day, town.second("8:30")), at(town.day, town.second("8:31"))
    assert set(denials.openings(session, town.day, world=town.world, now=in_time)) <= {denial.id}
    assert denials.openings(session, town.day, world=town.world, now=too_late) == {}


def test_the_party_is_the_one_that_was_denied_even_when_the_draft_is_gone(session, town, cast):
    a_crowd(session, town, by=cast.dana)
    wish = {"origin": "zbuch", "to": "home", "companions": ("seat", "seat")}
    (denial,) = denied(session, town, "9:00", by=cast.dana, **wish)
    before = denials._order_of(session, denial)
    denial.key = f"gone:{denial.key.partition(':')[2]}"
    after = denials._order_of(session, denial)
    assert replace(after, key=before.key) == before
    assert len(after.companions) == 2


def test_the_dispatcher_sees_which_wishes_are_possible_by_now(session, town, cast):
    crowd = a_crowd(session, town, by=cast.dana)
    (denial,) = denied(session, town, "9:00", origin="zbuch", to="home", by=cast.dana)
    assert [each.now_possible for each in plans.unserved(session, town.day, world=town.world, now=NOW)] == [None]
    cancelled(session, town, crowd[2], by=cast.dana)
    (found,) = plans.unserved(session, town.day, world=town.world, now=NOW)
    assert found.view.denial is denial
    assert found.now_possible is not None


def feasible_by_enumeration(session, town, denial) -> bool:
    """Every window near the wish, at every pair of positions, in every run and every empty shift: timed and judged."""
    order = denials._order_of(session, denial)
    leg = order.legs[0]
    book = days.load(session, town.day, world=town.world, now=NOW, also=(leg.origin, leg.destination))
    party = asking.party_of(session, order, leg, book.policy)
    hours = asking.hours(town.world, town.day, NOW)
    span = offers.usual_span(leg.wish, book.policy)
    for second in range(span.start, span.end + 1, 300):
        for option in offers.candidates(book, party, leg.wish, book.policy, second):
            if option.window.start < hours.start or option.arrive_by > hours.end:
                continue
            if _fits_somewhere(book, offers.request(book, party, option, "wish")):
                return True
    return False


def _fits_somewhere(book, asked) -> bool:
    problem = replace(book.problem, requests=(*book.problem.requests, asked))
    runs = {run.duty: run for run in book.plan.runs}
    for duty in problem.duties:
        stops = runs[duty.id].stops if duty.id in runs else ()
        for on, off in product(range(len(stops) + 1), repeat=2):
            if on > off:
                continue
            pickup = engine.PlannedStop(engine.StopKind.PICKUP, "wish", asked.pickup, 0, 0, 0)
            dropoff = engine.PlannedStop(engine.StopKind.DROPOFF, "wish", asked.dropoff, 0, 0, 0)
            order = (*stops[:on], pickup, *stops[on:off], dropoff, *stops[off:])
            for layout in range(len(duty.layouts)):
                changed = engine.PlannedRun(duty.id, layout, 0, 0, order)
                plan = engine.retime(problem, engine.Plan(tuple({**runs, duty.id: changed}.values())))
                if plan is not None and not engine.judge(problem, plan):
                    return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 2))
def test_after_a_cancellation_every_denial_that_became_possible_is_found(session, cast, seed):
    """Compared with trying every pair of positions in every run. A short day, so that no breaks come into it."""
    town = a_town(session, emil=cast.emil, hours=("7:00", "11:00"))
    source = Random(seed)
    crowd: list[Ride] = []
    turned_away: list[Denial] = []
    while len(crowd) < 9 or len(turned_away) < 6:
        origin, to = source.sample(PLACES, 2)
        if "zbuch" not in {origin, to}:
            to = "zbuch"
        mobility = source.choice((CHAIR, CHAIR, SEAT))
        wall = f"{source.randrange(7, 10)}:{source.choice(('00', '15', '30', '45'))}"
        draft = a_draft(session, town, somebody(session, mobility), wall, origin=origin, to=to, by=cast.dana)
        (answer,) = looked(session, town, draft, by=cast.dana)
        if answer.denied:
            turned_away += session.exec(select(Denial).where(Denial.client_id == draft.client_id)).all()
            continue
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.dana, now=NOW)
        request = booking.book(session, draft, world=town.world, by=cast.dana, now=NOW)
        crowd += session.exec(select(Ride).where(Ride.request_id == request.id)).all()
    for ride in source.sample(crowd, 2):
        cancelled(session, town, ride, by=cast.dana)
        found = set(denials.openings(session, town.day, world=town.world, now=NOW))
        assert found == {each.id for each in turned_away if feasible_by_enumeration(session, town, each)}
