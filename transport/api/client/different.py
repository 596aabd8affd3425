"""Doors: something is different on this ride: its needs are told for it alone, the profile stays as it is."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.client import book, needing
from transport.api.client.sheet import Sheet
from transport.api.client.steps import needs_of
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import Fields, FormData
from transport.api.render import page, say, see_other
from transport.booking.clients import clients, queries
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.policy import Policy

PARTS = "pohyb dalsi"
STEP = "pomoc"

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/objednat/{key}/jinak", name="client:book.different")
def ask(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """What the ride counts with, to be changed for it alone."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None or not sheet.may_see(STEP):
            return see_other(f"/{request.path_params['lang']}/objednat/{key}")
        said: dict[str, Any] = needing.kept(needs_of(sheet))
        if sheet.said.get("help"):
            said["companions"] = len(sheet.said.get("companions") or ())
        return _question(request, sheet, services, needing.form(said))


@router.post("/objednat/{key}/jinak", name="client:book.different.answer")
def answer(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep what is different; what is the same as ever leaves the profile to count."""
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None or not sheet.may_see(STEP):
            return see_other(f"/{request.path_params['lang']}/objednat/{key}")
        told, wrong = needing.asked(PARTS, data, _policy(sheet, services))
        if wrong:
            return _question(request, sheet, services, needing.typed(data), wrong)
        keep(sheet, {**needing.kept(needs_of(sheet)), **told})
        return see_other(book.address(request, key, sheet.open_step()))


def keep(sheet: Sheet, told: dict[str, Any]) -> None:
    """A version of the needs for this order, unless it is the usual one or the one it has already."""
    if sheet.client is None:
        raise NotFound("client.unknown")
    companions = ["seat"] * told["companions"]
    alike = {"companions": None}  # who travels along is said with each order, and is no other need
    usual = queries.needs_now(sheet.session, sheet.client.id or 0)
    if told | alike == needing.kept(usual) | alike:
        sheet.note(help=True, companions=companions, needs_id=None)
        return
    known = needs_of(sheet)
    if known is None or not known.one_off or needing.kept(known) != told:
        known = clients.record_needs(sheet.session, sheet.client, by=sheet.by, now=sheet.now, one_off=True, **told)
    sheet.note(help=True, companions=companions, needs_id=known.id)


def _question(
    request: Request, sheet: Sheet, services: Services, form: Fields, wrong: dict[str, Invalid] | None = None
) -> Response:
    return page(
        request,
        "client/book/different.html",
        422 if wrong else 200,
        errors={field: say(request, error) for field, error in (wrong or {}).items()},
        form=form,
        options=needing.options(_policy(sheet, services)),
        **{
            **book.frame(request, sheet, STEP),
            "here": book.address(request, sheet.key, "jinak"),
            "back_href": book.address(request, sheet.key, STEP),
        },
    )


def _policy(sheet: Sheet, services: Services) -> Policy:
    return services.policies.on(sheet.day or sheet.today)
