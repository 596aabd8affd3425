"""The manifests of a day: what stands on them, and the files made of them in advance, only of what has changed."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from transport.api import lists, paper, render, scanning, shelf
from transport.api.dispatcher import pictures
from transport.api.driver import card
from transport.api.shelf import DAY, WHOLE, Paper, Shelf
from transport.bootstrap import Services
from transport.kernel import i18n
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at, local_day, wall_seconds
from transport.kernel.db import reading
from transport.kernel.errors import Exhausted
from transport.kernel.i18n import mark as _
from transport.operations.dispatch import paper as printed
from transport.operations.dispatch.paper import Sheet
from transport.routing.geo import lines
from transport.routing.geo.network import Network
from transport.routing.planning import publishing

EVENING = 20
"""From this hour of the evening on the papers of the next day are kept ready."""
LOOKED = timedelta(minutes=10)
"""So often papers are compared with what they should say, also without a new plan: people move, doors change."""
HEAD = (
    *(_("Vehicle"), _("Driver"), _("Telephone of the driver"), _("Time"), _("What"), _("Who"), _("Telephone")),
    *(_("With"), _("Where"), _("Door"), _("How to help"), _("Arrived"), _("Done")),
)
"""What stands over the table of a day; the last two columns are written by hand."""
TEMPLATE = "dispatcher/sheets.html"

log = logging.getLogger(__name__)
Drawn = tuple[Sheet, pictures.Strip | None, pictures.RunMap | None]


@dataclass(frozen=True, slots=True)
class _Run:
    """One vehicle that leaves: its sheet, the bare cells of it, and what they add up to."""

    sheet: Sheet
    rows: list[list[str]]
    digest: str

    @property
    def name(self) -> str:
        return str(self.sheet.manifest.shift.id)


def facts(
    session: Session, day: date, services: Services, by: Actor, now: datetime, *, shift_id: int | None = None
) -> dict[str, Any]:
    """Everything the page of manifests prints: of the whole day, or of one vehicle."""
    found = printed.sheets(session, day, by=by, shift_id=shift_id)
    leaving = [each for each in found if each.manifest.stops]
    roads = printed.network(session, day, services.settings.geo_dir) if leaving else None
    return _page(day, leaving, _cards(leaving, services, day), _codes(leaving, services), roads, now, only=shift_id)


def drawn(sheet: Sheet, roads: Network | None) -> Drawn:
    """A sheet with its two pictures, where there is something to draw."""
    lane, points = sheet.lane, sheet.points
    strip = pictures.strip(lane.loads, lane.seats, lane.wheelchairs, (lane.starts, lane.ends)) if lane else None
    if not points:
        return sheet, strip, None
    box = pictures.framed(points)
    return sheet, strip, pictures.run_map(points, box, printed.around(roads, box))


def renew(services: Services, now: datetime) -> int:
    """Make sure that the papers of today, and in the evening of tomorrow, are as they should be; says how many are new.

    Nothing happens while a plan that was looked at within LOOKED is still in force.
    """
    today = local_day(now)
    shelf.forget(services.settings.paper_dir, today)
    days = [today]
    if now >= at(today, wall_seconds(today, EVENING)):
        days.append(today + timedelta(days=1))
    return sum(_renew(services, day, now) for day in days)


def _renew(services: Services, day: date, now: datetime) -> int:
    kept = Shelf(services.settings.paper_dir, day)
    with reading(services.database) as session:
        plan = publishing.latest(session, day)
    if plan is None:
        return 0
    known = kept.papers().get(DAY)
    if not kept.asked and known is not None and known.checked == plan.version and now - known.checked_at < LOOKED:
        return 0
    with kept.alone() as mine:
        return _make(services, kept, day, plan.version, now) if mine else 0


def _make(services: Services, kept: Shelf, day: date, version: int, now: datetime) -> int:
    """Compare every paper with what it should say, and make those anew that say something else.

    The paper of the whole day takes as long as all others together: it is made anew once in LOOKED at most.
    """
    with reading(services.database) as session:
        sheets = [each for each in printed.sheets(session, day, by=SYSTEM) if each.manifest.stops]
        roads = printed.network(session, day, services.settings.geo_dir) if sheets else None
        session.expunge_all()  # read to the end: drawing takes long, and holds no transaction open
    cards, codes = _cards(sheets, services, day), _codes(sheets, services)
    runs = [_run(each, cards, codes, services, day) for each in sheets]
    known, done = kept.papers(), 0
    for name in known.keys() - {DAY, WHOLE, *(run.name for run in runs)}:
        kept.remove(name)
    for run in runs:
        lies = known.get(run.name)
        if lies is not None and lies.digest == run.digest and kept.read(run.name, "pdf") is not None:
            kept.put(replace(lies, checked_at=now, checked=version))
            continue
        made = _pdf(services, _page(day, [run.sheet], cards, codes, roads, now))
        if made is None:
            continue
        kept.put(Paper(run.name, run.digest, version, now, now, version), pdf=made)
        done += 1
    digest = hashlib.sha256("".join(run.digest for run in runs).encode()).hexdigest()
    kept.put(Paper(DAY, digest, version, now, now, version), csv=_table(runs))
    whole = known.get(WHOLE)
    if whole is not None and (whole.digest == digest or now - whole.made_at < LOOKED):
        if whole.digest == digest:
            kept.put(replace(whole, checked_at=now, checked=version))
        return done
    made = _pdf(services, _page(day, sheets, cards, codes, roads, now))
    if made is None:
        return done
    kept.put(Paper(WHOLE, digest, version, now, now, version), pdf=made)
    return done + 1


def _pdf(services: Services, page: dict[str, Any]) -> bytes | None:
    """The PDF; None where none can be made."""
    words = render.CATALOGUES[i18n.DEFAULT]
    html = render.unasked(TEMPLATE, words, services.policies.service, layout="layouts/paper.html", **page)
    try:
        return paper.pdf(html)
    except Exhausted as refusal:
        log.warning("no paper: %s", refusal)
        return None


def _table(runs: list[_Run]) -> bytes:
    words = render.CATALOGUES[i18n.DEFAULT]
    rows = []
    for run in runs:
        found = run.sheet.manifest
        rows += [[found.vehicle.code, found.driver.name, found.driver.phone, *row, "", ""] for row in run.rows]
    return lists.csv_text([words.text(cell) for cell in HEAD], rows).encode()


def _cards(sheets: Sequence[Sheet], services: Services, day: date) -> dict[int, list[card.Card]]:
    wait = timedelta(minutes=services.policies.on(day).no_show.wait_minutes)
    return {each.manifest.shift.id or 0: card.cards(each.manifest, wait=wait) for each in sheets}


def _codes(sheets: Sequence[Sheet], services: Services) -> dict[int, scanning.Printed]:
    """By which code each shift is found by its driver."""
    return {each.manifest.shift.id or 0: scanning.printed(services, each.manifest.shift) for each in sheets}


def _run(
    sheet: Sheet,
    cards_of: dict[int, list[card.Card]],
    codes: dict[int, scanning.Printed],
    services: Services,
    day: date,
) -> _Run:
    words, shift_id = render.CATALOGUES[i18n.DEFAULT], sheet.manifest.shift.id or 0
    cards, code = cards_of[shift_id], codes[shift_id]
    text = render.unasked("dispatcher/sheet.txt", words, services.policies.service, cards=cards, day=day)
    rows = [[_plain(cell) for cell in row.split("\x1f")] for row in text.split("\x1e") if row.strip()]
    found = sheet.manifest
    head = (found.vehicle.code, found.driver.name, found.driver.phone, found.shift.starts, found.shift.ends)
    looks = (render.static("css/paper.css"), services.policies.service.phone, code.number, code.address)
    return _Run(sheet, rows, hashlib.sha256(repr((head, rows, looks)).encode()).hexdigest())


def _plain(cell: str) -> str:
    """What a cell says, without the marks of a page."""
    return str(Markup(cell).striptags()).replace("\u00a0", " ")  # noqa: S704 - it was escaped when it was filled in


def _page(
    day: date,
    leaving: Sequence[Sheet],
    cards: dict[int, list[card.Card]],
    codes: dict[int, scanning.Printed],
    roads: Network | None,
    now: datetime,
    *,
    only: int | None = None,
) -> dict[str, Any]:
    return {
        "day": day,
        "now": now,
        "only": only,
        "plan": next((each.manifest.plan for each in leaving if each.manifest.plan), None),
        "drawn": [drawn(each, roads) for each in leaving],
        "cards_of": cards,
        "codes": codes,
        "attribution": lines.ATTRIBUTION,
    }
