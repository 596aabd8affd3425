"""One word of a text message: understood in four languages and however it is typed; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.kernel.i18n import LANGUAGES
from transport.operations.messages import sms
from transport.operations.messages.keywords import ACTS, WORDS, Keyword, canonical, understood

EVERY = [
    (language, keyword, word) for language in LANGUAGES for keyword in Keyword for word in WORDS[language][keyword]
]
NOISE = {
    "as printed": str,
    "small": str.lower,
    "with marks": lambda text: text.replace("S", "Š").replace("Е", "Ё") if text.isascii() else text,
    "letter by letter": " ".join,
    "with signs": lambda text: f" «{text}!!!» \n",
    "politely": lambda text: f"{text}, prosím",
    "wide": lambda text: "".join(chr(ord(each) + 0xFEE0) if "A" <= each <= "Z" else each for each in text),
}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE.keys())
def test_every_word_is_understood_however_it_is_typed(noise):
    lost = [(word, keyword) for language, keyword, word in EVERY if keyword_of(noise(word)) is not keyword]
    assert lost == []


def keyword_of(text: str) -> Keyword | None:
    said = understood(text)
    return None if said is None else said.keyword


@pytest.mark.parametrize("number", ["472180", "472 180", "č. 472 180.", "4 7 2 1 8 0", "(472.180)", "٤٧٢١٨٠"])
def test_the_number_of_a_ride_stands_behind_every_word(number: str):
    lost = [word for _, _, word in EVERY if getattr(understood(f"{word} {number}"), "ride", "") != "472180"]
    assert [word for word in lost if keyword_of(word) is not Keyword.HELP] == []


def test_what_we_print_is_understood_and_costs_no_second_message():
    for language in LANGUAGES:
        for keyword in Keyword:
            word = canonical(keyword, language)
            assert keyword_of(word) is keyword_of(sms.without_diacritics(word)) is keyword


@pytest.mark.parametrize(
    ("text", "minutes", "clock", "ride"),
    [
        ("POZDEJI 30", 30, None, ""),
        ("později o 30 minut", 30, None, ""),
        ("pozdeji 30 472 180", 30, None, "472180"),
        ("pozdeji 120 472 180", 120, None, "472180"),
        ("pozdeji 472180 45", 45, None, "472180"),
        ("POZDEJI 15:30", None, (15, 30), ""),
        ("později v 15.30, 472180", None, (15, 30), "472180"),
        ("later 1530", None, (15, 30), ""),
        ("пізніше 20 хв", 20, None, ""),
        ("später", None, None, ""),
        ("pozdeji 472180", None, None, "472180"),
    ],
)
def test_later_says_how_much_later(text: str, minutes, clock, ride: str):
    said = understood(text)
    assert said is not None
    assert (said.keyword, said.minutes, said.clock, said.ride) == (Keyword.LATER, minutes, clock, ride)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "472180",
        "ano ne",
        "ano, ale prijedte pozdeji",
        "zrus to az zitra",
        "ne nerusit",
        "ZRUS 47218",
        "ZRUS 472180 472181",
        "pozdeji 25:00",
        "pozdeji 999",
        "Hotovo bude za chvili",
        "kde je moje taska",
        "OK",
        "děkuji",
        "ano " * 60,
    ],
)
def test_whatever_says_more_is_read_by_a_person(text: str):
    assert understood(text) is None


def test_a_call_for_help_is_heard_though_more_is_said():
    assert keyword_of("Pomoc, nemůžu otevřít dveře 3. patro") is Keyword.HELP


LETTERS = {letter for _, _, word in EVERY for letter in word}


@given(st.text(max_size=200))
def test_no_text_is_too_strange_and_none_acts_by_chance(text: str):
    said = understood(text)
    if said is not None:
        spelled = {letter.upper() for letter in sms.without_diacritics(text) if letter.isalpha()}
        assert spelled or said.keyword not in ACTS
