"""Doors: an organisation's people, who of them rides on a day, and who does not go after all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import daily, people
from transport.api.client.daily import Daily
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one, several
from transport.api.render import errors_of, page, say, see_other, words_of
from transport.booking.clients import organisations
from transport.booking.rides import queries, rides, underway
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, ServiceError

OrganisationId = Annotated[int, Path(ge=1)]
PAGE = "/organizace/{organisation_id}"
TICKED = "ride_"
router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/organizace", name="client:organisations")
def choose(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """The organisations one works for."""
    mine = organisations.of_member(session, me, on=local_day(now))
    return page(request, "client/organisation/choose.html", organisations=mine)


@router.get(PAGE, name="client:organisation")
def day(request: Request, organisation_id: OrganisationId, session: Reading, me: Me, now: Now) -> Response:
    """Who rides tomorrow, or on another day; untick whoever does not go."""
    return _day(request, Daily(request, session, organisation_id, me, now))


@router.post(PAGE, name="client:organisation.untick")
def untick(
    request: Request, organisation_id: OrganisationId, session: Reading, me: Me, now: Now, data: FormData
) -> Response:
    """On to the question whether all that are not ticked shall be cancelled."""
    seen = Daily(request, session, organisation_id, me, now)
    ticked = {code for field in data if field.startswith(TICKED) for code in several(data, field)}
    codes = [code for code in one(data, "shown").split(",") if code and code not in ticked]
    if not codes:
        error = Invalid("organisation.nobody_unticked", field="rides")
        return _day(request, seen, errors=errors_of(request, error, "rides"))
    return see_other(_address(request, seen, "nejede", jizdy=",".join(codes)))


@router.get(f"{PAGE}/nejede", name="client:organisation.ask")
def ask(
    request: Request, organisation_id: OrganisationId, session: Reading, me: Me, now: Now, services: Plugged
) -> Response:
    """The rides that would be cancelled, by name; what is late and what it costs."""
    seen = Daily(request, session, organisation_id, me, now)
    codes = request.query_params.get("jizdy", "").split(",")
    return _ask(request, session, seen, codes, services, now)


@router.post(f"{PAGE}/nejede", name="client:organisation.cancel")
def cancel(
    request: Request, organisation_id: OrganisationId, me: Me, now: Now, services: Plugged, data: FormData
) -> Response:
    """Cancel each ride for itself: one that cannot be cancelled stops no other."""
    codes = one(data, "rides").split(",")
    with reading(services.database) as session:
        seen = Daily(request, session, organisation_id, me, now)
        known = {view.ride.code for view in seen.views()}
    refused: dict[str, str] = {}
    for code in codes:
        if code in known:
            try:
                _cancel(services, code, one(data, f"version_{code}"), me, now)
            except ServiceError as error:
                refused[f"ride-{code}"] = say(request, error)
    done = [code for code in codes if code in known and f"ride-{code}" not in refused]
    if not refused:
        return see_other(_address(request, seen, zruseno=",".join(done)))
    with reading(services.database) as session:
        seen = Daily(request, session, organisation_id, me, now)
        names = [view.client.name for view in seen.views() if view.ride.code in done]
        return _ask(request, session, seen, codes, services, now, errors=refused, done=names)


@router.get(f"{PAGE}/lide", name="client:organisation.people")
def everybody(request: Request, organisation_id: OrganisationId, session: Reading, me: Me, now: Now) -> Response:
    """The people the organisation acts for, what it may do for each, and the way to order."""
    seen, today = Daily(request, session, organisation_id, me, now), local_day(now)
    colleagues = {user.id: user.name for user in organisations.members(session, organisation_id, on=today)}
    charges = [daily.in_charge(each, organisation_id) for each in seen.people]
    return page(
        request,
        "client/organisation/people.html",
        seen=seen,
        people=[people.described(words_of(request), each, {}, today) for each in seen.people],
        instead_of=["" if charge == me.user else colleagues.get(charge, "") for charge in charges],
    )


@router.get(f"{PAGE}/tisk", name="client:organisation.print")
def printed(request: Request, organisation_id: OrganisationId, session: Reading, me: Me, now: Now) -> Response:
    """The day as a list on paper."""
    seen = Daily(request, session, organisation_id, me, now)
    return page(request, "client/organisation/print.html", seen=seen, views=seen.views())


def _day(request: Request, seen: Daily, *, errors: dict[str, str] | None = None) -> Response:
    riders = seen.riders()
    gone = request.query_params.get("zruseno", "").split(",")
    return page(
        request,
        "client/organisation/day.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        seen=seen,
        riders=riders,
        shown=",".join(view.ride.code for rider in riders for view in rider.open),
        cancelled=[view.client.name for view in seen.views() if view.ride.code in gone and _is_gone(view)],
        before=seen.day - timedelta(days=1),
        after=seen.day + timedelta(days=1),
        field=TICKED,
    )


def _ask(
    request: Request,
    session: Session,
    seen: Daily,
    codes: list[str],
    services: Services,
    now: datetime,
    *,
    errors: Mapping[str, str] | None = None,
    done: list[str] | None = None,
) -> Response:
    """The question about those that are still to be cancelled; back to the day if none is."""
    riders = seen.riders()
    views = [view for rider in riders for view in rider.open if view.ride.code in codes]
    views += [view for rider in riders for view in rider.closed if f"ride-{view.ride.code}" in (errors or {})]
    if not views:
        return see_other(_address(request, seen))
    staying = {view.ride.request_id for rider in riders for view in rider.open if view.ride.code not in codes}
    late = {view.ride.code for view in views if rides.is_late(session, view.ride, services.world, now)}
    fees = {code: _late_fee(services, view) for view in views if (code := view.ride.code) in late}
    return page(
        request,
        "client/organisation/cancel.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        seen=seen,
        views=views,
        late=late,
        fees=fees,
        half={view.ride.code for view in views if view.ride.request_id in staying},
        done=done or [],
    )


def _cancel(services: Services, code: str, version: str, me: Actor, now: datetime) -> None:
    """One ride in a transaction of its own; one that is cancelled already is done."""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        if _is_gone(view):
            return
        if str(view.ride.version) != version:
            raise Conflict("ride.changed_meanwhile", ride=code)
        underway.require_at_rest(session, view.ride, by=me, now=now)
        rides.cancel(session, view.ride, version=view.ride.version, world=services.world, by=me, now=now)


def _is_gone(view: RideView) -> bool:
    return view.word.startswith("cancelled")


def _late_fee(services: Services, view: RideView) -> int:
    return services.policies.named(view.ride.policy_id).cancel.late_fee


def _address(request: Request, seen: Daily, step: str = "", **said: str) -> str:
    """An address of the organisation for this day; `mine` stays."""
    asked = {"den": seen.day.isoformat(), **({"moji": "1"} if seen.mine else {}), **said}
    at = f"/{request.path_params['lang']}/organizace/{seen.organisation.id}"
    return f"{at}/{step}?{urlencode(asked)}" if step else f"{at}?{urlencode(asked)}"
