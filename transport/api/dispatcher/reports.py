"""Doors: what drivers reported on a day, word for word with all its times; what was laid aside is marked as seen."""

import csv
import io
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.forms import FormData, one
from transport.api.render import page, say, see_other, words_of
from transport.bootstrap import Services
from transport.kernel.clock import LOCAL
from transport.kernel.db import writing
from transport.kernel.errors import Conflict
from transport.operations.dispatch import marks, reported
from transport.operations.dispatch.reported import Chapter
from transport.operations.driving.said import facts_of

router = APIRouter()
REPORTS = "/disp/{day}/hlaseni"
DEEDS = {"done": marks.finish, "reopen": marks.reopen}
COLUMNS = (
    "report",
    "vehicle",
    "driver",
    "kind",
    "stop",
    "ride",
    "device_time",
    "our_time",
    "received",
    "outcome",
    "why",
    "about",
    "facts",
    "seen",
)


@router.get(REPORTS, name="disp:reports")
def reports_page(request: Request, day: Day, session: Reading, services: Plugged, hotovo: str = "") -> Response:
    """Every report of the day by shift, in the order in which it happened; what was laid aside stands out."""
    chapters = reported.of_day(session, day)
    return page(
        request,
        "dispatcher/reports.html",
        day=day,
        chapters=chapters,
        by_key={told.report.key: told.report for chapter in chapters for told in chapter.told},
        open=sum(told.open for chapter in chapters for told in chapter.told),
        whys=_whys(request, chapters, services, day),
        facts_of=facts_of,
        said=hotovo if hotovo in ("seen", "reopened") else "",
    )


@router.post(REPORTS, name="disp:reports.mark")
def mark(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Somebody has seen a report that was laid aside, or has not after all."""
    deed, key = one(data, "deed"), one(data, "key")
    with writing(services.database) as session:
        told = [told for chapter in reported.of_day(session, day) for told in chapter.told]
        if deed not in DEEDS or key not in {reported.mark_key(each.report) for each in told}:
            raise Conflict("mark.unknown")
        DEEDS[deed](session, day, key, by=me, now=now)
    return see_other(f"/disp/{day}/hlaseni?hotovo={'seen' if deed == 'done' else 'reopened'}")


@router.get("/disp/{day}/hlaseni.csv", name="disp:reports.csv")
def as_csv(request: Request, day: Day, session: Reading) -> Response:
    """The same for a spreadsheet."""
    words = words_of(request)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for chapter in reported.of_day(session, day):
        for told in chapter.told:
            report = told.report
            times = (report.device_at, report.occurred_at, report.recorded_at)
            writer.writerow(
                [
                    report.id,
                    chapter.crew.vehicle.code,
                    chapter.crew.driver.name,
                    report.kind.value,
                    report.stop.value if report.stop else "",
                    told.view.ride.code if told.view else "",
                    *(each.astimezone(LOCAL).isoformat(timespec="seconds") for each in times),
                    report.outcome.value,
                    report.why,
                    report.about,
                    report.facts,
                    "" if told.mark is None or told.mark.done_at is None else words.instant(told.mark.done_at),
                ]
            )
    headers = {"Content-Disposition": f'attachment; filename="hlaseni-{day}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _whys(request: Request, chapters: list[Chapter], services: Services, day: date) -> dict[str, str]:
    """Why something was laid aside, in the words in which forms refuse it."""
    codes = {told.report.why for chapter in chapters for told in chapter.told} - {""}
    minutes = services.policies.on(day).no_show.wait_minutes
    return {code: say(request, Conflict(code, minutes=minutes)) for code in codes}
