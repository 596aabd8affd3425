"""Between equals, whoever was denied most recently goes first, where the rules say so."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders.town import DAY, NOW, Town, a_world
from transport.booking.rides import precedence
from transport.booking.rides.models import Denial, Leg
from transport.routing.planning.wishes import Anchor


def denied(session, town: Town, client_id: int, days_ago: float) -> None:
    session.add(
        Denial(
            key=f"{client_id} {days_ago}",
            client_id=client_id,
            leg=Leg.OUTBOUND,
            day=DAY,
            anchor=Anchor.LEAVE_AT,
            seconds=0,
            origin_place_id=town.places["home"],
            destination_place_id=town.places["school"],
            seats=1,
            wheelchairs=0,
            reason="no_room",
            at=NOW - timedelta(days=days_ago),
        )
    )
    session.flush()


def weights(session, town, cast, world=None):
    policy = (world or town.world).policies.on(DAY)
    return precedence.denied_recently(session, {cast.anna.id, cast.bedrich.id}, policy=policy, now=NOW)


def test_whoever_was_denied_most_recently_weighs_most(session, town, cast):
    denied(session, town, cast.anna.id, 20)
    denied(session, town, cast.anna.id, 3)
    denied(session, town, cast.bedrich.id, 4)
    found = weights(session, town, cast)
    assert found[cast.anna.id] > found[cast.bedrich.id]


def test_a_denial_of_more_than_thirty_days_ago_is_forgotten(session, town, cast):
    denied(session, town, cast.anna.id, 31)
    assert weights(session, town, cast) == {}


def test_the_rule_can_be_switched_off(session, town, cast):
    denied(session, town, cast.anna.id, 3)
    assert weights(session, town, cast, a_world(fairness={"denied_first": False})) == {}


@given(st.lists(st.integers(0, 30 * 86_400 - 1), min_size=2, max_size=2, unique=True))
def test_weights_lie_between_0_and_1_in_the_order_of_the_denials(ages):
    found = precedence.weights({age: NOW - timedelta(seconds=age) for age in ages}, NOW)
    assert all(0 < weight < 1 for weight in found.values())
    assert found[min(ages)] > found[max(ages)]
