"""Doors: a ride for the calendar of a telephone. The same ride keeps its place there however often it changes."""

from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from icalendar import Alarm, Calendar, Event, Timezone

from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.render import words_of
from transport.booking.rides import queries, trips
from transport.booking.rides.queries import RideView
from transport.kernel.clock import LOCAL, wall
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

router = APIRouter(dependencies=[Depends(csrf_checked)])

REMINDS_AT = time(18)
"""In the evening before the ride."""


@router.get("/jizdy/{code}/kalendar.ics", name="client:ride.ics")
def as_calendar(request: Request, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The ride as it is now, under the name it was ordered by: a later file takes the place of an earlier one."""
    asked = queries.visible(session, code, me, now=now)
    view, ordered, changes = trips.now_and_first(session, asked.ride)
    facts, words = services.policies.service, words_of(request)
    entry = Event()
    entry.add("uid", f"jizda-{ordered}@{facts.email.rpartition('@')[2]}")
    entry.add("sequence", changes)
    entry.add("dtstamp", now)
    entry.add("dtstart", wall(view.ride.day, view.promise.window_start))
    entry.add("dtend", wall(view.ride.day, view.promise.arrive_by))
    entry.add("status", "CONFIRMED" if _stands(view) else "CANCELLED")
    entry.add(
        "summary",
        words.text(_("Ride: {origin} → {destination}")).format(
            origin=view.origin.name, destination=view.destination.name
        ),
    )
    entry.add("location", view.origin.address or view.origin.name)
    entry.add("description", _description(view, facts.phone, words))
    if _stands(view):
        entry.add_component(_reminder(view, words))
    calendar = Calendar()
    calendar.add("prodid", f"-//{facts.name}//{words.lang}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(Timezone.from_tzinfo(LOCAL))
    calendar.add_component(entry)
    headers = {"Content-Disposition": f'attachment; filename="jizda-{view.ride.code}.ics"'}
    return Response(calendar.to_ical(), media_type="text/calendar; charset=utf-8", headers=headers)


def _stands(view: RideView) -> bool:
    return view.word not in {"cancelled_client", "cancelled_service", "declined", "missed", "no_show"}


def _description(view: RideView, phone: str, words: Catalogue) -> str:
    day, promise = view.ride.day, view.promise
    window = words.text(_("between {start} and {end}")).format(
        start=words.time(promise.window_start, day), end=words.time(promise.window_end, day)
    )
    pickup = words.text(_("We pick you up {window}.")).format(window=window)
    if promise.kind.value == "will_call":
        latest = words.time(promise.window_end, day)
        pickup = words.text(_("Call us when you want to go. We come by {time} at the latest.")).format(time=latest)
    arrival = words.text(_("You will be there by {time}.")).format(time=words.time(promise.arrive_by, day))
    number = words.text(_("Number of the ride: {code}. Phone: {phone}.")).format(code=view.ride.code, phone=phone)
    return f"{pickup}\n{arrival}\n{number}"


def _reminder(view: RideView, words: Catalogue) -> Alarm:
    evening = datetime.combine(view.ride.day - timedelta(days=1), REMINDS_AT, LOCAL)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words.text(_("You ride tomorrow.")))
    alarm.add("trigger", evening.astimezone(UTC))
    return alarm
