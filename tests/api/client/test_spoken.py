"""What people type for a time and a day is understood, or nothing is."""

from datetime import date

import pytest

from transport.api.client.spoken import day_named, time_of_day

TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", (9, 0)), ("09", (9, 0)), ("915", (9, 15)), ("0915", (9, 15)), ("9.15", (9, 15)), ("9:15", (9, 15)),
        ("9,15", (9, 15)), ("9 15", (9, 15)), (" 9 : 15 ", (9, 15)), ("v 9:15", (9, 15)), ("9-15", (9, 15)),
        ("9 hodin", (9, 0)), ("9h", (9, 0)), ("9h15", (9, 15)), ("9 hodin 15 minut", (9, 15)), ("9 hod.", (9, 0)),
        ("14:30", (14, 30)), ("1430", (14, 30)), ("0:05", (0, 5)), ("23:59", (23, 59)),
        ("čtvrt na deset", (9, 15)), ("Čtvrt na deset", (9, 15)), ("ctvrt na 10", (9, 15)),
        ("půl desáté", (9, 30)), ("pul desate", (9, 30)), ("půl 10", (9, 30)),
        ("tři čtvrtě na deset", (9, 45)), ("třičtvrtě na deset", (9, 45)), ("3/4 na 10", (9, 45)),
        ("půl třetí", (14, 30)), ("půl jedné", (12, 30)), ("čtvrt na jednu", (12, 15)), ("ve tři", (15, 0)),
        ("devět", (9, 0)), ("v devět hodin", (9, 0)), ("devět ráno", (9, 0)), ("devět večer", (21, 0)),
        ("pět ráno", (5, 0)), ("2 odpoledne", (14, 0)), ("9:15 pm", (21, 15)), ("9:15 am", (9, 15)),
        ("poledne", (12, 0)), ("v poledne", (12, 0)), ("í+ř", (9, 15)), ("+š.č-", None), ("+šéé", (13, 0)),
    ],
)  # fmt: skip
def test_a_time_is_understood(typed: str, meant: tuple[int, int] | None):
    assert time_of_day(typed) == meant


@pytest.mark.parametrize("typed", ["", "brzy", "25", "24:00", "9:75", "975", "12345", "9:1", "-1", "9:15:30", "½"])
def test_what_is_no_time_is_not_guessed(typed: str):
    assert time_of_day(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dnes", date(2026, 11, 20)), ("d", date(2026, 11, 20)), ("zítra", date(2026, 11, 21)),
        ("z", date(2026, 11, 21)), ("pozítří", date(2026, 11, 22)), ("tomorrow", date(2026, 11, 21)),
        ("pondělí", date(2026, 11, 23)), ("út", date(2026, 11, 24)), ("ve středu", date(2026, 11, 25)),
        ("ČTVRTEK", date(2026, 11, 26)), ("pátek", date(2026, 11, 27)), ("friday", date(2026, 11, 27)),
        ("26.11.", date(2026, 11, 26)), ("26. 11.", date(2026, 11, 26)), ("26.11", date(2026, 11, 26)),
        ("26.11.2026", date(2026, 11, 26)), ("26. 11. 26", date(2026, 11, 26)), ("26/11/2026", date(2026, 11, 26)),
        ("26 11", date(2026, 11, 26)), ("2026-11-26", date(2026, 11, 26)), ("26", date(2026, 11, 26)),
        ("19", date(2026, 12, 19)), ("26. listopadu", date(2026, 11, 26)), ("26 november", date(2026, 11, 26)),
        ("čtvrtek 26. listopadu", date(2026, 11, 26)), ("čt 26. 11.", date(2026, 11, 26)),
        ("4. ledna", date(2027, 1, 4)), ("4.1.", date(2027, 1, 4)), ("19.11.", date(2026, 11, 19)),
        ("+3", date(2026, 11, 23)), ("ěž.++", date(2026, 11, 26)), ("29.2.2028", date(2028, 2, 29)),
    ],
)  # fmt: skip
def test_a_day_is_understood(typed: str, meant: date):
    assert day_named(typed, TODAY) == meant


@pytest.mark.parametrize("typed", ["", "někdy", "31.11.", "0.1.", "32", "99.99.", "29.2.2027", "0000-00-00", "+999"])
def test_what_is_no_day_is_not_guessed(typed: str):
    assert day_named(typed, TODAY) is None
