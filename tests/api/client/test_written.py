"""Names, birthdays, storeys and numbers are understood as people write them, or nothing is."""

from datetime import date

import pytest

from transport.api.client import written

TODAY = date(2026, 11, 20)
BORN = date(1950, 5, 17)


@pytest.mark.parametrize(
    "typed",
    [
        "17.5.1950", "17. 5. 1950", "17.05.1950", " 17 . 5 . 1950 ", "17/5/1950", "17-5-1950", "17 5 1950", "17,5,1950",
        "17051950", "17 05 1950", "19500517", "1950-05-17", "1950.05.17", "17.5.50", "170550",
        "17. května 1950", "17.května 1950", "17 května 1950", "17. květen 1950", "17. KVĚTNA 1950", "17. kvetna 1950",
        "17. května roku 1950", "17. V. 1950", "17.V.1950", "nar. 17.5.1950", "narozen 17. 5. 1950", "* 17.5.1950",
        "17 May 1950", "May 17, 1950", "May 17th, 1950", "17. Mai 1950", "17 травня 1950", "17.5.1950.",
        "+ý.ř.+ířé", "+ýéř+ířé", "+ý ř +ířé",
    ],
)  # fmt: skip
def test_a_birthday_is_understood(typed: str):
    assert written.birth_date(typed, TODAY) == BORN


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("5.3.26", date(2026, 3, 5)), ("5.3.27", date(1927, 3, 5)), ("29.2.2024", date(2024, 2, 29))],
)
def test_a_year_of_two_figures_is_the_last_one_that_has_begun(typed: str, meant: date):
    assert written.birth_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", "1950", "květen", "17.5.", "31.2.1950", "17.13.1950", "0.5.1950", "505517/1234", "29.2.2023", "dnes",
        "17. blázna 1950", "1.1.0000", "17.5.19500", "½.5.1950", "<script>", "😀", "5" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_birthday_is_not_guessed(typed: str):
    assert written.birth_date(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("31.12.2028", date(2028, 12, 31)), ("do 31. 12. 2028", date(2028, 12, 31)), ("12/2028", date(2028, 12, 31)),
        ("2/2028", date(2028, 2, 29)), ("prosinec 2028", date(2028, 12, 31)), ("12.2028", date(2028, 12, 31)),
        ("31.12.28", date(2028, 12, 31)), ("1.1.25", date(2025, 1, 1)), ("ě.ě.ěéěá", date(2028, 2, 2)),
        ("2028", None), ("13/2028", None), ("12/0000", None), ("jednou", None),
    ],
)  # fmt: skip
def test_the_last_day_of_a_card_is_understood(typed: str, meant: date | None):
    assert written.last_day(typed, TODAY) == meant


@pytest.mark.parametrize("typed", ["", "neomezeně", "bez omezení", "Trvale", "trvalá", "unlimited", "unbefristet"])
def test_a_card_for_ever_is_understood(typed: str):
    assert written.unlimited(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("jana", "Jana"), ("NOVÁKOVÁ", "Nováková"), ("  Jana   Marie ", "Jana Marie"), ("novák-němec", "Novák-Němec"),
        ("van der Berg", "van der Berg"), ("o'brien", "O'Brien"), ("ОКСАНА", "Оксана"),
        ("McDonald", "McDonald"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_is_kept_as_people_are_called(typed: str, kept: str):
    assert written.name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" jana@seznam.cz ", "jana@seznam.cz"), ("jana@seznam,cz", "jana@seznam.cz"),
        ("jana @ seznam.cz", "jana@seznam.cz"),
        ("<jana@seznam.cz>", "jana@seznam.cz"), ("mailto:jana@seznam.cz", "jana@seznam.cz"),
        ("jana@seznam.cz.", "jana@seznam.cz"),
    ],
)  # fmt: skip
def test_an_e_mail_is_freed_of_what_is_around_it(typed: str, kept: str):
    assert written.email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("777 123 456", "777 123 456"), ("tel.: 777 123 456", "777 123 456"), ("mobil 777123456", "777123456"),
        ("777 123 456 (dcera)", "777 123 456"), ("+420 777 123 456", "+420 777 123 456"),
        ("ýýý +ěš čřž", "777 123 456"),
        ("00420777123456", "00420777123456"), ("+380 67 123 45 67", "+380 67 123 45 67"),
    ],
)  # fmt: skip
def test_a_telephone_is_freed_of_what_is_around_it(typed: str, kept: str):
    assert written.phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Slovanská 12", "Slovanská 12"), ("Slovanská +ě", "Slovanská 12"), ("  Slovanská   12/a ", "Slovanská 12/a"),
        ("Slovanská +ě/š", "Slovanská 12/3"), ("Na Roudné", "Na Roudné"), ("nádraží", "nádraží"),
    ],
)  # fmt: skip
def test_a_house_number_typed_on_the_row_of_keys_is_understood(typed: str, kept: str):
    assert written.address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("3", 3), ("3.", 3), ("3. patro", 3), ("3.p", 3), ("přízemí", 0), ("Přízemí", 0), ("suterén", -1), ("-1", -1),
     ("š", 3), ("ground floor", 0), ("nahoře", None), ("", None)],
)  # fmt: skip
def test_a_storey_is_understood(typed: str, meant: int | None):
    assert written.storey(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("120", 120), ("120 cm", 120), ("cca 120", 120), ("62,5", 63), ("62.0", 62), ("180kg", 180), ("+ěé", 120),
     ("3 schody", 3), ("hodně", None), ("-5", None), ("12345", None), ("", None)],
)  # fmt: skip
def test_a_number_is_understood(typed: str, meant: int | None):
    assert written.number(typed) == meant
