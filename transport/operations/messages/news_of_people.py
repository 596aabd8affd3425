"""What is to be told of orders and mandates: places that became free, consents, registrations, regular rides."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session

from transport.accounts import users
from transport.booking.clients import events as about_clients
from transport.booking.clients.models import Client, Mandate, RegistrationDecision
from transport.booking.rides.models import Consent, ConsentOutcome, Denial, WaitingWish
from transport.booking.standing.models import StandingOrder
from transport.kernel.clock import at
from transport.kernel.events import Event
from transport.kernel.policy import Policies
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import Follows, News, facts_of
from transport.routing.planning.models import Promise

NEXT_DAY = timedelta(days=1)


def place_free(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """A place is kept for somebody who waits, until they answer."""
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


def waiting_over(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Nothing became free, or nobody answered: nobody waits in silence."""
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


def registered(_session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """How a registration was decided; a question is asked by telephone."""
    kinds = {
        RegistrationDecision.VERIFIED: Kind.REGISTRATION_VERIFIED,
        RegistrationDecision.NOT_ENTITLED: Kind.REGISTRATION_REFUSED,
    }
    kind = kinds.get(RegistrationDecision(facts_of(event)["decision"]))
    if kind is not None:
        yield News(kind=kind, client_id=int(event.subject_id))


def mandate(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
    """Whoever is asked to act for somebody is told, and the client once they have said yes."""
    mandate = session.get(Mandate, facts_of(event)["mandate"])
    if mandate is None or mandate.revoked_at is not None:
        return
    client = session.get_one(Client, mandate.client_id)
    if event.kind == about_clients.MANDATE_GRANTED:
        if mandate.invited_contact and mandate.user_id is None:
            yield News(kind=Kind.MANDATE_OFFERED, client_id=mandate.client_id, who=client.name, mandate=mandate)
    elif mandate.user_id is not None:
        names = users.names(session, {mandate.user_id})
        yield News(kind=Kind.MANDATE_ACCEPTED, client_id=mandate.client_id, who=names[mandate.user_id])


def consent(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
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


def standing(kind: Kind) -> Follows:
    """A regular ride is paused, or ends."""

    def follows(session: Session, event: Event, _policies: Policies) -> Iterable[News]:
        order = session.get_one(StandingOrder, int(event.subject_id))
        facts = facts_of(event)
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
