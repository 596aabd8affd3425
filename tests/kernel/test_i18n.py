"""Words, dates and counts as readers of each language expect them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from transport.kernel import i18n
from transport.kernel.clock import wall_seconds
from transport.kernel.i18n import Catalogue, Lang

THURSDAY = date(2026, 11, 26)
RIDES = {
    "cs": ("{count} jízda", "{count} jízdy", "{count} jízd"),
    "uk": ("{count} поїздка", "{count} поїздки", "{count} поїздок"),
    "en": ("{count} ride", "{count} rides"),
    "de": ("{count} Fahrt", "{count} Fahrten"),
}
PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;\\n"

msgid "Price"
msgstr "Cena"

#, fuzzy
msgid "Guess"
msgstr "Odhad"

msgid "Nobody has translated this"
msgstr ""

msgid "{count} ride"
msgid_plural "{count} rides"
msgstr[0] "{count} jízda"
msgstr[1] "{count} jízdy"
msgstr[2] "{count} jízd"
"""


def speaking(lang: Lang) -> Catalogue:
    return Catalogue(lang, {"{count} ride": RIDES[lang], "Price": "Cena"})


@pytest.fixture
def read(tmp_path: Path) -> dict[Lang, Catalogue]:
    (tmp_path / "cs.po").write_text(PO, encoding="utf-8")
    return i18n.load(tmp_path)


def test_a_text_is_said_in_the_language_of_the_catalogue(read: dict[Lang, Catalogue]):
    assert read["cs"].text("Price") == "Cena"
    assert read["cs"].plural("{count} ride", "{count} rides", 2) == "{count} jízdy"


@pytest.mark.parametrize("message", ["Guess", "Nobody has translated this", "Nobody has collected this"])
def test_what_nobody_has_translated_is_said_in_english(read: dict[Lang, Catalogue], message: str):
    assert read["cs"].text(message) == message


def test_a_language_without_a_file_speaks_english(read: dict[Lang, Catalogue]):
    assert read["de"].text("Price") == "Price"
    assert read["de"].plural("{count} ride", "{count} rides", 1) == "{count} ride"
    assert read["de"].plural("{count} ride", "{count} rides", 2) == "{count} rides"


@pytest.mark.parametrize(
    ("lang", "count", "form"),
    [
        *[("cs", 1, 0), ("cs", 2, 1), ("cs", 4, 1), ("cs", 5, 2), ("cs", 0, 2), ("cs", 21, 2), ("cs", 22, 2)],
        *[("uk", 1, 0), ("uk", 3, 1), ("uk", 5, 2), ("uk", 11, 2), ("uk", 21, 0), ("uk", 22, 1)],
        *[("en", 0, 1), ("en", 1, 0), ("en", 2, 1), ("de", 1, 0), ("de", 0, 1)],
    ],
)
def test_every_count_has_the_form_of_its_language(lang: Lang, count: int, form: int):
    assert speaking(lang).plural("{count} ride", "{count} rides", count) == RIDES[lang][form]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("cs", "čtvrtek 26.\u00a0listopadu"),
        ("en", "Thursday 26\u00a0November"),
        ("de", "Donnerstag, 26.\u00a0November"),
        ("uk", "четвер, 26\u00a0листопада"),
    ],
)
def test_a_day_is_written_in_words(lang: Lang, words: str):
    assert speaking(lang).day(THURSDAY) == words


def test_a_day_in_a_list_is_short_and_in_one_piece():
    assert speaking("cs").day_short(THURSDAY) == "čt\u00a026.\u00a011."


def test_a_second_of_the_day_is_the_clock_on_the_wall():
    assert speaking("cs").time(wall_seconds(THURSDAY, 8, 5), THURSDAY) == "8:05"


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_on_the_days_of_changing_clocks_too(day: date):
    assert speaking("cs").time(wall_seconds(day, 15, 30), day) == "15:30"


def test_an_instant_is_the_clock_on_the_wall():
    assert speaking("cs").instant(datetime(2026, 7, 1, 12, 2, tzinfo=UTC)) == "14:02"
    assert speaking("cs").instant(datetime(2026, 12, 1, 12, 2, tzinfo=UTC)) == "13:02"


@pytest.mark.parametrize(
    ("lang", "haler", "words"),
    [
        ("cs", 5000, "50\u00a0Kč"),
        ("cs", 123_450, "1\u00a0234,5\u00a0Kč"),
        ("en", 123_450, "1,234.5\u00a0Kč"),
        ("cs", 0, "0\u00a0Kč"),
    ],
)
def test_money_is_said_in_crowns(lang: Lang, haler: int, words: str):
    assert speaking(lang).price(haler) == words


def test_no_line_ends_after_a_one_letter_word_or_between_a_number_and_its_unit():
    assert speaking("cs").nb("Jedeme v 8 hodin k lékaři") == "Jedeme v\u00a08\u00a0hodin k\u00a0lékaři"
    assert speaking("en").nb("a ride of 5 km") == "a ride of 5\u00a0km"
