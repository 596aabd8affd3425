"""A list is read cell by cell; what cannot be meant is a fault with its row and column, and never repeats the cell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.kernel import sheets
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Column, Sheet

COLUMNS = (
    Column("name", ("name", "příjmení"), sheets.text(20), needed=True),
    Column("born", ("born", "datum narození"), sheets.day, needed=True),
    Column("calm", ("calm", "klid"), sheets.flag),
)


def read(*rows: tuple[str, ...], headings: tuple[str, ...] = ("Příjmení", "Datum narození:", "KLID")):
    return sheets.read(Sheet(headings, tuple(enumerate(rows, 2))), COLUMNS)


def codes(*rows: tuple[str, ...]):
    return [(fault.row, fault.column, fault.error.code) for fault in read(*rows).faults]


@pytest.mark.parametrize(
    "written", ["26. 11. 2026", "26.11.2026", "26/11/2026", "2026-11-26", "2026-11-26 00:00:00", "46352"]
)
def test_a_date_is_read_as_people_and_spreadsheets_write_it(written):
    assert sheets.day(written) == date(2026, 11, 26)


@given(st.dates(min_value=date(1927, 5, 18), max_value=date(2100, 1, 1)))
def test_every_date_is_read_back_in_each_way_of_writing(day):
    counted = str((day - date(1899, 12, 30)).days)
    for written in (f"{day.day}. {day.month}. {day.year}", day.isoformat(), counted):
        assert sheets.day(written) == day


@pytest.mark.parametrize("written", ["31. 2. 1950", "50", "26. 11. 26", "yesterday", "2026-13-01", "1950"])
def test_what_is_no_date_is_a_fault(written):
    with pytest.raises(Invalid, match=r"sheet\.date_unclear"):
        sheets.day(written)


@pytest.mark.parametrize(("written", "minutes"), [("7:30", 450), ("07.30", 450), ("7:30:00", 450), ("", None)])
def test_a_time_is_minutes_of_the_wall_clock(written, minutes):
    assert sheets.minute(written) == minutes


@pytest.mark.parametrize("written", ["24:00", "7", "7:60", "morning"])
def test_what_is_no_time_is_a_fault(written):
    with pytest.raises(Invalid, match=r"sheet\.time_unclear"):
        sheets.minute(written)


def test_headings_are_known_without_capitals_diacritics_and_signs():
    assert read(("Nováková", "1. 2. 1950", "ano")).rows[0].values == {
        "name": "Nováková",
        "born": date(1950, 2, 1),
        "calm": True,
    }


def test_every_fault_of_a_row_is_told_with_its_column():
    assert codes(("", "31. 2. 1950", "perhaps"), ("Tma", "1. 2. 1950", "")) == [
        (2, "Příjmení", "sheet.value_missing"),
        (2, "Datum narození:", "sheet.date_unclear"),
        (2, "KLID", "sheet.flag_unclear"),
    ]


def test_a_fault_never_repeats_what_was_written():
    faults = read(("=secret()", "31. 2. 1950", "secret"), ("secret" * 5, "secret", "secret" * 2000)).faults
    assert len(faults) == 6
    assert "secret" not in str([str(fault.error) for fault in faults])


def test_a_formula_is_a_fault():
    assert codes(("=A1", "1. 2. 1950", "")) == [(2, "Příjmení", "sheet.formula")]


def test_a_cell_of_ten_thousand_characters_is_a_fault():
    assert codes(("x" * 10_000, "1. 2. 1950", "")) == [(2, "Příjmení", "sheet.text_too_long")]


def test_a_short_row_has_empty_cells():
    assert codes(("Tma",)) == [(2, "Datum narození:", "sheet.value_missing")]


def test_a_list_without_a_needed_column_is_refused():
    with pytest.raises(Invalid, match=r"sheet\.column_missing"):
        read(("x",), headings=("name",))


def test_two_columns_for_the_same_thing_are_refused():
    with pytest.raises(Invalid, match=r"sheet\.column_twice"):
        read(("x", "y", "z"), headings=("name", "born", "Příjmení"))


def test_columns_nobody_knows_are_told():
    assert read(("Tma", "1. 2. 1950", "x"), headings=("name", "born", "shoe size")).unknown == ("shoe size",)


def test_the_second_of_two_equal_rows_is_a_fault():
    batch = read(("Tma", "1. 2. 1950", ""), ("Vozka", "1. 2. 1950", ""), ("Tma", "1. 2. 1950", ""))
    faults = sheets.doubles(batch, lambda row: row["name"])
    assert [(fault.row, fault.error.facts) for fault in faults] == [(4, {"first": 2})]
    assert [row.number for row in batch.without(faults).rows] == [2, 3]
