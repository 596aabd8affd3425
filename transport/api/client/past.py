"""Doors: what is over, by month, on the page and as a list for a spreadsheet."""

import csv
import io
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.client import acting
from transport.api.client.sheet import chosen
from transport.api.deps import Me, Now, Reading, csrf_checked
from transport.api.render import page, see_other, words_of
from transport.booking.clients import mandates
from transport.booking.rides import trips
from transport.booking.rides.queries import RideView
from transport.kernel.actor import STAFF
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

router = APIRouter(dependencies=[Depends(csrf_checked)])

FORMULA = ("=", "+", "-", "@")
"""A cell that begins so would be worked out by a spreadsheet."""


HEADINGS = (_("Day"), _("Number of the ride"), _("Time"), _("From"), _("To"), _("What became of it"), _("Price in CZK"))
WORDS = {
    "done": _("done"),
    "cancelled_client": _("cancelled by you"),
    "cancelled_service": _("cancelled by us"),
    "declined": _("cancelled by us"),
    "no_show": _("the client did not come"),
    "missed": _("we did not come"),
}


@router.get("/historie", name="client:history")
def history(request: Request, session: Reading, me: Me, now: Now, mesic: str = "") -> Response:
    """The rides of one month with what became of them, and the way to the other months."""
    if me.role in STAFF:
        return see_other("/op")
    person = _person(session, me, now, request)
    if person is None:
        return page(request, "client/nobody.html")
    month = trips.month(session, person.client.id or 0, _first(mesic), now=now)
    return page(
        request,
        "client/history.html",
        person=person,
        month=month,
        paid=[paid(view) for view in month.rides],
        **acting.banner(request, session, person.client.code, me, now),
    )


@router.get("/historie.csv", name="client:history.csv")
def as_csv(request: Request, session: Reading, me: Me, now: Now, mesic: str = "") -> Response:
    """The same for a spreadsheet: UTF-8 with a mark, parted by semicolons; nothing about the help that was needed."""
    person = _person(session, me, now, request)
    if person is None:
        raise NotFound("client.unknown")
    month = trips.month(session, person.client.id or 0, _first(mesic), now=now)
    words = words_of(request)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([words.text(heading) for heading in HEADINGS])
    writer.writerows([_harmless(cell) for cell in _line(view, words)] for view in month.rides)
    headers = {"Content-Disposition": f'attachment; filename="jizdy-{month.first:%Y-%m}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def paid(view: RideView) -> int:
    """What the ride cost the client in the end, in haléře: nothing if it was not driven, but for a fee of the rules."""
    return view.ride.price if view.word == "done" else view.ride.fee


def _line(view: RideView, words: Catalogue) -> list[str]:
    return [
        view.ride.day.isoformat(),
        view.ride.code,
        words.time(view.promise.window_start, view.ride.day),
        view.origin.name,
        view.destination.name,
        words.text(WORDS.get(view.word, _("not known yet"))),
        f"{paid(view) / 100:.2f}".replace(".", ","),
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _person(session: Reading, me: Me, now: Now, request: Request) -> mandates.ActsFor | None:
    people = mandates.people(session, me, on=local_day(now))
    return (chosen(people, request.query_params.get("klient")) or people[0]) if people else None


def _first(month: str) -> date | None:
    if not month:
        return None
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotFound("page") from error
