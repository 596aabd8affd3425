"""The page about importing names the columns that are read, all of them and no others."""

import re

import pytest

from tests.house.code import HOME
from transport.booking.clients import importing as clients
from transport.booking.standing import importing as standing
from transport.kernel import sheets
from transport.routing.geo import importing as places

GUIDE = (HOME / "docs" / "import.md").read_text(encoding="utf-8")
LISTS = {"Clients": clients.COLUMNS, "Places": places.COLUMNS, "Regular rides": standing.COLUMNS}


def section(title: str) -> str:
    return GUIDE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("title", LISTS)
def test_the_guide_names_every_column_and_no_other(title):
    by_name = {sheets.heading(name): column for column in LISTS[title] for name in column.names}
    named: list[str] = []
    for english, czech in re.findall(r"^\| (?!English|---)([^|]+) \| ([^|]+) \|", section(title), re.MULTILINE):
        columns = {by_name[sheets.heading(name)].field for name in (english, *czech.split(","))}
        assert len(columns) == 1, english
        named += columns
        assert by_name[sheets.heading(english)].needed == english.startswith("**"), english
    assert sorted(named) == sorted(column.field for column in LISTS[title])


@pytest.mark.parametrize("title", LISTS)
def test_the_example_of_the_guide_has_no_fault(title):
    lines = re.findall(r"^    (\S*;.*)$", section(title), re.MULTILINE)
    headings, *rows = [tuple(line.split(";")) for line in lines]
    batch = sheets.read(sheets.Sheet(headings, tuple(enumerate(rows, 2))), LISTS[title])
    assert (len(batch.rows), batch.faults, batch.unknown) == (1, (), ())
