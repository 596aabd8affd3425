"""Days that are not like the others: public holidays and school holidays, read from `data/plzen/`."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path


class CalendarError(ValueError):
    """A calendar file cannot be used; the text names the file and the line."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, and every single day of the school holidays."""

    public: frozenset[date] = frozenset()
    school: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Monday to Friday, and no public holiday."""
        return not is_weekend(day) and day not in self.public


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.isoweekday() in (6, 7)  # ISO 8601


def load(folder: Path) -> Calendar:
    """`holidays.csv` (date, name) and `school_holidays.csv` (first, last, name). Raises CalendarError."""
    school: set[date] = set()
    for first, last in _dates(folder / "school_holidays.csv", "first", "last"):
        if last < first:
            raise CalendarError(f"school_holidays.csv: {last} is before {first}")
        school |= {first + timedelta(days=ahead) for ahead in range((last - first).days + 1)}
    return Calendar(frozenset(day for (day,) in _dates(folder / "holidays.csv", "date")), frozenset(school))


def _dates(path: Path, *columns: str) -> list[tuple[date, ...]]:
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                try:
                    found.append(tuple(date.fromisoformat(row[column]) for column in columns))
                except (KeyError, TypeError, ValueError) as error:
                    raise CalendarError(f"{path.name}:{number}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarError(f"{path.name}: {error}") from error
    return found
