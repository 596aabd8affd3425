"""One page for one month of the contract, and the same figures as CSV and JSON."""

import csv
import io
from calendar import monthrange
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from transport.api import render
from transport.api.deps import Now, Reading, csrf_checked, require
from transport.api.manager import chart
from transport.kernel.actor import Role
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.operations.quality import indicators, queries
from transport.operations.quality.indicators import CapacityUse, Figures

router = APIRouter(prefix="/smlouva", dependencies=[require(Role.MANAGER, Role.ADMIN), Depends(csrf_checked)])

Month = Annotated[str, Query(alias="mesic")]


@router.get("", name="manager:contract")
def contract(request: Request, session: Reading, now: Now, month: Month = "") -> Response:
    """Will the contract last, what was promised and kept, whom did we turn down."""
    first = _first_day(month, local_day(now))
    figures = queries.month(session, first)
    return render.page(
        request,
        "manager/contract.html",
        figures=figures,
        month=f"{first:%Y-%m}",
        first=first,
        before=_shifted(first, -1),
        after=_shifted(first, 1),
        use=_share_used(figures.capacity),
        by_hour=chart.bars(_every_hour(figures)),
    )


@router.get("/export.csv", name="manager:contract.csv")
def as_csv(session: Reading, now: Now, month: Month = "") -> Response:
    """The month's figures as lines for a spreadsheet: UTF-8 with a mark, parted by semicolons."""
    first = _first_day(month, local_day(now))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("section", "key", "unit", "value"))
    writer.writerows(indicators.rows(queries.month(session, first)))
    headers = {"Content-Disposition": f'attachment; filename="transport-{first:%Y-%m}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/export.json", name="manager:contract.json")
def as_json(session: Reading, now: Now, month: Month = "") -> JSONResponse:
    """The month's figures for another program."""
    return JSONResponse(indicators.as_json(queries.month(session, _first_day(month, local_day(now)))))


def _first_day(month: str, today: date) -> date:
    if not month:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotFound("page") from error


def _shifted(first: date, months: int) -> str:
    """The month before or after, as its address names it."""
    last = monthrange(first.year, first.month)[1]
    other = date.fromordinal(first.toordinal() + (last if months > 0 else -1))
    return f"{other:%Y-%m}"


def _share_used(capacity: tuple[CapacityUse, ...]) -> float | None:
    """Part of what was bought that is set aside or used, all periods together; None without a contract."""
    bought = sum(use.bought for use in capacity)
    return (bought - sum(use.free for use in capacity)) / bought if bought else None


def _every_hour(figures: Figures) -> list[tuple[str, int]]:
    """A line for each hour of the service, so that an hour without denials is seen as one."""
    found = {line.key: line.count or 0 for line in figures.denials_by_hour}
    hours = range(min([6, *map(int, found)]), max([21, *map(int, found)]) + 1)
    return [(str(hour), found.get(f"{hour:02}", 0)) for hour in hours]
