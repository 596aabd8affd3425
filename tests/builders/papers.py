"""Papers that lie ready, without a printer."""

from datetime import datetime
from pathlib import Path

from tests.builders.town import Town
from transport.api.shelf import DAY, WHOLE, Paper, Shelf


def some_papers(folder: Path, town: Town, now: datetime) -> None:
    """Of both vehicles, and of the whole day; what stands on them is Anna's."""
    for name in (str(town.car_shift), str(town.van_shift), DAY, WHOLE):
        known = Paper(name, "", 1, now, now, 1)
        Shelf(folder, town.day).put(known, pdf=b"%PDF-1.7 Anna Vozkova", csv=b"Anna Vozkova")
