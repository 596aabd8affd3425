"""Codes and links: each works once, for a while, for the browser that asked, and nobody can try for long."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from transport.accounts import codes, visits
from transport.accounts.codes import Issued
from transport.accounts.models import LoginCode, LoginVisit
from transport.kernel.errors import Exhausted

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MOBILE = "+420777111222"
MINUTE = timedelta(minutes=1)


class Visitor:
    """Somebody at a browser, on the way in."""

    def __init__(self, session: Session, contact: str = MOBILE, source: str = "198.51.100.7") -> None:
        self.session, self.source = session, source
        self.visit, self.token = visits.begin(session, contact, onward="", now=NOW)

    def asks(self, now: datetime = NOW) -> Issued:
        return codes.issue(self.session, self.visit, self.token, source=self.source, now=now)

    def types(self, code: str, now: datetime = NOW) -> str:
        """What is said to a code: nothing if it is right."""
        refusal = codes.verify(self.session, self.visit, self.token, code, now=now)
        return "" if refusal is None else refusal.code


@pytest.fixture
def jana(session: Session) -> Visitor:
    return Visitor(session)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_works_once(jana: Visitor) -> None:
    code = jana.asks().code
    assert jana.types(code) == ""
    assert jana.types(code) == "login.code_over"


@pytest.mark.parametrize("written", ["{0}{1}{2}-{3}{4}{5}", "{0}{1}{2} {3}{4}{5}", " {0} {1} {2} {3} {4} {5} "])
def test_spaces_and_dashes_do_not_matter(jana: Visitor, written: str) -> None:
    assert jana.types(written.format(*jana.asks().code)) == ""


def test_a_code_works_for_a_quarter_of_an_hour(jana: Visitor) -> None:
    first = jana.asks().code
    assert jana.types(first, NOW + 15 * MINUTE) == "login.code_over"
    second = jana.asks(NOW + 16 * MINUTE).code
    assert jana.types(second, NOW + 30 * MINUTE) == ""


def test_the_last_code_works_and_the_one_before_it(jana: Visitor) -> None:
    first, second, third = (jana.asks().code for _ in range(3))
    assert jana.types(first) == "login.code_wrong"
    assert jana.types(second) == ""
    assert jana.types(third) == "login.code_over", "one way in uses the other one up"


def test_five_tries_use_a_code_up_and_its_link_still_works(session: Session, jana: Visitor) -> None:
    issued = jana.asks()
    assert {jana.types(wrong(issued.code)) for _ in range(5)} == {"login.code_wrong"}
    assert jana.types(issued.code) == "login.code_over"
    assert codes.link_works(session, issued.link, now=NOW)


def test_somebody_elses_tries_cost_nothing(session: Session, jana: Visitor) -> None:
    thief, code = Visitor(session), jana.asks().code
    thief.asks()
    for _ in range(5):
        thief.types(wrong(code))
    assert jana.types(code) == ""


def test_a_code_is_of_no_use_in_another_browser(session: Session, jana: Visitor) -> None:
    thief, code = Visitor(session), jana.asks().code
    thief.asks()
    assert thief.types(code) == "login.code_wrong"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "½23456"])
def test_what_is_no_code_is_not_counted(session: Session, jana: Visitor, typed: str) -> None:
    jana.asks()
    assert jana.types(typed) == "login.code_missing"
    assert session.exec(select(LoginCode.tries)).all() == [0]


def test_a_link_works_once_in_any_browser(session: Session, jana: Visitor) -> None:
    issued = jana.asks()
    assert codes.follow(session, issued.link, now=NOW) == jana.visit
    assert codes.follow(session, issued.link, now=NOW) is None
    assert jana.types(issued.code) == "login.code_over"


@pytest.mark.parametrize("ago", [timedelta(0), 15 * MINUTE])
def test_a_link_that_is_wrong_or_old_proves_nothing(session: Session, jana: Visitor, ago: timedelta) -> None:
    link = jana.asks().link if ago else "guessed"
    assert not codes.link_works(session, link, now=NOW + ago)
    assert codes.follow(session, link, now=NOW + ago) is None


def test_one_contact_gets_three_messages_in_a_quarter_of_an_hour_from_anybody(session: Session) -> None:
    for minute in range(3):
        Visitor(session, source=str(minute)).asks(NOW + minute * MINUTE)
    with pytest.raises(Exhausted) as refused:
        Visitor(session, source="another").asks(NOW + 3 * MINUTE)
    assert refused.value.facts["until"] == NOW + 15 * MINUTE
    Visitor(session, source="another").asks(NOW + 15 * MINUTE)


def test_one_contact_gets_ten_messages_a_day(jana: Visitor) -> None:
    for hour in range(10):
        jana.asks(NOW + timedelta(hours=hour))
    with pytest.raises(Exhausted) as refused:
        jana.asks(NOW + timedelta(hours=11))
    assert refused.value.facts["until"] == NOW + timedelta(days=1)


def test_one_address_asks_for_forty_messages_an_hour(session: Session) -> None:
    for number in range(40):
        Visitor(session, f"+4207770000{number:02d}").asks()
    with pytest.raises(Exhausted) as refused:
        Visitor(session, "+420777000099").asks()
    assert refused.value.facts["until"] == NOW + timedelta(hours=1)
    Visitor(session, "+420777000099", source="198.51.100.8").asks()


def test_neither_code_nor_link_nor_address_is_kept(session: Session, jana: Visitor) -> None:
    issued = jana.asks()
    (kept,) = session.exec(select(LoginCode)).all()
    assert not {issued.code, issued.link, jana.source, jana.token} & {
        str(value) for value in kept.model_dump().values()
    }


def test_after_a_day_nothing_is_left(session: Session, jana: Visitor) -> None:
    jana.asks()
    codes.forget(session, now=NOW + timedelta(hours=23))
    assert session.exec(select(LoginCode)).all()
    codes.forget(session, now=NOW + timedelta(hours=26))
    assert not session.exec(select(LoginCode)).all()
    assert not session.exec(select(LoginVisit)).all()


def test_what_was_proven_holds_for_a_quarter_of_an_hour(session: Session, jana: Visitor) -> None:
    assert not visits.is_proven(jana.visit, now=NOW)
    visits.prove(session, jana.visit, remember=True, shared=True, now=NOW)
    assert visits.is_proven(jana.visit, now=NOW + 14 * MINUTE)
    assert not visits.is_proven(jana.visit, now=NOW + 15 * MINUTE)
    assert not jana.visit.remember, "a public computer is never remembered"
