"""Files as spreadsheets write them are read; damaged ones are refused with the row."""

from datetime import datetime, time

import openpyxl
import pytest

from transport.cli import tables
from transport.kernel.errors import Invalid, NotFound

ROWS = "číslo;jméno\n1;Žofie\n2;Jiří\n"
READ = ((2, ("1", "Žofie")), (3, ("2", "Jiří")))


def written(tmp_path, data, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
def test_the_encodings_of_spreadsheets_are_read(tmp_path, encoding):
    sheet = tables.load(written(tmp_path, ROWS.encode(encoding)))
    assert (sheet.headings, sheet.rows) == (("číslo", "jméno"), READ)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separators_of_spreadsheets_are_read(tmp_path, separator):
    assert tables.load(written(tmp_path, ROWS.replace(";", separator))).rows == READ


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(tmp_path):
    sheet = tables.load(written(tmp_path, 'a;b\n\n1;"two\nlines"\n;\n3;x\n'))
    assert [number for number, _ in sheet.rows] == [3, 5]


@pytest.mark.parametrize("data", ["", "\n\n", "a;b\n", "a;b\n;\n"])
def test_a_list_without_rows_is_refused(tmp_path, data):
    with pytest.raises(Invalid, match=r"table\.empty"):
        tables.load(written(tmp_path, data))


@pytest.mark.parametrize(
    "data", ["a;b\nŽluťoučký;ů\n".encode() + b"\xc5;x\n", b"a;b\nx;\x98\xff\x81\n", b"a;b\n1;\0\n"]
)
def test_damaged_bytes_are_refused_with_their_row(tmp_path, data):
    with pytest.raises(Invalid, match=r"table\.bytes_broken \(file=list\.csv, row=[23]\)"):
        tables.load(written(tmp_path, data))


def test_a_quotation_that_is_not_closed_is_refused(tmp_path):
    with pytest.raises(Invalid, match=r"table\.row_broken \(file=list\.csv, row=2\)"):
        tables.load(written(tmp_path, 'a;b\n"1;x\n2;y\n'))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotFound, match=r"table\.file_missing"):
        tables.load(tmp_path / "list.csv")


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(Invalid, match=r"table\.unreadable"):
        tables.load(tmp_path)


def test_a_file_that_only_says_it_is_a_workbook_is_refused(tmp_path):
    with pytest.raises(Invalid, match=r"table\.(workbook_broken|no_workbooks)"):
        tables.load(written(tmp_path, "a;b\n1;2\n", "list.xlsx"))


def test_a_workbook_is_read_as_one_would_type_it(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["číslo", "narozen", "čas", "kg", "klid", "součet"],
        [17, datetime.fromisoformat("1950-05-17T00:00:00"), time(7, 30), 110.0, True, "=A2+1"],
        [None] * 6,
        ["18a", "1. 2. 1950", None, 110.5, False, "x"],
    ):
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert tables.load(path).rows == (
        (2, ("17", "1950-05-17", "07:30", "110", "ano", "=A2+1")),
        (4, ("18a", "1. 2. 1950", "", "110.5", "ne", "x")),
    )
