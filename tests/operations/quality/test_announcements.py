"""One line on the start page, from–until, in the reader's language where there is one."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.builders.town import NOW
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Invalid
from transport.operations.quality import announcements
from transport.operations.quality.announcements import Said

HOUR = timedelta(hours=1)


def announced(session: Session, starts: timedelta = timedelta(), ends: timedelta = HOUR, **texts: str) -> None:
    said = texts or {"cs": "Sněží"}
    announcements.announce(session, said, starts_at=NOW + starts, ends_at=NOW + ends, by=SYSTEM, now=NOW)


def test_it_is_read_from_its_beginning_to_its_end(session: Session):
    announced(session, starts=HOUR, ends=2 * HOUR)
    hours = [NOW, NOW + HOUR, NOW + 2 * HOUR]
    assert [announcements.current(session, "cs", now=now) for now in hours] == [None, Said("Sněží", "cs"), None]


def test_a_language_nobody_wrote_reads_the_czech_line(session: Session):
    announced(session, cs="Sněží", de="Es schneit")
    assert announcements.current(session, "de", now=NOW) == Said("Es schneit", "de")
    assert announcements.current(session, "uk", now=NOW) == Said("Sněží", "cs")


def test_the_newer_of_two_is_read(session: Session):
    announced(session)
    announced(session, cs="Taje")
    assert announcements.current(session, "cs", now=NOW) == Said("Taje", "cs")


def test_it_can_be_taken_back(session: Session):
    announced(session)
    announced(session, starts=HOUR, ends=2 * HOUR)
    assert announcements.withdraw(session, by=SYSTEM, now=NOW) == 2
    assert announcements.current(session, "cs", now=NOW) is None
    assert announcements.withdraw(session, by=SYSTEM, now=NOW) == 0


@pytest.mark.parametrize(
    ("texts", "ends", "code"),
    [
        ({"en": "Snow"}, HOUR, "announcement.text_missing"),
        ({"cs": "x" * 201}, HOUR, "letter.too_long"),
        ({"cs": "Sněží"}, timedelta(), "announcement.over_already"),
    ],
)
def test_what_nobody_could_read_is_refused(session: Session, texts: dict[str, str], ends: timedelta, code: str):
    with pytest.raises(Invalid) as refused:
        announced(session, timedelta(), ends, **texts)
    assert refused.value.code == code
