"""Doors: all that waits for a person at the call centre, with how many of each."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Now, Reading, require
from transport.api.render import page
from transport.booking.clients import calls, expiring, intake
from transport.booking.rides import queries as rides
from transport.kernel.actor import Role
from transport.kernel.clock import local_day
from transport.kernel.i18n import mark as _
from transport.operations.messages import inbox
from transport.operations.quality import feedback

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
SOON = 30
"""Days before a card or a mandate ends in which somebody calls."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue: what it is called (an English text for `_`), how many wait, where it is."""

    label: str
    count: int
    address: str


def waiting_counts(session: Session, now: datetime) -> list[Waiting]:
    """Every queue of the call centre with how many wait in it now, the most urgent kind first."""
    return [
        Waiting(_("Call-backs"), calls.due(session, now=now), "/op/hovory"),
        Waiting(_("Text messages"), inbox.count(session), "/op/sms"),
        Waiting(_("Freed places without an answer"), len(rides.waits_offered(session)), "/op/uvolnena"),
        Waiting(_("Registrations"), intake.count(session), "/op/registrace"),
        Waiting(_("Complaints"), len(feedback.unanswered(session)), "/op/stiznosti"),
        Waiting(_("Opinions that want an answer"), len(feedback.opinions_to_answer(session)), "/op/nazory"),
        Waiting(_("Ending cards and mandates"), len(to_call(session, now)), "/op/konci"),
    ]


def to_call(session: Session, now: datetime) -> list[expiring.Ending]:
    """What ends within a month, or has just ended, and nobody has been put on the list of calls for."""
    found = expiring.ending(session, on=local_day(now), days=SOON)
    asked = calls.asked_for(session, [each.source for each in found])
    return [each for each in found if each.source not in asked]


@router.get("/op/fronta", name="op:queues")
def start(request: Request, session: Reading, now: Now) -> Response:
    """All queues, those where nobody waits too."""
    return page(request, "operator/queues.html", queues=waiting_counts(session, now))
