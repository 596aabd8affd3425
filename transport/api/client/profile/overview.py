"""Doors: everything about one client on one page, with how the registration and the card stand."""

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client.profile.person import Whose, whose
from transport.api.client.sheet import known_place
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.render import page, say, see_other
from transport.booking.clients import eligibility, mandates, preferences, queries, registering
from transport.booking.clients.eligibility import Evidence, Person
from transport.booking.rides import queries as rides
from transport.bootstrap import Services
from transport.kernel.actor import STAFF
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid

WARNED = timedelta(days=60)
"""So long before a card ends its holder is told to renew it."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Standing:
    """Why the client may ride, and what they should do about it.

    `checking`: the newest card nobody has seen yet, looked at by `until`, counted until `counts_until`. `ends`: the
    last day of the last card when it comes soon or is over.
    """

    old_enough: bool
    min_age: int
    cards: tuple[Evidence, ...]
    checking: Evidence | None
    until: date | None
    counts_until: date | None
    ends: date | None
    over: bool
    reasons: tuple[str, ...]


@router.get("/profil", name="client:profile")
def overview(request: Request, session: Reading, services: Plugged, me: Me, now: Now) -> Response:
    """The profile with a link to change each part; somebody with several people chooses one first."""
    lang, code = request.path_params["lang"], request.query_params.get("klient")
    if not code:
        if me.role in STAFF:
            return see_other("/op")
        people = mandates.people(session, me, on=local_day(now))
        if not people:
            return page(request, "client/nobody.html")
        if len(people) > 1 and not people[0].oneself:
            return see_other(f"/{lang}/moje/za-koho")
    there = whose(request, session, me, now)
    client = there.person.client
    profile = queries.profile(session, client)
    coming, _over = rides.of_client(session, client.id or 0, now=now)
    return there.page(
        "overview",
        needs=profile.needs,
        outdated=outdated(profile.needs.version, coming) if profile.needs else [],
        places=[(own, known_place(session, own.place_id)) for own in profile.places],
        preferences=preferences.of(session, client),
        standing=_standing(there, services, profile.eligibilities),
        registered=_registered(session, client.id or 0),
        done=bool(request.query_params.get("hotovo")),
        today=local_day(now),
    )


def outdated(version: int, coming: list[rides.RideView]) -> list[rides.RideView]:
    """Rides that still count with what was written before; those with needs of their own are not among them."""
    return [view for view in coming if not view.needs.one_off and view.needs.version != version]


def _registered(session: Session, client_id: int) -> date | None:
    """The day on which the client registered by themselves; None if our people did it."""
    sent = registering.sent(session, client_id)
    return local_day(sent.sent_at) if sent is not None and sent.sent_at is not None else None


def _standing(there: Whose, services: Services, evidence: tuple[Evidence, ...]) -> Standing:
    today = local_day(there.now)
    policy = services.policies.on(today)
    client, rules = there.person.client, policy.eligibility
    cards = tuple(each for each in evidence if each.ground.value != "age")
    old_enough = eligibility.age_on(client.born, today) >= rules.min_age
    waiting = [each for each in cards if not each.verified]
    checking = max(waiting, key=lambda each: each.recorded_on) if waiting else None
    since = None if checking is None else checking.recorded_on
    last = max((each.valid_until or date.max for each in cards), default=date.max)
    ends = last if not old_enough and last - WARNED <= today and last != date.max else None
    reasons = eligibility.reasons(Person(client.born, client.municipality, evidence), today, policy, companions=1)
    return Standing(
        old_enough=old_enough,
        min_age=rules.min_age,
        cards=cards,
        checking=checking,
        until=since and registering.answered_by(since, services.world.calendar),
        counts_until=since and since + timedelta(days=max(rules.provisional_days - 1, 0)),
        ends=ends,
        over=ends is not None and ends < today,
        reasons=tuple(say(there.request, Invalid(code)) for code in reasons),
    )
