"""A day with something on every page, and every page there is: where the tests of all pages walk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlmodel import Session

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride, a_draft, booked, chosen, looked
from tests.builders.circle import a_circle
from tests.builders.driving import absent
from tests.builders.entering import VISIT, a_visit
from tests.builders.fleet import a_fleet
from tests.builders.letters import a_complaint
from tests.builders.measured import some_proposed_times
from tests.builders.papers import some_papers
from tests.builders.passes import a_code
from tests.builders.phones import Phone
from tests.builders.registrations import KEY, a_registration
from tests.builders.standing import a_written
from tests.builders.telling import some_messages
from tests.builders.town import NOW
from tests.builders.waiting import a_full_desk
from transport.api import deps, render, security
from transport.api.client import needing
from transport.api.public import easy
from transport.api.public.registration import REGISTRATION
from transport.booking.clients import queries as clients
from transport.booking.rides import drafts, links, requests
from transport.booking.standing import drafts as standing_drafts
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.kernel.i18n import DEFAULT, Lang
from transport.operations.dispatch import plans, steering
from transport.routing.planning import proposals, thinking
from transport.routing.planning.models import Proposal
from transport.routing.planning.whatif import LeastChange, VehicleOut

LANGUAGE = re.compile(r"(?<=^/)cs\b|(?<=lang=)cs\b")
"""Where an address of the scene says the language."""
REGULAR_STEPS = ("odkud", "kam", "dny", "cas", "zpet", "odkdy", "svatky", "pomoc")
STEPS = ("odkud", "kam", "den", "cas", "zpet", "pomoc")
ROLES = ("public", Role.CLIENT, Role.OPERATOR, Role.DISPATCHER, Role.DRIVER, Role.MANAGER, Role.ADMIN)
QUESTIONS = {
    "disp:breakdown": "?smena={shift_id}",
    "client:book.find": "?pro=kam&q=hospital",
    "client:regular.find": "?pro=kam&q=hospital",
    "client:profile.place.new": "?q=hospital",
    "client:organisation": "?den={day}",
    "client:organisation.ask": "?den={day}&jizdy={leaving}",
    "client:organisation.print": "?den={day}",
    "link:ride": "?lang=cs",
    "link:cancel": "?lang=cs",
    "fleet:shifts": "?od={day}",
    "fleet:shift.check": "?out=yes",
    "fleet:out": "?{out}",
    "fleet:week.copy": "?z={day}",
    "fleet:standing": "?od={day}",
    "fleet:places": "?q=hospital",
    "op:desk": "?{desk}",
    "driver:problem": "{told}",
    "disp:day": "?pohled={view}",
    "disp:move": "?vuz={shift_id}&cas=10:00",
    "op:place": "?q=hospital&klient={client}",
    "op:when": "?day=z&time=915",
    "op:endings": "?dni=60",
    "admin:rules.compare": "?z=2023&na=2026",
    "admin:trail": "?o={client}",
}
STREAMS = {"disp:live"}
"""What never ends is no page."""
PROGRAMS = {"gateway:feed"}
"""What only programs read, with a token."""
ONWARD = re.compile(
    r"/|/disp|/disp/[\d-]+/navrh|/ridic|/smlouva|/\w\w/(objednat|pravidelne/nova)/[\w-]+|/\w\w/registrace/hotovo"
)
"""Addresses that lead to the page meant: by language, by day, by what is not answered yet."""


@dataclass
class Scene:
    """A day with something on every page: what the parameters of addresses may be."""

    house: House
    values: dict[str, list[str]]

    def pages(self, role: str, lang: Lang = DEFAULT) -> dict[str, str]:
        """Every page for this role with the name of its route; a parameter nobody has thought of is a KeyError."""
        routes = iter_route_contexts(self.house.app.routes)
        found = {path: str(route.name) for route in routes for path in self._of(route, role)}
        return {LANGUAGE.sub(lang, path): found[path] for path in sorted(found)}

    def _of(self, route: Any, role: str) -> Iterator[str]:
        if "GET" not in (route.methods or ()) or audience(route) != role or route.name in STREAMS | PROGRAMS:
            return
        paths = [route.path + QUESTIONS.get(route.name, "")]
        for name in re.findall(r"\{(\w+)(?::\w+)?\}", paths[0]):
            values = self.values.get(f"{route.name} {name}") or self.values[name]
            paths = [re.sub(rf"\{{{name}(:\w+)?\}}", value, path) for path in paths for value in values]
        yield from paths


def audience(route: Any) -> str:
    """The role that visits a page: the first one it is meant for, a client for pages of one's own."""
    calls: list[Any] = []

    def below(dependant: Any) -> None:
        calls.append(dependant.call)
        for each in dependant.dependencies:
            below(each)

    if not hasattr(route.original_route, "dependant"):
        return "nobody"
    below(route.dependant)
    for call in calls:
        if getattr(call, "__qualname__", "") == "require.<locals>.audience":
            roles: tuple[Role, ...] = call.__closure__[0].cell_contents
            return roles[0]
    return Role.CLIENT if deps.me in calls else "public"


@pytest.fixture
def scene(house: House) -> Scene:
    """Rides, orders half done, waiting and done, a wish that was not met; one plan in force, another asked for."""
    cast, town = house.cast, house.town
    with writing(house.database) as session:
        a_registration(session, town)
        anna, hana = cast.anna_herself, cast.hana
        rides = [
            a_confirmed_ride(session, town, cast.anna, "9:00", by=hana),
            a_confirmed_ride(session, town, cast.bedrich, "9:00", by=hana, origin="zbuch", to="station"),
        ]
        some_messages(session, rides[0], now=house.clock())
        plans.publish(session, town.day, by=cast.dana, now=house.clock())
        phone = Phone(session, town, rides[1], town.car_shift, cast.emil)
        phone.receive(phone.said("done", "dropoff", handed_to="Eva", paid="cash"), received=house.clock())
        steering.pin(session, rides[1], pinned=True, version=rides[1].version, by=cast.dana, now=house.clock())
        proposal = proposals.ask(session, town.day, seconds=10, by=cast.dana, now=house.clock())
        looked(session, town, a_draft(session, town, cast.anna, "20:00", by=anna, companions=("wheelchair",)), by=anna)
        order = a_draft(session, town, cast.anna, "13:00", by=anna, back="15:00")
        waiting = requests.of_request(session, booked(session, town, order, by=anna))
        some_papers(house.app.state.services.settings.paper_dir, town, house.clock())
        missed = a_confirmed_ride(session, town, cast.anna, "7:00", by=hana, to="station")
        absent(session, town, missed, by=cast.dana)
        link = links.make(session, rides[0], by=anna, now=house.clock())
        asked, held = (a_draft(session, town, cast.anna, at, by=anna) for at in ("17:00", "19:00"))
        for draft in (asked, held):
            drafts.note(session, draft, now=house.clock(), back="no", help=True)
        chosen(session, town, held, by=anna)
        kept = a_draft(session, town, cast.bedrich, "18:00", by=hana)
        chosen(session, town, kept, by=hana)
        circle = a_circle(session, town, cast.anna, member=anna)
        regular, done = (a_written(session, town, cast.anna, by=anna, to=to) for to in ("school", "station"))
        standing = standing_drafts.ask(session, done, world=town.world, by=anna, now=house.clock())
        complaint = a_complaint(session)
        some_proposed_times(session, cast.anna.id or 0, town.places["hospital"], house.clock())
        values = {
            "order_id": [str(standing.id)],
            "consent_id": [circle.consent],
            "organisation_id": [circle.organisation],
            "mandate_id": [circle.invitation],
            "leaving": [rides[0].code],
            "part": list(needing.PARTS),
            "own_id": [str(clients.places(session, cast.anna.id or 0)[0].id)],
            **{f"client:regular.{name} key": [regular.key] for name in ("resume", "find", "step", "check")},
            "client:regular.done key": [done.key],
            "client:regular.step step": list(REGULAR_STEPS),
            "lang": ["cs"],
            "day": [town.day.isoformat()],
            "code": [rides[0].code],
            "op:client code": [cast.anna.code],
            "desk": ["q=Anna", f"klient={cast.anna.code}&kdo=jiny", f"navrh={kept.key}"],
            "disp:decline code": [waiting[0].code],
            "key": [asked.key],
            "client:ride.back code": [waiting[1].code],
            "client:ride.objection code": [missed.code],
            "token": [link],
            "link": [a_visit(session)],
            "client:book.check key": [held.key],
            "client:book.done key": [order.key],
            "step": list(STEPS),
            "public:easy.page name": [page.slug for page in easy.PAGES],
            "public:check.result result": ["ano+dite+vozik", "ne+bydliste+vek-a-prukaz+vleze"],
            "public:complaint.done letter": [complaint.key],
            "complaint_id": [str(complaint.id)],
            **a_full_desk(session, town, cast.anna, by=hana),
            "op:standing code": [cast.anna.code],
            "public:error number": ["404", "500", "503"],
            "view": ["deska", "seznam"],
            "shift_id": [str(town.car_shift)],
            "proposal_id": [str(proposal.id), str(_tried(session, house).id)],
            **a_fleet(session, town, by=cast.dana),
            "driver:login.shift token": [a_code(session, town, key=house.app.state.services.key)],
            "driver:problem told": ["", "?hlaseno=unwell"],
            "driver:script mark": [render.driver_app().rsplit("/", 1)[1]],
            "driver:script name": ["app"],
            "user_id": [str(cast.hana.user), str(cast.emil.user)],
            "policy_id": ["2026"],
            "version_id": [str(town.version)],
            **{name: ["10"] for name in ("zoom", "column", "row")},
            "sheet": ["pravidla", "kdo-a-za-kolik"],
            "client": ["", cast.anna.code],
            "kind": ["ride_confirmed"],
            "language": ["uk"],
        }
    return Scene(house, values)


def _tried(session: Session, house: House) -> Proposal:
    """What would be if the van broke down, thought about and ready."""
    town, now = house.town, house.clock()
    out = VehicleOut(town.van_shift, town.second("8:50"), town.places["home"])
    proposal = proposals.ask(
        session, town.day, seconds=1, assumptions=[out, LeastChange()], by=house.cast.dana, now=now
    )
    taken = proposals.take(session, now) or proposal
    case = proposals.gather(session, taken, world=town.world, now=now)
    proposals.store(session, taken.id or 0, case, thinking.think(case, 0.1), error="", now=now)
    return taken


def who(house: House, role: str) -> Actor | None:
    cast = house.cast
    people: dict[str, Actor] = {
        Role.CLIENT: cast.anna_herself,
        Role.OPERATOR: cast.hana,
        Role.DISPATCHER: cast.dana,
        Role.DRIVER: cast.emil,
        Role.MANAGER: cast.frantiska,
        Role.ADMIN: cast.iva,
    }
    return people.get(role)


def cookies(house: House, role: str) -> dict[str, str]:
    """What the browser of this role holds: a session, or what somebody who is not logged in has begun.

    Whoever drives comes at the time when there is something to drive.
    """
    house.clock.now = at(house.town.day, house.town.second("8:55")) if role == Role.DRIVER else NOW
    actor = who(house, role)
    if actor is not None:
        return {security.SESSION: house.visit(actor).client.cookies[security.SESSION]}
    return {REGISTRATION: KEY, security.VISIT: VISIT}
