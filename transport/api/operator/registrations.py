"""Doors: registrations that somebody looks at: what was told, the card, who acts for them, the decision."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import cards
from transport.api.client.sheet import known_place
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked, require
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.booking.clients import eligibility, intake, mandates, preferences, queries
from transport.booking.clients.intake import Paper
from transport.booking.rides import queries as rides
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound

router = APIRouter(
    prefix="/op/registrace", dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)]
)
ONE = "/{registration_id:int}"


@router.get("", name="op:registrations")
def listed(request: Request, session: Reading, services: Plugged, now: Now) -> Response:
    """The oldest first: those that wait longer than we promise stand at the top and say so."""
    waiting = intake.undecided(session, calendar=services.world.calendar, now=now)
    return page(request, "operator/registrations.html", waiting=waiting, done=request.query_params.get("hotovo", ""))


@router.get(ONE, name="op:registration")
def show(request: Request, registration_id: int, session: Reading, services: Plugged, now: Now) -> Response:
    """All that was told, what is still to be done, and the decision."""
    return _page(request, session, registration_id, services, now)


@router.post(f"{ONE}/prukaz", name="op:registration.card")
def card(request: Request, registration_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """The card has been seen: its number and last day as they stand on it."""
    number, last, wrong = cards.read(data, local_day(now), number_needed=True)
    if wrong:
        faults = {field: errors_of(request, error, field)[field] for field, error in wrong.items()}
        return _again(request, registration_id, services, now, faults, data)
    try:
        with writing(services.database) as session:
            paper = _paper(session, registration_id, services, now)
            entry = next((each for each in paper.profile.eligibilities if str(each.id) == one(data, "card")), None)
            if entry is None:
                raise NotFound("registration")
            intake.see_card(session, entry, number=number, valid_until=last, by=me, now=now)
    except Invalid as error:
        return _again(request, registration_id, services, now, errors_of(request, error, "valid_until"), data)
    return see_other(f"/op/registrace/{registration_id}?hotovo=prukaz")


@router.post(f"{ONE}/doklad", name="op:registration.evidence")
def evidence(request: Request, registration_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """By which document somebody acts for the client."""
    try:
        with writing(services.database) as session:
            paper = _paper(session, registration_id, services, now)
            mandate = next((each for each in paper.profile.mandates if str(each.id) == one(data, "mandate")), None)
            if mandate is None:
                raise NotFound("mandate")
            mandates.note_evidence(session, mandate, one(data, "evidence"), by=me, now=now)
    except Invalid as error:
        return _again(request, registration_id, services, now, errors_of(request, error, "evidence"), data)
    return see_other(f"/op/registrace/{registration_id}?hotovo=doklad")


@router.post(f"{ONE}/prvni-jizda", name="op:registration.first")
def first(registration_id: int, services: Plugged, me: Me, now: Now) -> Response:
    """Let them ride for as long as an unverified card counts, although nothing is shown yet."""
    with writing(services.database) as session:
        paper = _paper(session, registration_id, services, now)
        until = local_day(now) + timedelta(days=_days(services, now))
        intake.allow_first(session, paper.waiting.client, until=until, by=me, now=now)
    return see_other(f"/op/registrace/{registration_id}?hotovo=jizda")


@router.post(f"{ONE}/rozhodnout", name="op:registration.decide")
def decide(request: Request, registration_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Verified, not entitled with a reason, or something is missing and is asked for by telephone."""
    try:
        with writing(services.database) as session:
            _decide(session, _paper(session, registration_id, services, now), data, me, now)
    except Invalid as error:
        return _again(request, registration_id, services, now, errors_of(request, error, "decision"), data)
    return see_other(f"/op/registrace?hotovo={one(data, 'decision')}")


def _decide(session: Session, paper: Paper, data: Fields, me: Actor, now: datetime) -> None:
    registration, said = paper.waiting.registration, one(data, "reason")
    match one(data, "decision"):
        case "verified":
            intake.verify(session, registration, by=me, now=now)
        case "not_entitled":
            intake.refuse(session, registration, said, by=me, now=now)
        case "asked":
            intake.ask_back(session, registration, said, by=me, now=now)
        case _:
            raise Invalid("registration.decision_missing", field="decision")


def _paper(session: Session, registration_id: int, services: Services, now: datetime) -> Paper:
    policy, calendar = services.policies.on(local_day(now)), services.world.calendar
    return intake.look(session, registration_id, policy=policy, calendar=calendar, now=now)


def _again(
    request: Request,
    registration_id: int,
    services: Services,
    now: datetime,
    errors: Mapping[str, str],
    data: Fields,
) -> Response:
    with reading(services.database) as session:
        return _page(request, session, registration_id, services, now, errors, data)


def _page(
    request: Request,
    session: Session,
    registration_id: int,
    services: Services,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    data: Fields | None = None,
) -> Response:
    paper = _paper(session, registration_id, services, now)
    client, today = paper.waiting.client, local_day(now)
    coming, over = rides.of_client(session, client.id or 0, now=now)
    age = eligibility.age_on(client.born, today)
    return page(
        request,
        "operator/registration.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={
            name: one(data or {}, name)
            for name in ("card_number", "valid_until", "card", "evidence", "mandate", "decision", "reason")
        },
        paper=paper,
        client=client,
        preferences=preferences.of(session, client),
        places=[(own, known_place(session, own.place_id)) for own in paper.profile.places],
        given=queries.representatives(session, client.id or 0),
        coming=coming,
        first_ride=not over,
        reasons=[say(request, Invalid(code)) for code in paper.reasons],
        age=age,
        old_enough=age >= services.policies.on(today).eligibility.min_age,
        until=today + timedelta(days=_days(services, now)),
        done=request.query_params.get("hotovo", ""),
    )


def _days(services: Services, now: datetime) -> int:
    """For how long a first ride is allowed: as long as an unverified card counts, or a week where it never does."""
    return services.policies.on(local_day(now)).eligibility.provisional_days or 7
