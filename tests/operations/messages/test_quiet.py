"""Nobody is woken for what can wait, and nobody learns too late."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from transport.kernel.clock import LOCAL
from transport.kernel.policy.messages import Messages
from transport.operations.messages import quiet
from transport.operations.messages.models import MessageKind as Kind

RULES = Messages()
instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda after: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=after)
)
AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""In the hour that comes twice."""
SPRING = datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
patient = st.sampled_from(sorted(set(Kind) - quiet.AT_ONCE))


def leaves(kind: Kind, now: datetime, begins: datetime | None = None, *, voice: bool = False) -> datetime:
    return quiet.leaves_at(kind, now, begins, voice=voice, rules=RULES)


@given(kind=patient, now=instants, voice=st.booleans())
@example(kind=Kind.RIDE_CONFIRMED, now=AUTUMN, voice=True)
@example(kind=Kind.RIDE_CONFIRMED, now=SPRING, voice=False)
def test_what_can_wait_leaves_by_day_and_on_the_next_morning_at_the_latest(kind: Kind, now: datetime, voice: bool):
    at = leaves(kind, now, voice=voice)
    clock = at.astimezone(LOCAL).time()
    assert RULES.quiet_until <= clock < RULES.quiet_from
    assert now <= at <= now + timedelta(hours=11)
    if RULES.quiet_until <= now.astimezone(LOCAL).time() < RULES.quiet_from:
        assert at == now


@given(kind=patient, now=instants, hours=st.integers(0, 40), voice=st.booleans())
def test_what_concerns_a_ride_is_known_in_good_time_before_it(kind: Kind, now: datetime, hours: int, voice: bool):
    begins = now + timedelta(hours=hours)
    at = leaves(kind, now, begins, voice=voice)
    assert at == now or at + timedelta(minutes=RULES.urgent_minutes) <= begins


@given(kind=st.sampled_from(sorted(quiet.AT_ONCE)), now=instants, voice=st.booleans())
def test_whoever_is_on_the_way_is_told_at_any_hour(kind: Kind, now: datetime, voice: bool):
    assert leaves(kind, now, voice=voice) == now


def test_a_house_without_quiet_hours_at_night_calls_nobody_all_the_same():
    rules = Messages(quiet_from=time(23, 0), quiet_until=time(5, 0))
    late = datetime(2026, 11, 20, 22, 15, tzinfo=LOCAL)
    assert quiet.leaves_at(Kind.RIDE_CONFIRMED, late, None, voice=False, rules=rules) == late
    called = quiet.leaves_at(Kind.RIDE_CONFIRMED, late, None, voice=True, rules=rules)
    assert called == datetime(2026, 11, 21, 6, 0, tzinfo=LOCAL)
