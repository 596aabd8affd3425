"""What is to be told of a ride: promised, changed, near, late, done, and the way home after it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.rides import homeward, offers, rides, trips
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, NoShowCase, Ride
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import Follows, News, facts_of, of_ride, shift_of
from transport.routing.planning import estimates
from transport.routing.planning.models import Promise, PromiseKind, Stop, StopKind, VisitAction

UNDO = timedelta(minutes=1)
"""A driver may take back a press of the button: what is told of it at leisure waits so long."""
NEXT_DAY = timedelta(days=1)
ASKED_BACK = timedelta(hours=2)
"""After the ride somebody may be asked how it was."""


def live(kind: Kind) -> Follows:
    """A ride that is still to be kept, as it is promised now."""

    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        ride = _ride(session, event)
        if ride.status in LIVE:
            yield of_ride(session, ride, kind)

    return follows


def cancelled(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """The ride does not come: by our fault, or called off by somebody, of which the others are told.

    What ends with a standing order is told of the order; of another way home our staff have spoken with the client.
    """
    ride = _ride(session, event)
    if ride.end_reason == rides.HOME_OTHERWISE:
        return
    if event.kind != "ride_cancelled" or ride.ended_by == "service":
        yield of_ride(session, ride, Kind.RIDE_CANCELLED)
    elif trips.standing_order_of(session, ride) is None:
        yield replace(of_ride(session, ride, Kind.RIDE_CALLED_OFF), by=event.actor, on_behalf_of=event.on_behalf_of)


def offered(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Another time waits for an answer."""
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


def visited_stop(session: Session, event: Event, policies: Policies) -> Iterable[News]:
    """At the door; got there; and on the way there done, what is to be known of the way home."""
    ride, facts = _ride(session, event), facts_of(event)
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


def return_asked(session: Session, event: Event, policies: Policies) -> Iterable[News]:
    """Nobody has called for the way home; an alarm after a call is the dispatcher's, who calls back."""
    ride = _ride(session, event)
    if event.actor == SYSTEM.label and _waits_for_call(session, ride):
        wait = policies.on(ride.day).will_call.max_wait_minutes
        yield replace(of_ride(session, ride, Kind.RETURN_ASKED), minutes=wait)


def _waits_for_call(session: Session, ride: Ride) -> bool:
    promise = session.get_one(Promise, ride.promise_id)
    return ride.status in LIVE and ride.status is not Status.ON_BOARD and promise.kind is PromiseKind.WILL_CALL


def near(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """The vehicle is on its way and about to come."""
    ride = _ride(session, event)
    facts = facts_of(event)
    if ride.status is Status.CONFIRMED and facts["promise"] == ride.promise_id:
        expected = datetime.fromisoformat(facts["expected_at"])
        minutes = max(1, round((expected - event.recorded_at).total_seconds() / 60))
        news = replace(of_ride(session, ride, Kind.VEHICLE_NEAR), expected=expected, minutes=minutes)
        yield replace(news, needed_by=expected, shift_id=shift_of(session, ride.promise_id))


def late(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Of the pickup with what follows for the arrival; of the arrival alone if the pickup is kept or behind us."""
    ride, facts = _ride(session, event), facts_of(event)
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


def how_was_it(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Asked once of each ride, also when getting off was taken back and reported again."""
    ride = _ride(session, event)
    earlier = select(Event.id).where(Event.kind == event.kind, Event.subject_type == event.subject_type)
    earlier = earlier.where(Event.subject_id == event.subject_id, col(Event.id) < event.id)
    if ride.status is Status.COMPLETED and session.exec(earlier).first() is None:
        news = of_ride(session, ride, Kind.OPINION_ASKED)
        yield replace(
            news, begins=None, after=event.recorded_at + ASKED_BACK, needed_by=event.recorded_at + 2 * NEXT_DAY
        )


def absence(kind: Kind) -> Follows:
    """A driver did not find somebody: noted, with the time to object; or decided by the city."""

    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        ride = _ride(session, event)
        case = session.exec(select(NoShowCase).where(NoShowCase.ride_id == ride.id)).first()
        if case is not None:
            until = case.object_by if kind is Kind.ABSENCE_NOTED else None
            yield replace(of_ride(session, ride, kind), until=until, begins=None, needed_by=until)

    return follows


def _ride(session: Session, event: Event) -> Ride:
    return session.get_one(Ride, int(event.subject_id))


def _planned(session: Session, promise_id: int, kind: StopKind) -> int | None:
    return session.exec(select(Stop.start).where(Stop.promise_id == promise_id, Stop.kind == kind)).first()
