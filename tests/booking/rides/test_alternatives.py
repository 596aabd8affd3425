"""After a refusal: what could be booked instead, each of it at once; and what would have helped."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import DAY, NOW, a_place, a_town, a_world, another_day
from transport.booking.clients.needs import Mobility
from transport.booking.rides import alternatives, booking, drafts, requests
from transport.booking.rides.models import BookingDraft, Denial, Leg
from transport.booking.rides.wishing import AlternativeKind, Answer
from transport.kernel.errors import Invalid
from transport.operations.quality import invariants
from transport.routing.geo.models import Place


@pytest.fixture(autouse=True)
def nothing_impossible_in_the_end(session):
    yield
    assert invariants.faults(session, world=a_world(), now=NOW) == []


def full_of_chairs(session, town, cast, *times, day=None):
    """The only wheelchair place is taken at these times."""
    for at in times:
        other = a_client(session, "Olga Jiná", mobility=Mobility.WHEELCHAIR_STAYS)
        a_ride(session, town, other, at, origin="zbuch", to="home", by=cast.dana, day=day)


MORNING = ("7:30", "8:10", "8:50", "9:30", "10:10", "10:50")


def asked(session, town, draft, cast):
    return looked(session, town, draft, by=cast.cyril)


def test_nothing_within_an_hour_of_the_wish_is_a_denial_even_if_another_time_is_taken(session, town, cast):
    full_of_chairs(session, town, cast, *MORNING)
    draft = a_draft(session, town, cast.anna, "9:15", to="zbuch", by=cast.cyril)
    (answer,) = asked(session, town, draft, cast)
    assert answer.denied
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)
    (ride,) = requests.of_request(session, booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW))
    denial = session.exec(select(Denial)).one()
    assert denial.seconds == town.second("9:15")
    assert denial.ride_id == ride.id


def test_what_is_near_needs_no_alternative(session, town, cast):
    (answer,) = asked(session, town, a_draft(session, town, cast.anna, "9:15", by=cast.cyril), cast)
    assert not answer.denied
    assert answer.alternatives == ()


def test_every_alternative_is_bookable_at_once(session, town, cast):
    for ahead in (-1, 1, 2, 3):
        another_day(session, town, DAY + timedelta(days=ahead))
    full_of_chairs(session, town, cast, *MORNING)
    draft = a_draft(session, town, cast.anna, "9:15", to="zbuch", by=cast.cyril)
    (answer,) = asked(session, town, draft, cast)
    key, kinds = draft.key, [each.kind for each in answer.alternatives]
    assert kinds.count(AlternativeKind.DAY) == 3
    assert AlternativeKind.TIME in kinds
    for number, alternative in enumerate(answer.alternatives):
        with session.begin_nested() as trial:
            draft = session.get_one(BookingDraft, key)
            alternatives.take(session, draft, number, now=NOW)
            assert drafts.order(draft).legs == alternative.legs
            booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)
            request = booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW)
            (ride,) = requests.of_request(session, request)
            assert (ride.day, ride.price) == (alternative.legs[0].day, alternative.priced[0].price)
            assert session.exec(select(Denial.ride_id)).all() == [ride.id]
            trial.rollback()
        session.expunge_all()


def test_other_days_are_the_nearest_ones_at_the_same_time(session, town, cast):
    for ahead in (-2, -1, 1, 2):
        another_day(session, town, DAY + timedelta(days=ahead))
    full_of_chairs(session, town, cast, *MORNING)
    full_of_chairs(session, town, cast, *MORNING, day=DAY + timedelta(days=1))
    (answer,) = asked(session, town, a_draft(session, town, cast.anna, "9:15", to="zbuch", by=cast.cyril), cast)
    legs = [each.legs[0] for each in answer.alternatives if each.kind is AlternativeKind.DAY]
    assert [leg.day - DAY for leg in legs] == [timedelta(days=ahead) for ahead in (-1, 2, -2)]
    assert {leg.wish.seconds for leg in legs} == {town.second("9:15")}


def test_there_and_back_move_to_another_day_together(session, town, cast):
    another_day(session, town, DAY + timedelta(days=1))
    full_of_chairs(session, town, cast, "12:30", "13:10", "13:50", "14:30", "15:10")
    draft = a_draft(session, town, cast.anna, "9:00", to="zbuch", back="14:00", by=cast.cyril)
    there, back = asked(session, town, draft, cast)
    assert not there.denied
    assert back.denied
    number = next(n for n, each in enumerate(back.alternatives) if each.kind is AlternativeKind.DAY)
    alternatives.take(session, draft, number, now=NOW)
    assert {leg.day for leg in drafts.order(draft).legs} == {DAY + timedelta(days=1)}
    numbers = {Leg.OUTBOUND: 0, Leg.RETURN: 0}
    booking.choose(session, draft, numbers, world=town.world, by=cast.cyril, now=NOW)
    request = booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW)
    assert len(requests.of_request(session, request)) == 2


def test_riding_with_others_is_offered_to_who_wished_to_ride_alone(session, town, cast):
    """The van is on its way with a chair and the car with others: there are seats, but no vehicle of one's own."""
    times = ("7:40", "8:35", "9:30", "10:25", "11:20")
    full_of_chairs(session, town, cast, *times)
    for at in times:
        for name in ("Adam Jeden", "Blanka Druhá", "Cecílie Třetí"):
            a_ride(session, town, a_client(session, name), at, origin="zbuch", to="home", by=cast.dana)
    petr = a_client(session, "Petr Samotář")
    draft = a_draft(session, town, petr, "9:30", origin="zbuch", to="home", by=cast.dana)
    drafts.note(session, draft, now=NOW, solo=True)
    (answer,) = looked(session, town, draft, by=cast.dana)
    assert answer.denied
    number, shared = next((n, e) for n, e in enumerate(answer.alternatives) if e.kind is AlternativeKind.SHARED)
    alternatives.take(session, draft, number, now=NOW)
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.dana, now=NOW)
    (ride,) = requests.of_request(session, booking.book(session, draft, world=town.world, by=cast.dana, now=NOW))
    assert not ride.solo
    assert ride.price == shared.priced[0].price


def later_and_later(session, town, draft, cast) -> Iterator[Answer]:
    """The answers to a wish that gets later by seconds: the first denial misses the last vehicle by as few."""
    for second in range(town.second("12:20"), town.second("13:20"), 20):
        drafts.note(session, draft, now=NOW, seconds=second)
        yield from booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)


def test_an_entrance_nearer_to_us_helps_when_minutes_are_missing(session, cast):
    """The last vehicle is back in time from the near entrance, and not from the far one."""
    town = a_town(session, emil=cast.emil, hours=("6:00", "12:00"))
    garden = a_place(session, "hospital – zahrada", 2, 2.75)
    draft = a_draft(session, town, cast.anna, "12:20", by=cast.cyril)
    answer = next(filter(lambda answer: answer.denied, later_and_later(session, town, draft, cast)))
    first = next(each for each in answer.alternatives if each.kind is AlternativeKind.ENTRANCE)
    assert first.legs[0].destination == garden.id
    booking.remember(session, draft, [answer], world=town.world, by=cast.cyril, now=NOW)
    alternatives.take(session, draft, answer.alternatives.index(first), now=NOW)
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=town.world, by=cast.cyril, now=NOW)
    request = booking.book(session, draft, world=town.world, by=cast.cyril, now=NOW)
    assert requests.of_request(session, request)[0].destination_place_id == garden.id


def test_only_what_was_shown_can_be_taken(session, town, cast):
    draft = a_draft(session, town, cast.anna, "9:15", by=cast.cyril)
    asked(session, town, draft, cast)
    with pytest.raises(Invalid, match=r"offer\.choose"):
        alternatives.take(session, draft, 0, now=NOW)


def test_a_changed_answer_forgets_the_alternatives(session, town, cast):
    another_day(session, town, DAY + timedelta(days=1))
    full_of_chairs(session, town, cast, *MORNING)
    draft = a_draft(session, town, cast.anna, "9:15", to="zbuch", by=cast.cyril)
    asked(session, town, draft, cast)
    drafts.note(session, draft, now=NOW, seconds=town.second("16:00"))
    assert drafts.alternatives(draft) == ()


def named(session, name, x_km, category="hospital", aliases="") -> Place:
    place = a_place(session, name, x_km, 5)
    place.category, place.aliases = category, aliases
    session.add(place)
    session.flush()
    return place


def test_entrances_of_one_site_are_near_and_of_one_name(session, town):
    main = named(session, "Fakultní nemocnice – Lochotín", 0, aliases="fakultka")
    garden = named(session, "Fakultní nemocnice – zahrada", 0.2)
    by_alias = named(session, "Pavilon 5", -0.1, aliases="pětka|fakultka")
    named(session, "Fakultní nemocnice – Bory", 3)
    named(session, "Privamed", 0.1)
    named(session, "Fakultní nemocnice – lékárna", 0.1, category="shop")
    assert alternatives.same_site(session, main.id or 0) == [by_alias.id, garden.id]


def test_a_refusal_says_which_smallest_changes_would_have_helped(session, town, cast):
    full_of_chairs(session, town, cast, *MORNING)
    draft = a_draft(session, town, cast.anna, "9:15", to="zbuch", by=cast.cyril)
    asked(session, town, draft, cast)
    denial = session.exec(select(Denial)).one()
    assert denial.reason == "no_room"
    changes = {(each["kind"], each["detail"]): each["amount"] for each in json.loads(denial.changes)}
    assert changes["vehicle", str(town.van_shift)] == 1
    assert all(changes.get((kind, None), 3601) > 3600 for kind in ("earlier", "later"))


def test_a_wish_outside_the_hours_needs_no_change_of_the_fleet(session, town, cast):
    """Nobody could be there before we close, so that a vehicle more would help nobody."""
    draft = a_draft(session, town, cast.anna, "22:00", by=cast.cyril)
    (answer,) = asked(session, town, draft, cast)
    assert answer.denied is False or (answer.reason, answer.changes) == ("hours", ())
