"""What people have to be told of what has happened: which message follows from which event, and of what it speaks.

Everything is read when the message is written, never taken from the event alone: what is told is the newest truth.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import events as about_clients
from transport.booking.clients.models import Client, Mandate, RegistrationDecision
from transport.booking.rides import homeward, offers
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Consent, ConsentOutcome, Denial, Leg, NoShowCase, Ride, WaitingWish
from transport.booking.standing.models import StandingOrder
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages.models import MessageKind as Kind
from transport.routing.planning import estimates
from transport.routing.planning.models import Promise, PromiseKind, Run, Stop, StopKind, Visit, VisitAction

STALE = timedelta(days=7)
"""What happened longer ago and was told to nobody is told to nobody any more."""
UNDO = timedelta(minutes=1)
"""A driver may take back a press of the button: what is told of it at leisure waits so long."""
NEXT_DAY = timedelta(days=1)
ASKED_BACK = timedelta(hours=2)
"""After the ride somebody may be asked how it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to be told: of whom and what, and what is filled into its words. Seconds are those of the day."""

    kind: Kind
    client_id: int
    ride: Ride | None = None
    promise_id: int | None = None
    day: date | None = None
    start: int | None = None
    end: int | None = None
    arrive_by: int | None = None
    origin_id: int | None = None
    destination_id: int | None = None
    minute: int | None = None
    """The planned minute within the promised window."""
    shift_id: int | None = None
    expected: datetime | None = None
    arrival: datetime | None = None
    until: datetime | None = None
    last: date | None = None
    minutes: int = 0
    who: str = ""
    begins: datetime | None = None
    """When what it is about begins."""
    needed_by: datetime | None = None
    """After this it helps nobody."""
    after: datetime | None = None
    """It does not leave before."""
    mandate: Mandate | None = None
    asked_by: int | None = None
    """One of two joint representatives asks: the other is meant, and not the client."""


Follows = Callable[[Session, Event, Policies], Iterable[News]]


def of_event(session: Session, event_id: int, *, policies: Policies, now: datetime) -> list[News]:
    """All that is to be told of an event and has not been overtaken."""
    event = session.get_one(Event, event_id)
    if event.recorded_at < now - STALE:
        return []
    found = FOLLOWS[event.kind](session, event, policies)
    return [news for news in found if news.needed_by is None or news.needed_by >= now]


def of_ride(session: Session, ride: Ride, kind: Kind) -> News:
    """A ride as it is promised now."""
    promise = session.get_one(Promise, ride.promise_id)
    return News(
        kind=kind,
        client_id=ride.client_id,
        ride=ride,
        promise_id=promise.id,
        day=ride.day,
        start=promise.window_start,
        end=promise.window_end,
        arrive_by=promise.arrive_by,
        origin_id=promise.pickup_place_id,
        destination_id=promise.dropoff_place_id,
        begins=at(ride.day, promise.window_start),
        needed_by=at(ride.day, promise.window_end),
    )


def _ride(session: Session, event: Event) -> Ride:
    return session.get_one(Ride, int(event.subject_id))


def _facts(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.facts)
    return found


def _live(kind: Kind) -> Follows:
    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        ride = _ride(session, event)
        if ride.status in LIVE:
            yield of_ride(session, ride, kind)

    return follows


def _cancelled(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    ride = _ride(session, event)
    if event.kind == "ride_missed" or ride.ended_by == "service":
        yield of_ride(session, ride, Kind.RIDE_CANCELLED)


def _offered(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    ride = _ride(session, event)
    offer = offers.pending(session, ride)
    if ride.status in LIVE and offer is not None:
        yield replace(
            of_ride(session, ride, Kind.TIME_OFFERED),
            start=offer.window_start,
            end=offer.window_end,
            arrive_by=offer.arrive_by,
            until=offer.until,
            needed_by=offer.until,
        )


def _place_free(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    wish = session.get_one(WaitingWish, int(event.subject_id))
    if wish.promise_id is None:
        return
    promise, denial = session.get_one(Promise, wish.promise_id), session.get_one(Denial, wish.denial_id)
    yield News(
        kind=Kind.PLACE_FREE,
        client_id=wish.client_id,
        promise_id=promise.id,
        day=wish.day,
        start=promise.window_start,
        end=promise.window_end,
        arrive_by=promise.arrive_by,
        origin_id=denial.origin_place_id,
        destination_id=denial.destination_place_id,
        until=wish.answer_by,
        begins=wish.answer_by,
        needed_by=wish.answer_by,
    )


def _waiting_over(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    wish = session.get_one(WaitingWish, int(event.subject_id))
    denial = session.get_one(Denial, wish.denial_id)
    begins = at(wish.day, denial.seconds)
    yield News(
        kind=Kind.WAITING_OVER,
        client_id=wish.client_id,
        day=wish.day,
        start=denial.seconds,
        begins=begins,
        needed_by=begins,
    )


def _visited(session: Session, event: Event, policies: Policies) -> Iterable[News]:
    """At the door; got there; and on the way there done, what is to be known of the way home."""
    ride, facts = _ride(session, event), _facts(event)
    if facts.get("promise") != ride.promise_id:
        return
    if (facts["stop"], facts["action"]) == (StopKind.PICKUP, VisitAction.ARRIVED) and ride.status is Status.CONFIRMED:
        news = of_ride(session, ride, Kind.VEHICLE_ARRIVED)
        wait = timedelta(minutes=policies.on(ride.day).no_show.wait_minutes)
        until = max(event.occurred_at, news.begins or event.occurred_at) + wait
        yield replace(news, until=until, needed_by=until, shift_id=shift_of(session, ride.promise_id))
    if (facts["stop"], facts["action"]) == (StopKind.DROPOFF, VisitAction.DONE) and ride.status is Status.COMPLETED:
        news = replace(of_ride(session, ride, Kind.DELIVERED), expected=event.occurred_at)
        yield replace(news, after=event.recorded_at + UNDO, needed_by=event.occurred_at + timedelta(hours=3))
        yield from _way_home(session, ride, event, policies)


def _way_home(session: Session, there: Ride, event: Event, policies: Policies) -> Iterable[News]:
    back = homeward.other_way(session, there) if there.leg is Leg.OUTBOUND else None
    if back is not None and _waits_for_call(session, back):
        wait = policies.on(back.day).will_call.max_wait_minutes
        news = replace(of_ride(session, back, Kind.RETURN_READY), minutes=wait)
        yield replace(news, after=event.recorded_at + UNDO)


def _return_asked(session: Session, event: Event, policies: Policies) -> Iterable[News]:
    """Nobody has called for the way home; an alarm after a call is the dispatcher's, who calls back."""
    ride = _ride(session, event)
    if event.actor == SYSTEM.label and _waits_for_call(session, ride):
        wait = policies.on(ride.day).will_call.max_wait_minutes
        yield replace(of_ride(session, ride, Kind.RETURN_ASKED), minutes=wait)


def _waits_for_call(session: Session, ride: Ride) -> bool:
    promise = session.get_one(Promise, ride.promise_id)
    return ride.status in LIVE and ride.status is not Status.ON_BOARD and promise.kind is PromiseKind.WILL_CALL


def _near(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    ride = _ride(session, event)
    facts = _facts(event)
    if ride.status is Status.CONFIRMED and facts["promise"] == ride.promise_id:
        expected = datetime.fromisoformat(facts["expected_at"])
        minutes = max(1, round((expected - event.recorded_at).total_seconds() / 60))
        news = replace(of_ride(session, ride, Kind.VEHICLE_NEAR), expected=expected, minutes=minutes)
        yield replace(news, needed_by=expected, shift_id=shift_of(session, ride.promise_id))


def _late(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Of the pickup with what follows for the arrival; of the arrival alone if the pickup is kept or behind us."""
    ride, facts = _ride(session, event), _facts(event)
    if facts["promise"] != ride.promise_id or ride.status not in (Status.CONFIRMED, Status.ON_BOARD):
        return
    pickup = facts["stop"] == StopKind.PICKUP
    if pickup and ride.status is Status.ON_BOARD:
        return
    said = {kind: estimates.latest(session, ride.promise_id, kind) for kind in (StopKind.PICKUP, StopKind.DROPOFF)}
    told = datetime.fromisoformat(facts["expected_at"])
    here = said[StopKind(facts["stop"])]
    expected = here.expected_at if here is not None else told
    dropoff = said[StopKind.DROPOFF]
    if not pickup:
        news = replace(of_ride(session, ride, Kind.ARRIVAL_LATE), arrival=expected)
        yield replace(news, needed_by=expected)
        return
    news = of_ride(session, ride, Kind.RIDE_LATE)
    arrival = at(ride.day, news.arrive_by or 0)
    if dropoff is not None:
        arrival = dropoff.expected_at
    elif (planned := _planned(session, ride.promise_id, StopKind.DROPOFF)) is not None:
        start = _planned(session, ride.promise_id, StopKind.PICKUP) or planned
        arrival = expected + timedelta(seconds=planned - start)
    yield replace(news, expected=expected, arrival=max(arrival, expected), needed_by=expected)


def _how_was_it(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Asked once of each ride, also when getting off was taken back and reported again."""
    ride = _ride(session, event)
    earlier = select(Event.id).where(Event.kind == event.kind, Event.subject_type == event.subject_type)
    earlier = earlier.where(Event.subject_id == event.subject_id, col(Event.id) < event.id)
    if ride.status is Status.COMPLETED and session.exec(earlier).first() is None:
        news = of_ride(session, ride, Kind.OPINION_ASKED)
        yield replace(
            news, begins=None, after=event.recorded_at + ASKED_BACK, needed_by=event.recorded_at + 2 * NEXT_DAY
        )


def _absence(kind: Kind) -> Follows:
    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        ride = _ride(session, event)
        case = session.exec(select(NoShowCase).where(NoShowCase.ride_id == ride.id)).first()
        if case is not None:
            until = case.object_by if kind is Kind.ABSENCE_NOTED else None
            yield replace(of_ride(session, ride, kind), until=until, begins=None, needed_by=until)

    return follows


def _registered(_session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    kinds = {
        RegistrationDecision.VERIFIED: Kind.REGISTRATION_VERIFIED,
        RegistrationDecision.NOT_ENTITLED: Kind.REGISTRATION_REFUSED,
    }
    kind = kinds.get(RegistrationDecision(_facts(event)["decision"]))
    if kind is not None:
        yield News(kind=kind, client_id=int(event.subject_id))


def _mandate(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    mandate = session.get(Mandate, _facts(event)["mandate"])
    if mandate is None or mandate.revoked_at is not None:
        return
    client = session.get_one(Client, mandate.client_id)
    if event.kind == about_clients.MANDATE_GRANTED:
        if mandate.invited_contact and mandate.user_id is None:
            yield News(kind=Kind.MANDATE_OFFERED, client_id=mandate.client_id, who=client.name, mandate=mandate)
    elif mandate.user_id is not None:
        names = users.names(session, {mandate.user_id})
        yield News(kind=Kind.MANDATE_ACCEPTED, client_id=mandate.client_id, who=names[mandate.user_id])


def _consent(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """What somebody has prepared waits for the yes of the client, or of the other of two representatives."""
    consent = session.get_one(Consent, int(event.subject_id))
    first = session.get(Promise, int(consent.promises.split()[0])) if consent.promises else None
    if consent.outcome is not ConsentOutcome.PENDING or first is None:
        return
    yield News(
        kind=Kind.CONSENT_ASKED,
        client_id=consent.client_id,
        promise_id=first.id,
        day=first.day,
        start=first.window_start,
        end=first.window_end,
        arrive_by=first.arrive_by,
        origin_id=first.pickup_place_id,
        destination_id=first.dropoff_place_id,
        until=consent.until,
        begins=consent.until,
        needed_by=consent.until,
        asked_by=consent.asked_by if consent.wanted_of.value == "representative" else None,
    )


def _standing(kind: Kind) -> Follows:
    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        order = session.get_one(StandingOrder, int(event.subject_id))
        facts = _facts(event)
        last = date.fromisoformat(facts["last"])
        yield News(
            kind=kind,
            client_id=order.client_id,
            day=date.fromisoformat(facts.get("first", facts["last"])),
            last=last,
            origin_id=order.origin_place_id,
            destination_id=order.destination_place_id,
            needed_by=at(last + NEXT_DAY, 0),
        )

    return follows


FOLLOWS: dict[str, Follows] = {
    "ride_confirmed": _live(Kind.RIDE_CONFIRMED),
    "promise_changed": _live(Kind.RIDE_CHANGED),
    "ride_cancelled": _cancelled,
    "ride_missed": _cancelled,
    "ride_offered": _offered,
    "waiting_offered": _place_free,
    "waiting_lapsed": _waiting_over,
    "waiting_given_up": _waiting_over,
    "stop_visited": _visited,
    "vehicle_near": _near,
    "ride_late": _late,
    "return_postponed": _return_asked,
    "return_at_risk": _return_asked,
    "ride_completed": _how_was_it,
    "absence_reported": _absence(Kind.ABSENCE_NOTED),
    "absence_decided": _absence(Kind.ABSENCE_DECIDED),
    about_clients.REGISTRATION_DECIDED: _registered,
    about_clients.MANDATE_GRANTED: _mandate,
    about_clients.MANDATE_ACCEPTED: _mandate,
    "consent_asked": _consent,
    "standing_order_paused": _standing(Kind.STANDING_PAUSED),
    "standing_order_ended": _standing(Kind.STANDING_ENDS),
    "standing_order_ends": _standing(Kind.STANDING_ENDS),
}
"""What follows from which event."""


def shift_of(session: Session, promise_id: int) -> int | None:
    """Who drives the pickup, by the plan as it is now."""
    mine = select(Run.shift_id).join(Stop, col(Stop.run_id) == Run.id)
    return session.exec(mine.where(Stop.promise_id == promise_id, Stop.kind == StopKind.PICKUP)).first()


def visited(session: Session, promise_id: int, kind: StopKind, *actions: VisitAction) -> bool:
    """Whether the driver has reported one of these of the stop, and not taken it back."""
    mine = select(Visit.action).where(Visit.promise_id == promise_id, Visit.kind == kind)
    return any(action in actions for action in session.exec(mine))


def _planned(session: Session, promise_id: int, kind: StopKind) -> int | None:
    return session.exec(select(Stop.start).where(Stop.promise_id == promise_id, Stop.kind == kind)).first()
