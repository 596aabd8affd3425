"""The demo, end to end on an empty database: the same use cases as the pages, measured and checked."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from transport.accounts import users
from transport.booking.clients import mandates
from transport.booking.rides import absences, consents
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import CaseState, Denial, NoShowCase, Ride, WaitingState, WaitingWish
from transport.booking.standing.models import DateState, StandingDate
from transport.cli import app
from transport.cli.refusals import plugged
from transport.kernel import clock, db
from transport.kernel.actor import Actor
from transport.operations.driving import passes
from transport.routing.planning.models import DayState, ServiceDay

FIGURES = {
    "orders",
    "legs",
    "impossible",
    "promised",
    "denied",
    "hindsight",
    "planned",
    "vehicle_minutes",
    "km",
    "shared_rides",
    "contract_balance",
    "broken_promises",
    "judge_violations",
}
LEAST = {
    "standing_orders": 10,
    "standing_placed": 40,
    "standing_denied": 1,
    "standing_dropped": 2,
    "pauses": 1,
    "waiting": 1,
    "waiting_offered": 1,
    "will_call": 3,
    "changed": 2,
    "cancelled": 3,
    "cancelled_late": 1,
    "unconfirmed": 1,
    "completed": 150,
    "absences_open": 1,
    "estimates": 3,
    "letters": 3,
    "mandates": 20,
    "organisations": 2,
    "consents_pending": 1,
    "boarding_times": 3,
    "letters_to_print": 2,
    "calls": 3,
    "texts": 3,
    "registrations": 2,
}
"""How much of everything there is besides tomorrow, at the least."""

TODAY = clock.local_day(clock.utc_now())
YESTERDAY = TODAY - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that was built once for all tests that only look at it."""

    figures: dict[str, Any]
    session: Session

    def actor(self, login: str) -> Actor:
        return users.actor(users.named(self.session, login))

    def people_of(self, login: str) -> set[str]:
        """For whom somebody may act, without themselves."""
        found = mandates.people(self.session, self.actor(login), on=TODAY)
        return {each.client.name for each in found if not each.oneself}


@pytest.fixture(scope="module")
def demo(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRANSPORT_DATABASE_URL", module_database_url)
        patch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path_factory.mktemp("demo")))
        result = CliRunner().invoke(app, ["demo", "--no-serve", "--no-hindsight", "--json", "--orders", "16"])
        assert result.exit_code == 0, result.output
        engine = db.connect(module_database_url)
        with Session(engine) as session:
            yield Demo(json.loads(result.stdout), session)
        engine.dispose()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, empty_database_url: str, tmp_path: Path):
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("TRANSPORT_LOCAL_DIR", str(tmp_path))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


@pytest.mark.slow
def test_the_demo_keeps_every_promise_and_leaves_nothing_impossible(demo: Demo):
    figures = demo.figures
    assert set(figures) == FIGURES | set(LEAST)
    assert figures["orders"] == 16
    assert figures["broken_promises"] == 0
    assert figures["judge_violations"] == 0
    assert figures["planned"] == figures["promised"] > 0
    assert figures["legs"] >= figures["promised"] + figures["impossible"]

    checked = CliRunner().invoke(app, ["check", "--json"])
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout) == {"faults": []}

    again = CliRunner().invoke(app, ["demo", "--no-serve", "--json"])
    assert json.loads(again.stdout) == figures


@pytest.mark.slow
def test_whoever_logs_in_sees_everything_that_can_happen(demo: Demo):
    assert {name: demo.figures[name] for name, least in LEAST.items() if demo.figures[name] < least} == {}


@pytest.mark.slow
def test_yesterday_was_driven_to_its_end_and_closed(demo: Demo):
    assert demo.session.get_one(ServiceDay, YESTERDAY).state is DayState.CLOSED
    rides = demo.session.exec(select(Ride).where(Ride.day == YESTERDAY)).all()
    assert rides
    assert not [ride.code for ride in rides if ride.status in LIVE]


@pytest.mark.slow
def test_what_is_printed_lets_the_driver_in(demo: Demo):
    demo.session.rollback()
    printed = CliRunner().invoke(app, ["demo", "--no-serve"]).output
    found = re.search(r"emil: code (\d{8}), PIN (\d{4})", printed)
    assert found, printed
    now = clock.utc_now()
    with plugged() as services:
        key, policies = services.key, services.policies
        token = passes.typed(demo.session, found[1], source="here", key=key, policies=policies, now=now)
        assert isinstance(token, str)
        _, answer = passes.sign_in(demo.session, token, found[2], key=key, policies=policies, now=now)
    assert answer.granted()[0].login == "emil"
    demo.session.rollback()


@pytest.mark.slow
def test_the_guardian_may_still_object_to_the_absence_of_her_ward(demo: Demo):
    case = demo.session.exec(select(NoShowCase)).one()
    now = clock.utc_now()
    absences.object_to(demo.session, case, text="Zvonek nefungoval.", by=demo.actor("vera"), now=now)
    assert case.state is CaseState.OBJECTED
    demo.session.rollback()


@pytest.mark.slow
def test_a_date_is_denied_because_the_client_rides_then_already_and_for_nothing_else(demo: Demo):
    denied = demo.session.exec(select(StandingDate).where(StandingDate.state == DateState.DENIED)).all()
    assert {row.reason for row in denied} == {"overlaps"}


@pytest.mark.slow
def test_everybody_sees_their_own_people(demo: Demo):
    assert demo.people_of("cyril") == {"Anna Veselá"}
    assert [client.name for client, _ in mandates.ended(demo.session, demo.actor("cyril"), on=TODAY, days=60)] == [
        "Hedvika Veselá"
    ]
    assert demo.people_of("vera") == {"Šimon Havel", "Ludmila Horská", "Ema Horská"}
    assert demo.people_of("tomas") == {"Božena Klidná"}
    assert {login: len(demo.people_of(login)) for login in ("jarmila", "lenka")} == {"jarmila": 12, "lenka": 5}
    assert demo.people_of("gustav") == set()


@pytest.mark.slow
def test_the_client_can_agree_to_what_her_supporter_has_prepared(demo: Demo):
    bozena, now = demo.actor("bozena"), clock.utc_now()
    (client,) = (each.client for each in mandates.people(demo.session, bozena, on=TODAY))
    (asked,) = consents.waiting(demo.session, client.id or 0, by=bozena, now=now)
    assert asked.asked_by == demo.actor("tomas").user
    assert consents.may_decide(demo.session, asked, bozena, now)


@pytest.mark.slow
def test_a_place_is_offered_to_one_who_waits_and_was_denied_for_want_of_room(demo: Demo):
    offered = demo.session.exec(select(WaitingWish).where(WaitingWish.state == WaitingState.OFFERED)).all()
    assert offered
    for wish in offered:
        assert wish.answer_by
        assert wish.answer_by > clock.utc_now()
        assert demo.session.get_one(Denial, wish.denial_id).reason == "no_room"


@pytest.mark.slow
def test_planning_by_hand_improves_the_day_and_breaks_nothing(demo: Demo):
    demo.session.rollback()  # whoever looks must let go before somebody writes
    day = (TODAY + timedelta(days=1)).isoformat()
    result = CliRunner().invoke(app, ["plan", "--date", day, "--seconds", "1", "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["after"]["served"] == figures["before"]["served"]
    assert CliRunner().invoke(app, ["check"]).exit_code == 0


def test_a_day_under_way_is_not_planned_anew(run):
    run("db", "upgrade")
    result = run("plan", "--date", "2020-01-01")
    assert result.exit_code == 5
    assert result.stderr.count("\n") == 1


def test_a_database_without_its_tables_is_said_in_one_line(run):
    result = run("check")
    assert result.exit_code != 0
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output


def test_seeding_twice_is_seeding_once(run):
    run("db", "upgrade")
    first = json.loads(run("seed", "--json").stdout)
    second = json.loads(run("seed", "--json").stdout)
    assert first["places"] == second["places"] > 100
    assert first["days_opened"] > 0
    assert second["days_opened"] == 0
