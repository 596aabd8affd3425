"""Who has no place on a day: wishes that were denied and not taken otherwise, with what is known of each."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from transport.booking.rides import queries
from transport.booking.rides.models import WaitingState, WaitingWish
from transport.operations.dispatch import plans
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Option


@dataclass(frozen=True, slots=True)
class Help:
    """One change that was proven to make room: its kind, how much of it (seconds, kilograms), and of what."""

    kind: str
    amount: float
    detail: str

    @property
    def words(self) -> tuple[str, float, str]:
        """What is said of it: one more vehicle is one more vehicle, like whichever it would be."""
        return (self.kind, self.amount, self.detail if self.kind == "features" else "")


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A denied wish: what would help, since when it is possible after all, and whether its client waits for a place.

    `option` is what could be promised now, looked for only when somebody asks.
    """

    view: queries.DenialView
    helps: tuple[Help, ...]
    possible_at: datetime | None
    waits: WaitingWish | None
    option: Option | None = None

    @property
    def possible(self) -> bool:
        """Whether it could be booked now, as far as is known."""
        return self.option is not None or self.possible_at is not None


def of_day(session: Session, day: date) -> list[Unplaced]:
    """The wishes of a day without a place, as they were left by whoever looked last."""
    waits = _waits(session, day)
    return [_unplaced(view, waits) for view in queries.denials(session, day) if view.denial.ride_id is None]


def tried(session: Session, day: date, *, world: World, now: datetime) -> list[Unplaced]:
    """The same, each tried in the plan as it is at this moment."""
    waits = _waits(session, day)
    return [
        _unplaced(each.view, waits, option=each.now_possible)
        for each in plans.unserved(session, day, world=world, now=now)
    ]


def _unplaced(view: queries.DenialView, waits: dict[int, WaitingWish], option: Option | None = None) -> Unplaced:
    proven = json.loads(view.denial.changes)
    helps = tuple({each.words: each for each in map(_help, proven)}.values())
    denial_id = view.denial.id or 0
    return Unplaced(view, helps, view.denial.possible_at, waits.get(denial_id), option)


def _help(said: dict[str, Any]) -> Help:
    return Help(str(said["kind"]), float(said.get("amount") or 0), str(said.get("detail") or ""))


def _waits(session: Session, day: date) -> dict[int, WaitingWish]:
    live = col(WaitingWish.state).in_((WaitingState.WAITING, WaitingState.OFFERED))
    return {wish.denial_id: wish for wish in session.exec(select(WaitingWish).where(WaitingWish.day == day, live))}
