"""What waits for a yes or no of whoever writes from a number: another time, a freed place, a prepared order, a fee."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients.models import Power
from transport.booking.rides import consents, offers, queries, waiting
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Consent, Offer, Ride, TripRequest, WaitingState, WaitingWish
from transport.kernel.clock import local_day
from transport.operations.messages.keywords import Keyword
from transport.operations.messages.models import InboundMessage
from transport.operations.messages.replies import Reply
from transport.operations.messages.senders import Speaker
from transport.routing.planning.day import World

ASKED_BACK = (Reply.ASKED_FEE.value, Reply.ASKED_WAY_HOME.value)
PATIENCE = timedelta(hours=1)
"""So long after we asked back a yes still means that question."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and who may answer it: about the ride `code`, or about an order that has no number yet.

    `cancels`: whether to call the ride off all the same.
    """

    speaker: Speaker
    code: str = ""
    cancels: bool = False
    offer: Offer | None = None
    wish: WaitingWish | None = None
    consent: Consent | None = None


def open_to(session: Session, sender: str, speakers: list[Speaker], *, now: datetime) -> list[Question]:
    """All that this number can answer now, each question once."""
    found = _asked_back(session, sender, speakers, now)
    seen: set[int | None] = set()
    for speaker in speakers:
        if Power.BOOK not in speaker.powers or speaker.client.id in seen:
            continue
        seen.add(speaker.client.id)
        found += _offered(session, speaker, now)
        found += _freed(session, speaker)
        found += [
            Question(speaker, consent=consent)
            for consent in consents.waiting(session, speaker.client.id or 0, by=speaker.by, now=now)
            if consents.may_decide(session, consent, speaker.by, now)
        ]
    return found


def agree(session: Session, question: Question, *, world: World, now: datetime) -> Ride:
    """Yes to anything but a fee; the ride that is meant, the first one of an order."""
    by = question.speaker.by
    if question.offer is not None:
        ride = session.get_one(Ride, question.offer.ride_id)
        return offers.accept(session, ride, version=ride.version, world=world, by=by, now=now)
    booked: TripRequest
    if question.wish is not None:
        booked = waiting.accept(session, question.wish, world=world, by=by, now=now)
    elif question.consent is not None:
        booked = consents.agree(session, question.consent, world=world, by=by, now=now)
    return queries.of_request(session, booked.id or 0)[0].ride


def refuse(session: Session, question: Question, *, world: World, now: datetime) -> None:
    """No: everything stays as it is, and what was kept is free again."""
    by = question.speaker.by
    if question.offer is not None:
        ride = session.get_one(Ride, question.offer.ride_id)
        offers.refuse(session, ride, version=ride.version, world=world, by=by, now=now)
    elif question.wish is not None:
        waiting.refuse(session, question.wish, world=world, by=by, now=now)
    elif question.consent is not None:
        consents.refuse(session, question.consent, world=world, by=by, now=now)


def _asked_back(session: Session, sender: str, speakers: list[Speaker], now: datetime) -> list[Question]:
    """Rides somebody here wanted to call off, and we asked whether they want to all the same."""
    recent = select(InboundMessage).where(
        InboundMessage.sender == sender, InboundMessage.received_at > now - PATIENCE, col(InboundMessage.ride_id) > 0
    )
    asked: dict[int, bool] = {}
    for message in session.exec(recent.order_by(col(InboundMessage.received_at), col(InboundMessage.id))):
        if message.outcome in ASKED_BACK:
            asked[message.ride_id or 0] = True
        elif message.keyword in (Keyword.YES, Keyword.NO):
            asked[message.ride_id or 0] = False
    found = []
    for ride_id in [ride_id for ride_id, is_open in asked.items() if is_open]:
        ride = session.get_one(Ride, ride_id)
        able = ride.status in (Status.REQUESTED, Status.CONFIRMED)
        mine = [each for each in speakers if each.client.id == ride.client_id and Power.CANCEL in each.powers]
        if able and mine:
            found.append(Question(mine[0], ride.code, cancels=True))
    return found


def _offered(session: Session, speaker: Speaker, now: datetime) -> list[Question]:
    theirs = select(Ride).where(
        Ride.client_id == speaker.client.id, col(Ride.status).in_(LIVE), Ride.day >= local_day(now)
    )
    made = ((ride, offers.pending(session, ride)) for ride in session.exec(theirs.order_by(col(Ride.id))))
    return [Question(speaker, ride.code, offer=offer) for ride, offer in made if offer is not None]


def _freed(session: Session, speaker: Speaker) -> list[Question]:
    """Both ways of an order are offered together: one question."""
    mine = select(WaitingWish).where(
        WaitingWish.client_id == speaker.client.id, WaitingWish.state == WaitingState.OFFERED
    )
    by_order = {wish.draft_key: wish for wish in session.exec(mine.order_by(col(WaitingWish.id).desc()))}
    return [Question(speaker, wish=wish) for wish in by_order.values()]
