"""What there is in the demo besides tomorrow's orders, counted in the database as it stands."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, func, select

from transport.booking.clients.models import CallBack, Mandate, Organisation, Registration
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import (
    CaseState,
    Consent,
    ConsentOutcome,
    NoShowCase,
    Ride,
    WaitingState,
    WaitingWish,
)
from transport.booking.standing.models import DateState, StandingDate, StandingOrder, StandingPause
from transport.operations.driving.models import BoardingProposal, BoardingState
from transport.operations.messages import reviewing
from transport.operations.messages.models import InboundMessage
from transport.operations.quality.models import Complaint, Feedback
from transport.routing.planning.models import Estimate, Promise, PromiseKind


@dataclass(frozen=True, slots=True)
class Life:
    """Counts of rows: dates of standing orders by answer, rides by what became of them, whoever waits.

    `boarding_times`: proposed ones; `letters`: from people, `letters_to_print`: to people.
    """

    standing_orders: int
    standing_placed: int
    standing_denied: int
    standing_dropped: int
    pauses: int
    waiting: int
    waiting_offered: int
    will_call: int
    changed: int
    cancelled: int
    cancelled_late: int
    unconfirmed: int
    completed: int
    absences_open: int
    estimates: int
    letters: int
    mandates: int
    organisations: int
    consents_pending: int
    boarding_times: int
    letters_to_print: int
    calls: int
    texts: int
    registrations: int


def of(session: Session) -> Life:
    """Count it all."""

    def rows(table: type[SQLModel], *conditions: ColumnElement[bool] | bool) -> int:
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()

    def dates(state: DateState) -> int:
        return rows(StandingDate, StandingDate.state == state)

    def wishes(state: WaitingState) -> int:
        return rows(WaitingWish, WaitingWish.state == state)

    cancelled = Ride.status == Status.CANCELLED
    to_call = select(Promise.id).where(Promise.kind == PromiseKind.WILL_CALL)
    return Life(
        standing_orders=rows(StandingOrder),
        standing_placed=dates(DateState.PLACED),
        standing_denied=dates(DateState.DENIED),
        standing_dropped=dates(DateState.DROPPED),
        pauses=rows(StandingPause),
        waiting=wishes(WaitingState.WAITING),
        waiting_offered=wishes(WaitingState.OFFERED),
        will_call=rows(Ride, Ride.status == Status.CONFIRMED, col(Ride.promise_id).in_(to_call)),
        changed=rows(Ride, col(Ride.replaced_by).is_not(None)),
        cancelled=rows(Ride, cancelled, col(Ride.replaced_by).is_(None)),
        cancelled_late=rows(Ride, cancelled, col(Ride.late).is_(True)),
        unconfirmed=rows(Ride, Ride.status == Status.REQUESTED),
        completed=rows(Ride, Ride.status == Status.COMPLETED),
        absences_open=rows(NoShowCase, NoShowCase.state == CaseState.OPEN),
        estimates=rows(Estimate),
        letters=rows(Feedback) + rows(Complaint),
        mandates=rows(Mandate),
        organisations=rows(Organisation),
        consents_pending=rows(Consent, Consent.outcome == ConsentOutcome.PENDING),
        boarding_times=rows(BoardingProposal, BoardingProposal.state == BoardingState.OPEN),
        letters_to_print=len(reviewing.letters(session)),
        calls=rows(CallBack, col(CallBack.done_at).is_(None)),
        texts=rows(InboundMessage, col(InboundMessage.handled_at).is_(None)),
        registrations=rows(Registration, col(Registration.sent_at).is_not(None)),
    )
