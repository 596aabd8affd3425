"""What a text message costs, and how it is written so that it costs one segment."""

import pytest

from transport.accounts.contacts import Way
from transport.api.public.entry import wording
from transport.api.render import CATALOGUES
from transport.kernel.i18n import LANGUAGES, Lang
from transport.operations.messages.sms import segments, without_diacritics

HOST = "https://doprava-s-asistenci.plzen.example"


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        ("Přijedeme v 8:30–8:45", "Prijedeme v 8:30-8:45"),
        ("„Žluťoučký kůň“…", '"Zlutoucky kun"...'),
        ("Straße, Łódź, č.\u00a0p.", "Strasse, Lodz, c. p."),
        ("Ваш код – її йде", "Ваш код - її йде"),
    ],
)
def test_marks_of_latin_letters_are_left_out_and_other_letters_stay(written: str, bare: str):
    assert without_diacritics(written) == bare


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 81, 2),
        ("ř" * 70, 1),
        ("ř" * 71, 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_segments_are_counted_as_telephone_companies_do(text: str, count: int):
    assert segments(text) == count


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_code_is_one_segment_and_its_last_line_is_bound_to_our_pages(lang: Lang):
    said = wording.message(Way.SMS, "048291", f"{HOST}/odkaz", "Doprava s asistencí", HOST, CATALOGUES[lang])
    assert segments(said.text) == 1
    assert said.text.splitlines()[-1] == "@doprava-s-asistenci.plzen.example #048291"
    assert said.text.splitlines()[0].count("048291") == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_voice_says_the_code_twice_digit_by_digit(lang: Lang):
    said = wording.message(Way.CALL, "048291", f"{HOST}/odkaz", "Doprava s asistencí", HOST, CATALOGUES[lang])
    assert said.text.count("0, 4, 8, 2, 9, 1") == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_e_mail_has_the_link_and_the_code(lang: Lang):
    said = wording.message(Way.EMAIL, "048291", f"{HOST}/odkaz", "Doprava s asistencí", HOST, CATALOGUES[lang])
    assert f"\n{HOST}/odkaz\n" in said.text
    assert "048291" in said.text
    assert "048291" not in said.subject
