"""What a voice reads out: times in words, numbers digit by digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.kernel.i18n import LANGUAGES
from transport.operations.messages import spoken

SAID = {
    "cs": "Jízda čtyři sedm dva, jedna osm nula: osm hodin třicet až devět hodin.",
    "en": "Jízda four seven two, one eight zero: eight thirty to nine o'clock.",
    "de": "Jízda vier sieben zwei, eins acht null: acht Uhr dreißig bis neun Uhr.",
    "uk": "Jízda чотири сім два, один вісім нуль: вісім годин тридцять до дев'ять годин.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_voice_says_times_in_words_and_numbers_digit_by_digit(language: str):
    assert spoken.of("Jízda 472 180: 8:30-9:00.", language) == SAID[language]


@pytest.mark.parametrize(
    ("language", "time", "said"),
    [
        ("cs", "1:05", "jedna hodina pět"),
        ("cs", "2:00", "dvě hodiny"),
        ("cs", "21:45", "dvacet jedna hodin čtyřicet pět"),
        ("en", "9:05", "nine oh five"),
        ("de", "1:21", "ein Uhr einundzwanzig"),
        ("de", "16:32", "sechzehn Uhr zweiunddreißig"),
        ("uk", "22:00", "двадцять дві години"),
        ("uk", "12:10", "дванадцять годин десять"),
    ],
)
def test_every_language_has_its_own_way_with_hours(language: str, time: str, said: str):
    assert spoken.of(time, language) == said


def test_a_telephone_number_is_no_ride_and_a_date_is_no_time():
    assert spoken.of("+420 800 000 000, 26. 11., 50 Kč", "en") == (
        "four two zero, eight zero zero, zero zero zero, zero zero zero, 26. 11., 50 Kč"
    )


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_any_text_can_be_read_out(text: str, language: str):
    said = spoken.of(text, language)
    assert "".join(each for each in said if each.isalpha()) or not any(each.isalpha() for each in text)
