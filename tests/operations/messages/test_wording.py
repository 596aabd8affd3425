"""What messages say, in four languages, and what they cost."""

from datetime import timedelta

import pytest

from tests.builders.clients import a_user, acting
from tests.builders.town import NOW
from transport.api.render import CATALOGUES
from transport.kernel.actor import Role
from transport.kernel.errors import Invalid
from transport.operations.messages import wording
from transport.operations.messages.models import MessageKind

CS = CATALOGUES["cs"]


@pytest.fixture
def admin(session):
    return acting(a_user(session, role=Role.ADMIN))


def test_a_city_words_a_message_itself_and_takes_it_back(session, admin):
    mine = "Jízda {number}: {day} v {start} až {end}."
    wording.word(session, "ride_confirmed", "cs", f"  {mine} ", by=admin, now=NOW)
    now = wording.now_worded(session, MessageKind.RIDE_CONFIRMED, CS)
    assert (now.text, now.own) == (mine, True)
    assert not wording.now_worded(session, MessageKind.RIDE_CONFIRMED, CATALOGUES["de"]).own
    wording.word(session, "ride_confirmed", "cs", "", by=admin, now=NOW + timedelta(minutes=1))
    assert not wording.now_worded(session, MessageKind.RIDE_CONFIRMED, CS).own


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 601, "text.too_long"),
        ("Jízda {number", "text.braces"),
        ("Jízda {0}", "text.unknown_filling"),
        ("Jízda {number.__class__}", "text.unknown_filling"),
        ("{number} {day} {start} {end} {diagnosis}", "text.unknown_filling"),
        ("Jízda {number} {day} {start}", "text.filling_missing"),
    ],
)
def test_a_text_that_would_go_wrong_is_refused(session, admin, text: str, code: str):
    with pytest.raises(Invalid, match=code.replace(".", r"\.")):
        wording.word(session, "ride_confirmed", "cs", text, by=admin, now=NOW)
    assert not wording.now_worded(session, MessageKind.RIDE_CONFIRMED, CS).own


def test_a_kind_or_language_that_nobody_knows_is_refused(session, admin):
    for kind, language in (("ride_dreamt", "cs"), ("ride_confirmed", "xx")):
        with pytest.raises(Invalid, match=r"text\.no_such_kind"):
            wording.word(session, kind, language, "", by=admin, now=NOW)
