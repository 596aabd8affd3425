"""Who must never meet on board, and who must not be driven by whom."""

import pytest
from sqlmodel import select

from tests.builders.clients import NOW
from tests.builders.town import a_driver
from tests.cast import gather
from transport.booking.clients import incompatible
from transport.kernel.errors import Forbidden, Invalid
from transport.kernel.events import Event
from transport.routing.fleet.models import Provider

REASON = "pohádali se u soudu"


@pytest.fixture
def cast(session):
    return gather(session)


@pytest.fixture
def driver(session, cast):
    provider = Provider(name="Dopravce")
    session.add(provider)
    session.flush()
    return a_driver(session, provider.id or 0, cast.emil)


def never_together(session, cast, **fields):
    wanted = {"other_client_id": cast.bedrich.id, "reason": REASON, "by": cast.dana, "now": NOW} | fields
    return incompatible.record(session, cast.anna.id or 0, **wanted)


def test_two_clients_have_opposite_numbers(session, cast):
    entry = never_together(session, cast)
    assert incompatible.apart(session, cast.anna.id) == {entry.id}
    assert incompatible.apart(session, cast.bedrich.id) == {-(entry.id or 0)}


def test_a_driver_drives_the_client_no_more(session, cast, driver):
    never_together(session, cast, other_client_id=None, driver_id=driver.id)
    assert incompatible.not_drivers(session, cast.anna.id) == {driver.id}
    assert incompatible.not_drivers(session, cast.bedrich.id) == frozenset()
    assert incompatible.apart(session, cast.anna.id) == frozenset()


def test_a_rule_that_has_ended_keeps_nobody_apart(session, cast):
    entry = never_together(session, cast)
    incompatible.end(session, entry, by=cast.dana, now=NOW)
    incompatible.end(session, entry, by=cast.dana, now=NOW)
    assert incompatible.apart(session, cast.anna.id) == frozenset()
    assert len(session.exec(select(Event).where(Event.kind == "incompatibility_ended")).all()) == 1


def test_the_same_pair_is_recorded_once_from_either_side(session, cast):
    first = never_together(session, cast)
    again = incompatible.record(
        session, cast.bedrich.id, other_client_id=cast.anna.id, reason="jinak", by=cast.dana, now=NOW
    )
    assert again.id == first.id


def test_a_client_and_a_driver_with_the_same_number_are_two_people(session, cast, driver):
    entries = {
        never_together(session, cast, other_client_id=None, driver_id=driver.id).id,
        never_together(session, cast).id,
    }
    assert len(entries) == 2


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "emil", "frantiska"])
def test_only_staff_record_end_and_read_the_reason(session, cast, who):
    entry, by = never_together(session, cast), getattr(cast, who)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        never_together(session, cast, by=by)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        incompatible.end(session, entry, by=by, now=NOW)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        incompatible.of_client(session, cast.anna.id, by=by)


def test_the_reason_is_for_staff_and_in_no_event(session, cast):
    entry = never_together(session, cast)
    assert [each.reason for each in incompatible.of_client(session, cast.bedrich.id, by=cast.hana)] == [REASON]
    [event] = session.exec(select(Event).where(Event.kind == "incompatibility_recorded")).all()
    assert (event.subject_type, event.subject_id, event.facts) == ("incompatibility", str(entry.id), "{}")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"other_client_id": None}, r"incompatible\.with_whom"),
        ({"driver_id": 1}, r"incompatible\.with_whom"),
        ({"reason": " "}, r"incompatible\.reason_missing"),
    ],
)
def test_a_rule_needs_one_other_person_and_a_reason(session, cast, fields, code):
    with pytest.raises(Invalid, match=code):
        never_together(session, cast, **fields)


def test_nobody_is_incompatible_with_themselves(session, cast):
    with pytest.raises(Invalid, match=r"incompatible\.oneself"):
        never_together(session, cast, other_client_id=cast.anna.id)
