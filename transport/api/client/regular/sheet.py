"""A standing order being written, as its pages see it."""

from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from transport.api.client.sheet import CHECK, Sheet
from transport.booking.standing import drafts
from transport.booking.standing.queries import StandingView, visible
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import Actor
from transport.routing.planning.day import World

STEPS = {
    "za-koho": ("client",),
    "odkud": ("origin",),
    "kam": ("destination",),
    "dny": ("weekdays",),
    "cas": ("anchor", "minutes"),
    "zpet": ("back",),
    "odkdy": ("first", "last"),
    "svatky": ("school", "public"),
    "pomoc": ("help",),
}
OF_A_CHANGE = ("dny", "cas", "zpet")
"""What can be other than it was when an order is changed: its days and times."""

STEP_OF_FIELD = {
    "origin": "odkud",
    "destination": "kam",
    "place": "kam",
    "weekdays": "dny",
    "every_weeks": "dny",
    "time": "cas",
    "return_time": "zpet",
    "first": "odkdy",
    "last": "odkdy",
    "day": "odkdy",
    "companions": "pomoc",
}
"""Where a refusal is mended, by the field it names."""


class RegularSheet(Sheet):
    """The draft of a standing order, or of other days and times for one."""

    closing = (CHECK,)
    standing = True
    power = "book"

    def __init__(self, session: Session, key: str, *, by: Actor, now: datetime) -> None:
        """Open one's own draft; NotFound("draft"), or NotFound and Forbidden if one may not write for the client."""
        super().__init__(session, key, by=by, now=now)
        self.change = drafts.change_of(self.draft)
        self.questions = STEPS if self.change is None else {step: STEPS[step] for step in OF_A_CHANGE}

    @cached_property
    def became(self) -> int | None:
        """The number of the order, once it has been asked for."""
        order = drafts.became(self.session, self.draft)
        return None if order is None else order.id

    @cached_property
    def changed(self) -> StandingView | None:
        """The order that is being changed."""
        if self.change is None:
            return None
        return visible(self.session, self.change.order_id, by=self.by, now=self.now)

    @property
    def weekdays(self) -> list[int]:
        """The chosen days of the week, Monday is 1."""
        return [int(number) for number in self.said.get("weekdays") or ()]

    def wanted(self, world: World) -> Wanted:
        """What is written so far."""
        return drafts.wanted(self.draft, world=world, now=self.now)
