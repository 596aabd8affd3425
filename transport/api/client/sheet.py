"""A draft as the steps of ordering see it: what is answered, what comes next, who it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from transport.booking.clients import mandates, queries
from transport.booking.rides import changing, checking, consents, drafts
from transport.booking.rides import queries as rides
from transport.booking.rides.queries import RideView
from transport.booking.rides.wishing import Order
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.values import Point
from transport.routing.geo import places

STEPS = {
    "za-koho": ("client",),
    "odkud": ("origin",),
    "kam": ("destination",),
    "den": ("day",),
    "ucel": ("purpose",),
    "cas": ("anchor", "seconds"),
    "zpet": ("back",),
    "pomoc": ("help",),
}
"""The steps in their order, and the answers each of them waits for."""

OFFER, CHECK = "nabidka", "kontrola"
ONE_QUESTION = "zmenit"
"""A change asks whichever one question its person chose."""
STEP_OF_FIELD = {
    "client": "za-koho",
    "origin": "odkud",
    "destination": "kam",
    "place": "kam",
    "day": "den",
    "time": "cas",
    "companions": "pomoc",
    "purpose": "ucel",
    "back": "zpet",
    "return_time": "zpet",
    "return_day": "zpet",
}
"""Where a refusal is mended, by the field it names."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to choose or to show: what the client calls it, and where it is."""

    id: int
    name: str
    where: str
    municipality: str
    point: Point


class Sheet:
    """One draft within one session. `by` acts on behalf of the client as soon as it is known for whom."""

    questions: Mapping[str, tuple[str, ...]] = STEPS
    closing: tuple[str, ...] = (OFFER, CHECK)
    standing = False
    power = "prepare"
    """What kind of order is written: its steps with the answers they wait for, and the steps after all answers; what
    one must be allowed to do for the client. Single rides may wait for somebody's yes."""

    def __init__(self, session: Session, key: str, *, by: Actor, now: datetime) -> None:
        """Open one's own draft; NotFound("draft"), or NotFound and Forbidden if one may not book for the client."""
        self.session = session
        self.now = now
        self.draft = drafts.get(session, key, by=by, now=now, standing=self.standing)
        self.client = None
        self.by = by
        if self.draft.client_id is not None:
            asked = Order(key, self.draft.client_id, ())
            self.client = checking.client_of(session, asked, by=by, now=now)
            self.by = mandates.acting_for(self.client, by)

    @property
    def key(self) -> str:
        """The draft's address."""
        return self.draft.key

    @property
    def said(self) -> dict[str, Any]:
        """What has been answered so far."""
        return drafts.answers(self.draft)

    @property
    def today(self) -> date:
        """The present day in the city."""
        return local_day(self.now)

    @property
    def day(self) -> date | None:
        """The day of the ride, once said."""
        return _day(self.said.get("day"))

    @property
    def return_day(self) -> date | None:
        """The day of the way back: the same unless said otherwise."""
        return _day(self.said.get("return_day")) or self.day

    @property
    def needs_consent(self) -> bool:
        """Whether somebody else has to agree: who writes this order may not decide on it alone."""
        return "book" not in mandates.powers(self.session, self.draft.client_id or 0, self.by, on=self.today)

    @property
    def asked(self) -> int | None:
        """The number of the question that waits for somebody's yes to this order."""
        consent = consents.pending(self.session, self.key, now=self.now)
        return None if consent is None else consent.id

    @property
    def changes(self) -> RideView | None:
        """The ride that this order is to take the place of."""
        old = changing.of_draft(self.session, self.draft)
        return None if old is None else rides.views(self.session, [old])[0]

    def note(self, **said: object) -> None:
        """Remember answers."""
        drafts.note(self.session, self.draft, now=self.now, **said)

    def belongs_to(self, client_id: int) -> None:
        """Say whom the order is for; places chosen for somebody else are forgotten."""
        if self.draft.client_id != client_id:
            self.draft.client_id = client_id
            self.note(origin=None, destination=None, help=None, companions=[], needs_id=None)

    def steps(self) -> list[str]:
        """All steps of this order up to the last one; choosing a person only where there is a choice."""
        if self.changes is not None:
            return [ONE_QUESTION, *self.closing]
        passed = self._passed() | ({"za-koho"} if self._is_settled_who() else set())
        return [*(step for step in self.questions if step not in passed), *self.closing]

    def open_step(self) -> str:
        """The first step that is not answered; the one after all questions if all are."""
        said = self.said
        if self.draft.client_id is None:
            return "za-koho"
        for step, wanted in self.questions.items():
            if step not in self._passed() | {"za-koho"} and any(said.get(name) is None for name in wanted):
                return step
        return self.closing[0]

    def before(self, step: str) -> str | None:
        """The step one comes from."""
        steps = self.steps()
        at = steps.index(step) if step in steps else 0
        return steps[at - 1] if at else None

    def may_see(self, step: str) -> bool:
        """Whether this is asked at all, and all steps before it are answered."""
        order = [*self.questions, *self.closing]
        return step not in self._passed() and order.index(step) <= order.index(self.open_step())

    def spot(self, name: str) -> Spot | None:
        """The place answered as `origin` or `destination`."""
        place_id = self.said.get(name)
        if place_id is None:
            return None
        own = {each.id: each for each in self.own_places()}
        return own.get(int(place_id)) or known_place(self.session, int(place_id))

    def own_places(self) -> list[Spot]:
        """Places the client goes to often, home first."""
        if self.draft.client_id is None:
            return []
        return [
            replace(known_place(self.session, own.place_id), name=own.label)
            for own in queries.places(self.session, self.draft.client_id)
        ]

    def _passed(self) -> set[str]:
        """Questions that this order passes over: of a purpose nobody asks for, of the other way of a changed ride."""
        said = self.said
        return {
            *([] if said.get("asks_purpose") else ["ucel"]),
            *([] if said.get("replaces") is None else ["zpet"]),
        }

    def _is_settled_who(self) -> bool:
        if self.by.role in STAFF:
            return self.draft.client_id is not None
        may = bookable(self.session, self.by, self.now, self.power)
        return len(may) == 1 and self.draft.client_id == may[0].client.id


def bookable(session: Session, by: Actor, now: datetime, power: str = Sheet.power) -> list[mandates.ActsFor]:
    """Whom this person may order for today, if only with somebody's yes: oneself first."""
    return [each for each in mandates.people(session, by, on=local_day(now)) if power in each.powers]


def chosen(people: list[mandates.ActsFor], code: str | None) -> mandates.ActsFor | None:
    """The person with this code, or the only one, or oneself; None if it has to be said."""
    if code is None:
        return people[0] if len(people) == 1 or people[0].oneself else None
    found = next((each for each in people if each.client.code == code), None)
    if found is None:
        raise NotFound("client.unknown")
    return found


def for_whom(session: Session, me: Actor, code: str, now: datetime, power: str = Sheet.power) -> int | None:
    """The client with this code, the only possible one, or None: the first step asks."""
    if me.role in STAFF:
        if not code:
            raise Invalid("draft.incomplete", field="client")
        return queries.coded(session, code).id
    may = bookable(session, me, now, power)
    if not may:
        raise NotFound("client.unknown")
    if code:
        return next((each.client.id for each in may if each.client.code == code), None)
    return may[0].client.id if len(may) == 1 else None


def known_place(session: Session, place_id: int) -> Spot:
    """A place the service keeps."""
    nowhere = Point(0, 0)
    place = places.keep(session, places.Hit("", "", "", nowhere, place_id=place_id))
    return Spot(place_id, place.name, place.address, place.municipality, place.point)


def step_of(errors: Mapping[str, str]) -> str | None:
    """The first step at which something of this can be mended."""
    wanted = {STEP_OF_FIELD[field] for field in errors if field in STEP_OF_FIELD}
    return next((step for step in STEPS if step in wanted), None)


def place_of(said: str, spots: list[Spot]) -> int:
    """The place with this number among those that were offered; NotFound("place") for any other."""
    for spot in spots:
        if said == str(spot.id):
            return spot.id
    raise NotFound("place")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
