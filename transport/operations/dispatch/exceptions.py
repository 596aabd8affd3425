"""The exceptions of a day: one list of what needs a person, made from what is recorded each time it is asked for.

Nothing has to be entered here and nothing can be forgotten here: a matter is in the list as long as its reason is,
unless somebody has said that it is dealt with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from transport.booking.clients import calls, eligibility
from transport.booking.clients.eligibility import Person
from transport.booking.clients.models import Client, Eligibility, Mandate, Membership
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Ride, WaitingState, WaitingWish
from transport.kernel.clock import at, local_day
from transport.kernel.events import EventFailure, EventHandled
from transport.kernel.policy import Policy
from transport.operations.dispatch import marks, reported, troubles, untold, watching
from transport.operations.dispatch.matters import Matter, MatterKind, urgent_first
from transport.operations.dispatch.models import DayMark
from transport.operations.dispatch.watching import LiveRide
from transport.operations.driving import homebound, stranded
from transport.routing.fleet.models import OutOfService, Shift
from transport.routing.planning.models import Proposal, ProposalState, Run, Stop

CARDS = {"eligibility.card_expired": MatterKind.CARD_ENDED, "eligibility.unverified": MatterKind.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class Listed:
    """A matter with what people have said of it: who takes care of it, whether it is dealt with."""

    matter: Matter
    mark: DayMark | None

    @property
    def done(self) -> bool:
        """Somebody has said so."""
        return self.mark is not None and self.mark.done_at is not None


def found(session: Session, day: date, *, policy: Policy, now: datetime) -> list[Matter]:
    """All matters of a day, the most urgent first."""
    rides = watching.rides_of(session, day)
    gathered = [*_orders(session, day, rides, now), *_papers(session, day, rides, policy), *_planning(session, day)]
    gathered += _vehicles(session, day, now)
    gathered += troubles.matters(session, day, now=now)
    gathered += untold.matters(session, rides, now=now)
    gathered += [
        Matter(MatterKind.STRANDED, back.id or 0, f"{MatterKind.STRANDED}:{back.id}")
        for back in stranded.alarms(session, day)
    ]
    gathered += reported.matters(session, day)
    today = local_day(now)
    near = list(_near(session, day, policy, now)) if day in (today, today - timedelta(days=1)) else []
    gathered += near  # who is still out at midnight is out on the day before
    if day == today:
        doubled = {(MatterKind.LATE, each.subject) for each in near}  # told once, as the worse of both
        street = watching.matters(session, day, rides, now=now)
        gathered += [each for each in street if (each.kind, each.subject) not in doubled]
        gathered += [*_failures(session), *_help(session, now)]
    return urgent_first(gathered)


def listed(session: Session, day: date, *, policy: Policy, now: datetime) -> list[Listed]:
    """The matters with their marks, those that are dealt with at the end."""
    said = marks.of_day(session, day)
    rows = [Listed(matter, said.get(matter.key)) for matter in found(session, day, policy=policy, now=now)]
    return sorted(rows, key=lambda row: row.done)


def count(session: Session, day: date, *, policy: Policy, now: datetime) -> int:
    """How many matters of the day nobody has dealt with yet: the number over the day."""
    return sum(not row.done for row in listed(session, day, policy=policy, now=now))


def _orders(session: Session, day: date, rides: list[LiveRide], now: datetime) -> Iterator[Matter]:
    """Promises that may not hold, orders that should have been answered, places that wait for an answer."""
    for ride in rides:
        if ride.at_risk:
            yield Matter(MatterKind.AT_RISK, ride.ride_id, f"{MatterKind.AT_RISK}:{ride.promise_id}")
        if ride.status is Status.REQUESTED and ride.confirm_by < now:
            waited = int((now - ride.confirm_by).total_seconds() // 60)
            yield Matter(MatterKind.OVERDUE, ride.ride_id, f"{MatterKind.OVERDUE}:{ride.ride_id}", waited)
    kept = select(WaitingWish).where(WaitingWish.day == day, WaitingWish.state == WaitingState.OFFERED)
    for wish in session.exec(kept.order_by(col(WaitingWish.answer_by), col(WaitingWish.id))):
        yield Matter(MatterKind.FREED, wish.id or 0, f"{MatterKind.FREED}:{wish.promise_id}")


def _papers(session: Session, day: date, rides: list[LiveRide], policy: Policy) -> Iterator[Matter]:
    """Rides of people whose card or whose representative's mandate has ended: the ride stays, somebody calls."""
    ended = _ended_mandates(session, {(r.client_id, r.requested_by) for r in rides if r.requested_by is not None}, day)
    cards = _card_troubles(session, {ride.client_id for ride in rides}, day, policy)
    told: set[str] = set()
    for ride in rides:
        kinds = list(cards.get(ride.client_id, ()))
        if (ride.client_id, ride.requested_by) in ended:
            kinds.append(MatterKind.MANDATE_ENDED)
        for kind in kinds:
            key = f"{kind}:{ride.client_id}:{day}"
            if key not in told:  # one call is enough for both ways of a person
                told.add(key)
                yield Matter(kind, ride.ride_id, key)


def _card_troubles(session: Session, ids: set[int], day: date, policy: Policy) -> dict[int, list[MatterKind]]:
    """What is wrong with the cards of those clients who need one; whoever is old enough needs none."""
    old_enough = date(day.year - policy.eligibility.min_age, 1, 1)
    young = select(Client).where(col(Client.id).in_(ids), Client.born >= old_enough)
    clients = {client.id or 0: client for client in session.exec(young)}
    cards: dict[int, list[Eligibility]] = {}
    for card in session.exec(select(Eligibility).where(col(Eligibility.client_id).in_(set(clients)))):
        cards.setdefault(card.client_id, []).append(card)
    found = {}
    for client_id, client in clients.items():
        person = Person(client.born, client.municipality, tuple(cards.get(client_id, ())))
        reasons = eligibility.reasons(person, day, policy, companions=1)
        found[client_id] = [CARDS[code] for code in reasons if code in CARDS]
    return found


def _ended_mandates(session: Session, acting: set[tuple[int, int]], day: date) -> set[tuple[int, int]]:
    """Of (client, user) who ordered: those whose mandate is over by the day, without another one in force."""
    users = {user for _, user in acting}
    member = select(Membership).where(col(Membership.user_id).in_(users))
    bodies: dict[int, set[int]] = {}
    for row in session.exec(member):
        bodies.setdefault(row.organisation_id, set()).add(row.user_id)
    held: dict[tuple[int, int], list[Mandate]] = {}
    theirs = select(Mandate).where(
        col(Mandate.client_id).in_({client for client, _ in acting}),
        or_(col(Mandate.user_id).in_(users), col(Mandate.organisation_id).in_(bodies)),
        col(Mandate.revoked_at).is_(None),
    )
    for mandate in session.exec(theirs):
        whose = {mandate.user_id} if mandate.user_id is not None else bodies.get(mandate.organisation_id or 0, set())
        for user in whose:
            held.setdefault((mandate.client_id, user or 0), []).append(mandate)
    return {
        pair
        for pair, mandates in held.items()
        if pair in acting and not any(mandate.in_force(day) for mandate in mandates)
    }


def _near(session: Session, day: date, policy: Policy, now: datetime) -> Iterator[Matter]:
    """People who may not get home, while something can still be done; once for each reason."""
    for way in stranded.near(homebound.of_day(session, day, policy=policy, now=now)):
        left = 0 if way.fails_at is None else max(0, int((way.fails_at - now).total_seconds() // 60))
        why = "" if way.danger is None else way.danger.value
        yield Matter(MatterKind.STRANDING_NEAR, way.back, stranded.near_key(way), left, why)


def _vehicles(session: Session, day: date, now: datetime) -> Iterator[Matter]:
    """Vehicles that are out of service while rides of theirs are still to be driven."""
    begins, ends = at(day, 0), at(day + timedelta(days=1), 0)
    out = select(OutOfService, Shift).join(Shift, col(Shift.vehicle_id) == OutOfService.vehicle_id)
    out = out.where(Shift.day == day, col(Shift.dropped_at).is_(None), OutOfService.starts < ends)
    out = out.where(OutOfService.feature == "")
    out = out.where(or_(col(OutOfService.ends).is_(None), col(OutOfService.ends) > max(begins, now)))
    for row, shift in session.exec(out.order_by(col(OutOfService.id), col(Shift.id))):
        left = (
            select(Stop.start)
            .join(Run, col(Run.id) == Stop.run_id)
            .join(Ride, col(Ride.promise_id) == Stop.promise_id)
            .where(Run.shift_id == shift.id, col(Ride.status).in_(LIVE))
        )
        span = (row.starts, row.ends or ends)
        if any(span[0] <= at(day, second) < span[1] for second in session.exec(left)):
            yield Matter(MatterKind.VEHICLE_OUT, shift.id or 0, f"{MatterKind.VEHICLE_OUT}:{row.id}:{shift.id}")


def _planning(session: Session, day: date) -> Iterator[Matter]:
    last = session.exec(select(Proposal).where(Proposal.day == day).order_by(col(Proposal.id).desc())).first()
    if last is not None and last.state is ProposalState.FAILED:
        yield Matter(MatterKind.PROPOSAL_FAILED, last.id or 0, f"{MatterKind.PROPOSAL_FAILED}:{last.id}")


def _help(session: Session, now: datetime) -> list[Matter]:
    """Whoever asked for help by a message, until somebody has called."""
    kind = MatterKind.HELP_ASKED
    return [
        Matter(kind, each.call.id or 0, f"{kind}:{each.call.id}", int((now - each.call.asked_at).total_seconds() // 60))
        for each in calls.for_help(session)
    ]


def _failures(session: Session) -> Iterator[Matter]:
    """Reactions of the house itself that failed and have not been carried out since."""
    carried_out = select(EventHandled.event_id).where(
        EventHandled.event_id == EventFailure.event_id, EventHandled.reaction == EventFailure.reaction
    )
    open_failures = select(EventFailure).where(~carried_out.exists()).order_by(col(EventFailure.event_id))
    for row in session.exec(open_failures):
        yield Matter(
            MatterKind.REACTION_FAILED, row.event_id, f"{MatterKind.REACTION_FAILED}:{row.event_id}:{row.reaction}"
        )
