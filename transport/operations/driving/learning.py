"""How long people really take at the door: measured on rides, proposed to a person, never used without being asked.

A time runs from the driver's arrival, but not before the window began or the destination opened, until on board or
off. It is compared with what the rules gave that ride; what is not told by a driver, or cannot be, is left out.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import numpy as np
from sqlalchemy import select as columns_of
from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.booking.clients import clients, queries
from transport.booking.clients.models import Client, Needs
from transport.booking.clients.needs import Mobility
from transport.booking.rides.models import Ride
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.clock import seconds_of
from transport.kernel.errors import Conflict, Forbidden, NotFound
from transport.kernel.events import record
from transport.operations.driving.models import BoardingOf, BoardingProposal, BoardingState
from transport.routing.geo.models import Place
from transport.routing.planning.models import Promise, StopKind, Visit, VisitAction

LEARNED_FROM = 90
"""Days back."""
LATEST = 40
"""Rides of one person, aid or place: the latest count."""
FEWEST = 5
"""Rides without which nothing is proposed."""
WORTH = 2
"""Minutes by which a time must differ from the one used so far."""
QUANTILE = 0.7
"""So many rides in ten are to be done in the time proposed."""
PRIOR_WEIGHT = 5
"""So many rides must have been measured until they count as much as the rules."""
SHORTEST, LONGEST = 20, 45 * 60
"""Seconds: whatever is measured outside of them was pressed at another time than it happened."""
FENCE, LEAST_FENCE = 3, 120
"""What lies so many quarter-spans, or at least so many seconds, beyond the middle half is no time of boarding."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The time at one door: whose, with which aid, where, how long, and how long by the rules alone. Seconds."""

    client: int
    mobility: Mobility
    place: int
    stop: StopKind
    seconds: int
    by_rules: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """What rides say: by how many seconds to change the rules' time, that time, and what was measured."""

    change: float
    by_rules: float
    seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as its page shows it: with the person or the place it is about, and what was measured."""

    proposal: BoardingProposal
    client: Client | None
    place: Place | None
    seconds: tuple[int, ...]


def lesson(measured: Sequence[Measured]) -> Lesson | None:
    """What the latest of these say, drawn towards the rules the more, the fewer they are; None if too few. Pure."""
    latest = measured[-LATEST:]
    beyond = [each.seconds - each.by_rules for each in latest]
    if len(beyond) < FEWEST:
        return None
    low, high = (float(each) for each in np.quantile(beyond, (0.25, 0.75)))
    fence = max(FENCE * (high - low), LEAST_FENCE)
    kept = [each for each, by in zip(latest, beyond, strict=True) if low - fence <= by <= high + fence]
    count = len(kept)
    if count < FEWEST:
        return None
    quantile = float(np.quantile([each.seconds - each.by_rules for each in kept], QUANTILE))
    return Lesson(
        change=quantile * count / (count + PRIOR_WEIGHT),
        by_rules=median(each.by_rules for each in kept),
        seconds=tuple(each.seconds for each in kept),
    )


def measure(session: Session, since: date, until: date) -> list[Measured]:
    """The times at the doors of these days that drivers have reported, both included, the oldest first."""
    columns: list[Any] = [Visit.promise_id, Visit.kind, Visit.action, Visit.occurred_at, Promise.day]
    columns += [Promise.window_start, Promise.arrive_from, Promise.pickup_service, Promise.dropoff_service]
    columns += [Promise.pickup_place_id, Promise.dropoff_place_id, Ride.client_id, Needs.mobility]
    columns += [Needs.boarding_extra, Needs.alighting_extra]
    said = (
        columns_of(*columns)
        .join(Promise, col(Promise.id) == Visit.promise_id)
        .join(Ride, col(Ride.promise_id) == Promise.id)
        .join(Needs, col(Needs.id) == Ride.needs_id)
        .where(col(Promise.day) >= since, col(Promise.day) <= until)
        .where(col(Visit.action) != VisitAction.ABSENT, col(Visit.actor).startswith(Role.DRIVER.value))
        .order_by(col(Promise.day), col(Visit.id))
    )
    session.flush()
    doors: dict[tuple[int, StopKind], dict[VisitAction, Any]] = {}
    for row in session.connection().execute(said):
        doors.setdefault((row.promise_id, row.kind), {})[row.action] = row
    return [
        found
        for told in doors.values()
        if VisitAction.ARRIVED in told and VisitAction.DONE in told
        for found in _measured(told[VisitAction.ARRIVED], told[VisitAction.DONE])
    ]


def recent(session: Session, today: date) -> list[Measured]:
    """What was measured on the days before today. Reads, for a while."""
    return measure(session, today - timedelta(days=LEARNED_FROM), today - timedelta(days=1))


def propose(session: Session, measured: Sequence[Measured], *, now: datetime) -> int:
    """Say anew where times differ from those used; says how many proposals are open.

    One that was put away is not made again before it differs by as much from what was put away.
    """
    waiting = {_subject(row): row for row in _of_state(session, BoardingState.OPEN)}
    rejected = {_subject(row): row.proposed for row in _of_state(session, BoardingState.REJECTED)}
    used = _profiles(session, {each.client for each in measured})
    still = set()
    for subject, group in _groups(measured, used).items():
        found = lesson(group)
        made = None if found is None else _proposal(subject, found, used, now)
        put_away = rejected.get(subject)
        if made is None or (put_away is not None and abs(made.proposed - put_away) < WORTH):
            continue
        old = waiting.get(subject)
        if old is not None:
            made.id = old.id
            made = session.merge(made)
        session.add(made)
        still.add(subject)
    for subject, old in waiting.items():
        if subject not in still:
            session.delete(old)
    session.flush()
    return len(still)


def shown(session: Session) -> list[Shown]:
    """The open proposals, persons first, the greatest change first."""
    rows = _of_state(session, BoardingState.OPEN)
    people = {
        row.id: row for row in session.exec(select(Client).where(col(Client.id).in_({r.client_id for r in rows})))
    }
    places = {row.id: row for row in session.exec(select(Place).where(col(Place.id).in_({r.place_id for r in rows})))}
    order = list(BoardingOf)
    rows.sort(key=lambda row: (order.index(row.whose), -abs(row.proposed - row.present), row.id))
    return [
        Shown(row, people.get(row.client_id), places.get(row.place_id), tuple(json.loads(row.measured))) for row in rows
    ]


def accept(session: Session, proposal_id: int, *, by: Actor, now: datetime) -> None:
    """Plan with the proposed time from now on, for promises still to be made.

    Raises Forbidden("role.missing"), NotFound("boarding"), Conflict("boarding.decided" | "boarding.rules" |
    "boarding.changed"): only a person's own time is changed here, and only while they use the aid it was measured with.
    """
    row = _decide(session, proposal_id, BoardingState.ACCEPTED, by, now)
    if row.whose is not BoardingOf.PERSON:
        raise Conflict("boarding.rules")
    client = session.get_one(Client, row.client_id)
    profile = queries.needs_now(session, client.id or 0)
    if profile is None or profile.mobility is not row.mobility:
        raise Conflict("boarding.changed")
    more = row.proposed - row.present
    boarding, alighting = (more, 0) if row.stop is StopKind.PICKUP else (0, more)
    clients.adjust_times(session, client, boarding=boarding, alighting=alighting, by=by, now=now)
    facts = {"proposal": row.id, "stop": row.stop.value, "minutes": more}
    record(session, "boarding_time_accepted", subject=("client", client.id), by=by, now=now, facts=facts)


def reject(session: Session, proposal_id: int, *, by: Actor, now: datetime) -> None:
    """Everything stays as it is. Raises as `accept` does."""
    row = _decide(session, proposal_id, BoardingState.REJECTED, by, now)
    subject = ("client", row.client_id) if row.client_id else ("boarding_proposal", row.id)
    record(session, "boarding_time_rejected", subject=subject, by=by, now=now, facts={"proposal": row.id})


def _decide(session: Session, proposal_id: int, state: BoardingState, by: Actor, now: datetime) -> BoardingProposal:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    taken = (
        update(BoardingProposal)
        .where(col(BoardingProposal.id) == proposal_id, col(BoardingProposal.state) == BoardingState.OPEN)
        .values(state=state, decided_at=now, decided_by=by.user)
        .execution_options(synchronize_session=False)
    )
    decided = session.connection().execute(taken).rowcount == 1
    row = session.get(BoardingProposal, proposal_id, populate_existing=True)
    if row is None:
        raise NotFound("boarding")
    if not decided:
        raise Conflict("boarding.decided")
    return row


Subject = tuple[BoardingOf, int | str, StopKind]


def _subject(row: BoardingProposal) -> Subject:
    whose: dict[BoardingOf, Any] = {
        BoardingOf.PERSON: row.client_id,
        BoardingOf.AID: row.mobility,
        BoardingOf.PLACE: row.place_id,
    }
    return row.whose, whose[row.whose], row.stop


def _groups(measured: Iterable[Measured], used: Mapping[int, Needs]) -> dict[Subject, list[Measured]]:
    """By whom it is about; of a person only what was measured with the aid they use now.

    Where most of what was measured at a place is one person's, it says something about the person, not about the place.
    """
    found: dict[Subject, list[Measured]] = {}
    for each in measured:
        subjects: list[Subject] = [
            (BoardingOf.AID, each.mobility, each.stop),
            (BoardingOf.PLACE, each.place, each.stop),
        ]
        if each.client in used and used[each.client].mobility is each.mobility:
            subjects.append((BoardingOf.PERSON, each.client, each.stop))
        for subject in subjects:
            found.setdefault(subject, []).append(each)
    return {
        subject: group
        for subject, group in found.items()
        if subject[0] is not BoardingOf.PLACE or not _mostly_of_one(group)
    }


def _mostly_of_one(group: Sequence[Measured]) -> bool:
    return max(Counter(each.client for each in group).values()) * 2 > len(group)


def _proposal(subject: Subject, found: Lesson, used: Mapping[int, Needs], now: datetime) -> BoardingProposal | None:
    whose, who, stop = subject
    extra, mobility = 0, None
    if whose is BoardingOf.PERSON:
        needs = used[int(who)]
        mobility = needs.mobility
        extra = needs.boarding_extra if stop is StopKind.PICKUP else needs.alighting_extra
    elif whose is BoardingOf.AID:
        mobility = Mobility(str(who))
    rules = round(found.by_rules / 60)
    change = round((found.by_rules + found.change) / 60) - rules
    change = min(max(change, clients.LEAST_EXTRA, 1 - rules), clients.MOST_EXTRA)
    if abs(change - extra) < WORTH:
        return None
    low, middle, high = (round(float(each)) for each in np.quantile(found.seconds, (0.3, 0.5, QUANTILE)))
    return BoardingProposal(
        whose=whose,
        client_id=int(who) if whose is BoardingOf.PERSON else None,
        mobility=mobility,
        place_id=int(who) if whose is BoardingOf.PLACE else None,
        stop=stop,
        present=rules + extra,
        proposed=rules + change,
        rides=len(found.seconds),
        low=low,
        middle=middle,
        high=high,
        measured=json.dumps(found.seconds),
        made_at=now,
    )


def _measured(arrived: Any, done: Any) -> list[Measured]:  # noqa: ANN401 - rows of these columns
    """The time between two reports of one door; nothing if it cannot be."""
    pickup = arrived.kind is StopKind.PICKUP
    opens = arrived.window_start if pickup else arrived.arrive_from
    seconds = seconds_of(done.day, done.occurred_at) - max(seconds_of(done.day, arrived.occurred_at), opens)
    if not SHORTEST <= seconds <= LONGEST:
        return []
    given = done.pickup_service if pickup else done.dropoff_service
    extra = done.boarding_extra if pickup else done.alighting_extra
    place = done.pickup_place_id if pickup else done.dropoff_place_id
    return [Measured(done.client_id, done.mobility, place, done.kind, seconds, given - extra * 60)]


def _profiles(session: Session, people: set[int]) -> dict[int, Needs]:
    """What is known of these clients now."""
    mine = select(Needs).where(col(Needs.client_id).in_(people), col(Needs.one_off).is_(False))
    return {row.client_id: row for row in session.exec(mine.order_by(col(Needs.version)))}


def _of_state(session: Session, state: BoardingState) -> list[BoardingProposal]:
    rows = select(BoardingProposal).where(BoardingProposal.state == state)
    return list(session.exec(rows.order_by(col(BoardingProposal.decided_at), col(BoardingProposal.id))))
