"""How sure an expected time is: how far such expectations were from the truth on the days before.

Learned as robust quantiles by how long ahead something was expected, mixed with what we think before anything is known.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from typing import Any

import numpy as np
from sqlalchemy import delete
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from transport.kernel.clock import at, seconds_of
from transport.operations.driving.models import EstimateError
from transport.routing.planning.estimates import LEAST, Door
from transport.routing.planning.models import Estimate, Promise, Stop, StopKind, Visit, VisitAction

AHEAD = (5, 15, 30, 60, 120)
"""Minutes before a stop at which its expectation is compared with the truth."""
PRIOR = (-180, 0, 300)
"""Seconds: how much earlier, how much at all, and how much later things happen while nothing has been learned."""
PRIOR_WEIGHT = 40
"""So many stops must have been seen until they count as much as the prior."""
LEARNED_FROM = 28
"""Days."""
SOON = 2400
"""Seconds before the end of a window from which its dispatcher is warned: what seems late earlier mostly is not."""
CHANCE = 1 / 4
"""From this chance of being late on we warn: three looks in vain weigh as much as one late stop nobody looked at."""
FAR_LATE = 600
"""So many seconds late is said however long before."""


@dataclass(frozen=True, slots=True)
class Pair:
    """When a stop was expected to begin so many minutes before it did, and when it did."""

    ahead: int
    expected: datetime
    actual: datetime

    @property
    def error(self) -> float:
        """Seconds by which it was later than expected."""
        return (self.actual - self.expected).total_seconds()


@dataclass(frozen=True, slots=True)
class Error:
    """Of expectations so many minutes ahead: half are not further from the truth than `median`, nine of ten not than
    `p90`; on the whole things happen later by `bias`. Seconds.
    """

    ahead: int
    count: int
    median: float
    p90: float
    bias: float


@dataclass(frozen=True, slots=True)
class Spread:
    """By minutes ahead: seconds earlier, in the middle, and later, between which eight of ten stops begin."""

    quantiles: Mapping[int, tuple[float, float, float]]

    def at(self, ahead: int) -> tuple[float, float, float]:
        """Of something that is so many seconds ahead."""
        steps = sorted(self.quantiles)
        fitting = next((step for step in steps if ahead <= step * 60), steps[-1])
        return self.quantiles[fitting]

    def around(self, expected: int, now: int) -> tuple[int, int]:
        """Between which seconds of the day something will happen that is expected at one; never in the past."""
        early, _, late = self.at(expected - now)
        return max(round(expected + min(early, 0)), min(now, expected)), round(expected + max(late, 0))

    def soon(self, expected: int, limit: int, now: int, chance: float = CHANCE) -> bool:
        """Whether something may miss its limit, with this chance at least, by what has been learned.

        The chance is the ratio of cost and loss (A. H. Murphy, Monthly Weather Review 105, 1977); errors are taken to
        be logistic, through their median and ninth decile. What should have happened by now without a word has more
        often happened than not, as words come late: there the chance must be one in two.
        """
        _, middle, late = self.at(expected - now)
        least = max(chance, 0.5) if expected <= now else chance
        return limit - now <= SOON and limit - expected <= middle + (late - middle) * log(1 / least - 1) / log(9)


def is_late(expected: int, limit: int, now: int) -> bool:
    """Whether something is expected a minute or more after its limit, and soon, or so late that it will stay late.

    Further ahead a few minutes mostly melt away in the waiting that the plan has in it, or were only a silence.
    """
    late = expected - limit
    return late >= LEAST and (limit - now <= SOON or late >= FAR_LATE)


def spread(session: Session) -> Spread:
    """What has been learned so far, mixed with the prior."""
    learned = {row.ahead: row for row in session.exec(select(EstimateError))}
    found = {}
    for ahead in AHEAD:
        row = learned.get(ahead)
        count, values = (0, PRIOR) if row is None else (row.count, (row.early, row.middle, row.late))
        mixed = [
            (count * value + PRIOR_WEIGHT * prior) / (count + PRIOR_WEIGHT)
            for value, prior in zip(values, PRIOR, strict=True)
        ]
        found[ahead] = (mixed[0], mixed[1], mixed[2])
    return Spread(found)


def around(
    session: Session, day: date, expected: datetime | None, *, now: datetime
) -> tuple[datetime, datetime] | None:
    """Between which moments something expected of a day will happen, in eight cases of ten; None of nothing."""
    if expected is None:
        return None
    low, high = spread(session).around(seconds_of(day, expected), seconds_of(day, now))
    return at(day, low), at(day, high)


def recent(session: Session, today: date) -> list[Pair]:
    """What was expected on the days before today, and what happened. Reads, for a while."""
    return [pair for back in range(1, LEARNED_FROM + 1) for pair in pairs(session, today - timedelta(days=back))]


def learn(session: Session, seen: Sequence[Pair], *, now: datetime) -> int:
    """Work out anew how sure expectations are; says from how many of them."""
    session.exec(delete(EstimateError))
    for ahead in AHEAD:
        errors = [pair.error for pair in seen if pair.ahead == ahead]
        if errors:
            early, middle, late = (round(float(each)) for each in np.quantile(errors, (0.1, 0.5, 0.9)))
            row = EstimateError(ahead=ahead, count=len(errors), early=early, middle=middle, late=late, learned_at=now)
            session.add(row)
    session.flush()
    return len(seen)


def pairs(session: Session, day: date, actual: Mapping[Door, datetime] | None = None) -> list[Pair]:
    """What was expected of each stop of a day at each time ahead, and what happened.

    `actual`: when vehicles really were at the stops; without it, when drivers reported it. Who is early waits: a stop
    begins at its planned minute, or when the destination opens.
    """
    arrived = _reported(session, day) if actual is None else actual
    said = _said(session, day)
    found = []
    for door, (planned, floor, made_at) in _planned(session, day).items():
        if door not in arrived:
            continue
        begins = max(arrived[door], at(day, floor))
        rows = said.get(door, [])
        for ahead in AHEAD:
            moment = begins - timedelta(minutes=ahead)
            if made_at > moment:
                continue
            number = bisect_right(rows, moment, key=lambda row: row[0])
            found.append(Pair(ahead, rows[number - 1][1] if number else at(day, planned), begins))
    return found


def errors(pairs: Iterable[Pair]) -> list[Error]:
    """How far expectations were from the truth, by how long ahead they were."""
    by_ahead: dict[int, list[float]] = {}
    for pair in pairs:
        by_ahead.setdefault(pair.ahead, []).append(pair.error)
    found = []
    for ahead, values in sorted(by_ahead.items()):
        median, p90 = (float(each) for each in np.quantile(np.abs(values), (0.5, 0.9)))
        found.append(Error(ahead, len(values), median, p90, float(np.mean(values))))
    return found


def _planned(session: Session, day: date) -> dict[Door, tuple[int, int, datetime]]:
    """By stop: planned second, the second before which it does not begin, and when it was promised."""
    columns: list[Any] = [Stop.promise_id, Stop.kind, Stop.start, Promise.arrive_from, Promise.made_at]
    live = columns_of(*columns).join(Promise, col(Promise.id) == Stop.promise_id).where(col(Promise.day) == day)
    session.flush()
    return {
        (promise, kind): (start, start if kind is StopKind.PICKUP else opens, made_at)
        for promise, kind, start, opens, made_at in session.connection().execute(live)
    }


def _said(session: Session, day: date) -> dict[Door, list[tuple[datetime, datetime]]]:
    """What was expected of each stop, in the order in which it was said: when it was said, and what."""
    columns: list[Any] = [Estimate.promise_id, Estimate.kind, Estimate.made_at, Estimate.expected_at]
    told = columns_of(*columns).join(Promise, col(Promise.id) == Estimate.promise_id).where(col(Promise.day) == day)
    found: dict[Door, list[tuple[datetime, datetime]]] = {}
    for promise, kind, made_at, expected_at in session.connection().execute(told.order_by(col(Estimate.id))):
        found.setdefault((promise, kind), []).append((made_at, expected_at))
    return found


def _reported(session: Session, day: date) -> dict[Door, datetime]:
    columns: list[Any] = [Visit.promise_id, Visit.kind, Visit.occurred_at]
    seen = columns_of(*columns).join(Promise, col(Promise.id) == Visit.promise_id)
    seen = seen.where(col(Promise.day) == day, col(Visit.action) == VisitAction.ARRIVED)
    return {(promise, kind): instant for promise, kind, instant in session.connection().execute(seen)}
