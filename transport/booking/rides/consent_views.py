"""What people read of an order that waits for somebody's yes: the whole order, who prepared it, what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients import queries as clients
from transport.booking.clients.models import Client, Power
from transport.booking.rides import consents, drafts, queries
from transport.booking.rides.models import BookingDraft, Consent, ConsentOf, ConsentOutcome
from transport.booking.rides.queries import RideView
from transport.booking.rides.wishing import LegWish, Priced
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.routing.geo.models import Place


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One question. `state`: its outcome, or why nobody can answer it any more: `late`, `changed`, `revoked`.

    `legs` and the places are there while the prepared order is still the one that was asked about; `rides` once
    somebody said yes. `wanted_of` are the names of those who may decide; `may_decide`: so may whoever looks.
    """

    consent: Consent
    state: str
    client: Client
    prepared_by: str
    wanted_of: tuple[str, ...]
    may_decide: bool
    legs: tuple[tuple[LegWish, Priced], ...]
    origin: Place | None
    destination: Place | None
    companions: int
    rides: tuple[RideView, ...]

    @property
    def price(self) -> int:
        """What the client pays for all legs, in haléře."""
        return sum(priced.price for _, priced in self.legs)


def view(session: Session, consent: Consent, *, by: Actor, now: datetime) -> ConsentView:
    """The question with all that a page shows of it; doors have it from `consents.get`, which says whose it is."""
    draft = session.get(BookingDraft, consent.draft_key) if consent.draft_key else None
    legs: tuple[tuple[LegWish, Priced], ...] = ()
    companions = 0
    if draft is not None and consents.as_asked(draft, consent):
        order, chosen = drafts.order(draft), drafts.chosen(draft)
        legs = tuple((leg, chosen[leg.leg]) for leg in order.legs)
        companions = len(order.companions)
    given = consent.outcome is ConsentOutcome.GIVEN and draft is not None and draft.request_id is not None
    state = _state(session, consent, draft, now)
    return ConsentView(
        consent=consent,
        state=state,
        client=session.get_one(Client, consent.client_id),
        prepared_by=session.get_one(User, consent.asked_by).name,
        wanted_of=_wanted_of(session, consent, now),
        may_decide=state == ConsentOutcome.PENDING and consents.may_decide(session, consent, by, now),
        legs=legs,
        origin=session.get(Place, legs[0][0].origin) if legs else None,
        destination=session.get(Place, legs[0][0].destination) if legs else None,
        companions=companions,
        rides=tuple(queries.of_request(session, draft.request_id or 0)) if given and draft is not None else (),
    )


def waiting(session: Session, client_id: int, *, by: Actor, now: datetime) -> list[ConsentView]:
    """What waits for somebody's yes about a client, the soonest to end first."""
    return [view(session, consent, by=by, now=now) for consent in consents.waiting(session, client_id, by=by, now=now)]


def _state(session: Session, consent: Consent, draft: BookingDraft | None, now: datetime) -> str:
    if consent.outcome is not ConsentOutcome.PENDING:
        return consent.outcome.value
    if draft is None or consent.until < now:
        return "late"
    if not consents.as_asked(draft, consent):
        return "changed"
    return consent.outcome.value if consents.prepared_well(session, consent, now) else "revoked"


def _wanted_of(session: Session, consent: Consent, now: datetime) -> tuple[str, ...]:
    """The client, or the representatives and organisations with a mandate to book, but for whoever asks."""
    today = local_day(now)
    alone = mandates.decides_alone(session, consent.client_id, Power.BOOK, on=today)
    if consent.wanted_of is ConsentOf.CLIENT and alone:
        return (session.get_one(Client, consent.client_id).name,)
    return tuple(
        each.person or each.organisation
        for each in clients.representatives(session, consent.client_id)
        if Power.BOOK in each.mandate.powers
        and each.mandate.in_force(today)
        and (each.mandate.user_id is not None or each.mandate.organisation_id is not None)
        and each.mandate.user_id != consent.asked_by
    )
