"""What somebody asked for by a keyword, done by the use cases that pages use too: nobody gets more than by a page.

A ride is meant by its number, or by being the only one that can be meant. Order of locks: ride, day, contract.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from transport.booking.clients.models import Power
from transport.booking.rides import homeward, queries, returns, rides, underway
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride
from transport.booking.rides.queries import RideView
from transport.kernel.clock import at, local_day, seconds_of, wall_seconds
from transport.kernel.errors import Exhausted
from transport.kernel.i18n import Catalogue
from transport.operations.dispatch import nearest
from transport.operations.messages import keywords, questions
from transport.operations.messages.keywords import Keyword, Understood
from transport.operations.messages.questions import Question
from transport.operations.messages.replies import Reply
from transport.operations.messages.senders import Speaker
from transport.routing.planning.day import World
from transport.routing.planning.models import PromiseKind

MOST_CHOICES = 3
"""Rides named in the question which one is meant; more do not go into one text message."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the answer with what is filled into it, and the ride it was about. `call`: a person calls."""

    reply: Reply
    filling: dict[str, str] = field(default_factory=dict)
    ride: Ride | None = None
    call: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, and what is needed to do it."""

    session: Session
    sender: str
    said: Understood
    speakers: list[Speaker]
    words: Catalogue
    world: World
    now: datetime


def do(asked: Asked) -> Done:
    """Do what the message asks for, or say why not; raises what the use cases raise."""
    if asked.said.keyword is Keyword.HELP:
        return Done(Reply.HELP, call=True)
    if asked.said.keyword is Keyword.BOTHERS:
        return Done(Reply.CALL_BACK, call=True)
    if asked.said.ride and _named(asked) is None:
        return Done(Reply.RIDE_UNKNOWN)
    return _DEEDS[asked.said.keyword](asked)


def _cancel(asked: Asked) -> Done:
    named = _named(asked)
    if named is not None and named.status is Status.CANCELLED and named.ended_by == "client":
        return _told(asked, Reply.CANCELLED if not named.fee else Reply.CANCELLED_LATE, named)
    able = (Status.REQUESTED, Status.CONFIRMED)
    ride, speaker, otherwise = _meant(asked, Power.CANCEL, lambda each: each.status in able)
    if ride is None or speaker is None:
        return otherwise
    session, now = asked.session, asked.now
    if underway.on_the_way(session, ride, now=now):
        return Done(Reply.DRIVER_COMES, ride=ride, call=True)
    if rides.is_late(session, ride, asked.world, now) and _fee(asked, ride):
        return _told(asked, Reply.ASKED_FEE, ride)
    if homeward.would_strand(session, ride):
        return _told(asked, Reply.ASKED_WAY_HOME, ride)
    return _cancelled(asked, ride, speaker)


def _cancelled(asked: Asked, ride: Ride, speaker: Speaker) -> Done:
    session = asked.session
    rides.cancel(session, ride, version=ride.version, world=asked.world, by=speaker.by, now=asked.now)
    if ride.fee:
        return _told(asked, Reply.CANCELLED_LATE, ride)
    other = homeward.other_way(session, ride)
    if other is not None and other.status in (Status.REQUESTED, Status.CONFIRMED):
        [view] = queries.views(session, [other])
        return Done(Reply.BACK_STAYS, {**_filling(asked, view), "number": ride.code, "other": other.code}, ride)
    return _told(asked, Reply.CANCELLED, ride)


def _yes(asked: Asked) -> Done:
    question, otherwise = _question(asked)
    if question is None:
        return otherwise
    if question.cancels:
        ride = rides.coded(asked.session, question.code)
        if underway.on_the_way(asked.session, ride, now=asked.now):
            return Done(Reply.DRIVER_COMES, ride=ride, call=True)
        return _cancelled(asked, ride, question.speaker)
    ride = questions.agree(asked.session, question, world=asked.world, now=asked.now)
    return _told(asked, Reply.ACCEPTED if question.offer is not None else Reply.BOOKED, ride)


def _no(asked: Asked) -> Done:
    question, otherwise = _question(asked)
    if question is None:
        return otherwise
    questions.refuse(asked.session, question, world=asked.world, now=asked.now)
    if not question.code:
        return Done(Reply.DECLINED)
    ride = rides.coded(asked.session, question.code)
    return _told(asked, Reply.KEPT if question.cancels else Reply.REFUSED, ride)


def _ready(asked: Asked) -> Done:
    ride, speaker, otherwise = _way_home(asked)
    if ride is None or speaker is None:
        return otherwise
    session, how = asked.session, {"version": ride.version, "world": asked.world, "by": speaker.by, "now": asked.now}
    if _kind(session, ride) is PromiseKind.FIXED:
        try:
            returns.hasten(session, ride, **how)  # type: ignore[arg-type]
        except Exhausted:
            return _told(asked, Reply.NOT_SOONER, ride)
        return _told(asked, Reply.MOVED, ride)
    returns.call(session, ride, **how)  # type: ignore[arg-type]
    if _kind(session, ride) is PromiseKind.WILL_CALL:
        return Done(Reply.NO_VEHICLE, ride=ride, call=True)
    return _told(asked, Reply.CALLED, ride)


def _later(asked: Asked) -> Done:
    ride, speaker, otherwise = _way_home(asked)
    if ride is None or speaker is None:
        return otherwise
    session, now, said = asked.session, asked.now, asked.said
    if said.minutes is None and said.clock is None:
        return Done(Reply.ASKED_WHEN, ride=ride)
    [view] = queries.views(session, [ride])
    called = view.promise.kind is PromiseKind.WILL_CALL
    second = max(seconds_of(ride.day, now), 0)
    if said.clock is not None:
        ready = wall_seconds(ride.day, *said.clock)
    else:
        ready = (second if called else max(second, view.promise.window_start)) + 60 * (said.minutes or 0)
    if called:
        if ready > view.promise.window_end and returns.postpone(session, ride, world=asked.world, now=now) is None:
            return _told(asked, Reply.NOT_LATER, ride)
        return _told(asked, Reply.STILL_WAITS, ride)
    try:
        how = {"version": ride.version, "world": asked.world, "by": speaker.by, "now": now}
        returns.later(session, ride, ready, **how)  # type: ignore[arg-type]
    except Exhausted:
        return _told(asked, Reply.NOT_LATER, ride)
    return _told(asked, Reply.MOVED, ride)


def _where(asked: Asked) -> Done:
    session, now = asked.session, asked.now
    named = _named(asked)
    found = {}
    for speaker in asked.speakers:
        if Power.SEE not in speaker.powers or (named is not None and speaker.client.id != named.client_id):
            continue
        near = None if named is not None else nearest.of_client(session, speaker.client.id or 0, now=now)
        if near is not None:
            found[near.view.ride.id] = near.view
    if named is not None and any(_may(each, named, Power.SEE) for each in asked.speakers):
        found = {view.ride.id: view for view in queries.views(session, [named])}
    if len(found) > 1:
        return _which(asked, [view.ride for view in found.values()])
    if not found:
        return Done(Reply.NO_RIDE)
    [view] = found.values()
    return _whereabouts(asked, view)


def _whereabouts(asked: Asked, view: RideView) -> Done:
    """What is known of the vehicle: as reported, else as planned, and never more sure than we are."""
    words, now, ride = asked.words, asked.now, view.ride
    if ride.status not in LIVE:
        return Done(Reply.NO_RIDE, ride=ride)
    progress = underway.progress(asked.session, view, now=now)
    planned = view.dropoff_planned if view.word == "on_board" else view.pickup_planned
    expected = progress.expected_at or (None if planned is None else at(ride.day, planned))
    filling = _filling(asked, view)
    if view.word == "arrived":
        reply = Reply.AT_THE_DOOR
    elif view.promise.kind is PromiseKind.WILL_CALL and view.word != "on_board":
        reply = Reply.WAITS_FOR_CALL
    elif ride.day != local_day(now) or expected is None:
        reply = Reply.COMING
    else:
        filling["at"] = words.instant(max(expected, now))
        filling["as_of"] = "" if progress.as_of is None else words.instant(progress.as_of)
        reply = Reply.REPORTED if progress.expected_at is not None else Reply.PLANNED
        reply = Reply.ON_BOARD if view.word == "on_board" else reply
    return Done(reply, filling, ride)


_DEEDS: dict[Keyword, Callable[[Asked], Done]] = {
    Keyword.CANCEL: _cancel,
    Keyword.YES: _yes,
    Keyword.NO: _no,
    Keyword.READY: _ready,
    Keyword.LATER: _later,
    Keyword.WHERE: _where,
}


def _way_home(asked: Asked) -> tuple[Ride | None, Speaker | None, Done]:
    """The way home of today that is meant: one that waits for a call before one that has its time."""
    session, today = asked.session, local_day(asked.now)

    def back(ride: Ride) -> bool:
        return ride.leg is Leg.RETURN and ride.day == today and ride.status in returns.WAITS

    def called(ride: Ride) -> bool:
        return back(ride) and _kind(session, ride) is PromiseKind.WILL_CALL

    if not asked.said.ride and any(called(ride) for ride, _ in _rides(asked, Power.BOOK)):
        return _meant(asked, Power.BOOK, called)
    return _meant(asked, Power.BOOK, back)


def _meant(asked: Asked, power: Power, fits: Callable[[Ride], bool]) -> tuple[Ride | None, Speaker | None, Done]:
    """The one ride that is meant and whoever may do it; else what to answer."""
    found = [(ride, speaker) for ride, speaker in _rides(asked, power) if fits(ride)]
    if asked.said.ride:
        named = _named(asked)
        found = [(ride, speaker) for ride, speaker in found if named is not None and ride.id == named.id]
        if not found:
            return None, None, Done(Reply.NOT_DONE, ride=named)
    if not found:
        return None, None, Done(Reply.NO_RIDE)
    if len(found) > 1:
        return None, None, _which(asked, [ride for ride, _ in found])
    return *found[0], Done(Reply.NOT_DONE)


def _rides(asked: Asked, power: Power) -> list[tuple[Ride, Speaker]]:
    """The live rides from today on of everybody for whom somebody at the number may do this, each once."""
    may = {speaker.client.id: speaker for speaker in reversed(asked.speakers) if power in speaker.powers}
    theirs = select(Ride).where(
        col(Ride.client_id).in_(may), col(Ride.status).in_(LIVE), Ride.day >= local_day(asked.now)
    )
    return [(ride, may[ride.client_id]) for ride in asked.session.exec(theirs.order_by(col(Ride.day), col(Ride.id)))]


def _named(asked: Asked) -> Ride | None:
    """The ride with the number that was written, as it is now, if somebody at the number may know of it."""
    ride = asked.session.exec(select(Ride).where(Ride.code == asked.said.ride)).first() if asked.said.ride else None
    if ride is None or not any(speaker.client.id == ride.client_id for speaker in asked.speakers):
        return None
    return homeward.current(asked.session, ride)


def _may(speaker: Speaker, ride: Ride, power: Power) -> bool:
    return speaker.client.id == ride.client_id and power in speaker.powers


def _question(asked: Asked) -> tuple[Question | None, Done]:
    """The one question that a yes or no can be meant for."""
    named = _named(asked)
    found = questions.open_to(asked.session, asked.sender, asked.speakers, now=asked.now)
    if named is not None:
        found = [each for each in found if each.code == named.code]
    if not found:
        return None, Done(Reply.NOTHING_ASKED, ride=named)
    first = [each for each in found if each.cancels] or found
    if len(first) == 1:
        return first[0], Done(Reply.NOT_DONE)
    codes = [each.code for each in first if each.code]
    if len(codes) < len(first):  # an answer cannot say which of them it means
        return None, Done(Reply.NOT_DONE, call=True)
    return None, _which(asked, [rides.coded(asked.session, code) for code in codes])


def _which(asked: Asked, meant: Iterable[Ride]) -> Done:
    views = queries.views(asked.session, list(meant))
    views = sorted(views, key=lambda view: view.pickup_at)[:MOST_CHOICES]
    choice = ", ".join(
        f"{view.ride.code}: {asked.words.day_short(view.ride.day)} "
        f"{asked.words.time(view.promise.window_start, view.ride.day)}"
        for view in views
    )
    return Done(Reply.WHICH, {"choice": choice, "word": keywords.canonical(asked.said.keyword, asked.words.lang)})


def _told(asked: Asked, reply: Reply, ride: Ride) -> Done:
    [view] = queries.views(asked.session, [ride])
    return Done(reply, _filling(asked, view), ride)


def _filling(asked: Asked, view: RideView) -> dict[str, str]:
    words, promise, ride = asked.words, view.promise, view.ride
    return {
        "number": ride.code,
        "day": words.day_short(ride.day),
        "start": words.time(promise.window_start, ride.day),
        "end": words.time(promise.window_end, ride.day),
        "fee": words.price(ride.fee or _fee(asked, ride)),
    }


def _fee(asked: Asked, ride: Ride) -> int:
    return asked.world.policies.named(ride.policy_id).cancel.late_fee


def _kind(session: Session, ride: Ride) -> PromiseKind:
    [view] = queries.views(session, [ride])
    return view.promise.kind
