"""Doors: text messages people send us: who it is, what was written before, an answer in their language."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts.contacts import Way
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.forms import FormData, one
from transport.api.render import CATALOGUES, errors_of, page, see_other
from transport.booking.clients import callers, calls
from transport.booking.clients.callers import Caller
from transport.booking.clients.calls import CallReason
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import DEFAULT, LANGUAGES, Lang
from transport.kernel.i18n import mark as _
from transport.operations.messages import inbox, sms

router = APIRouter(
    prefix="/op/sms", dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)]
)
PREVIEW = 80


QUICK = {
    "read": _("We have your message and deal with it now."),
    "call": _("We call you within the hour."),
    "details": _("Please write from where, to where, on which day and at what time you want to go."),
    "number": _("Please write the number of the ride. It stands in our message."),
    "phone": _("Please call us on {phone}."),
    "cancelled": _("Your ride is cancelled. You pay nothing."),
    "thanks": _("Thank you for your message."),
}
"""Answers that are ready: sent in the language of whoever wrote."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the list with whoever may have written it."""

    id: int
    at: datetime
    text: str
    sender: str
    who: list[Caller]


@router.get("", name="op:sms")
def listed(request: Request, session: Reading, now: Now) -> Response:
    """What waits, whoever waits longest first; below it what was dealt with last."""

    def rows(found: list[inbox.InboundMessage]) -> list[Row]:
        return [
            Row(
                each.id or 0,
                each.received_at,
                each.text[:PREVIEW],
                each.sender,
                callers.at(session, each.sender, now=now),
            )
            for each in found
        ]

    return page(
        request,
        "operator/texts_in.html",
        waiting=rows(inbox.unhandled(session)),
        handled=rows(inbox.handled(session, limit=20)),
        done=request.query_params.get("hotovo", ""),
    )


@router.get("/{message_id:int}", name="op:sms.thread")
def thread(request: Request, message_id: int, session: Reading, services: Plugged, now: Now) -> Response:
    """All that was written between this number and us, and the answers that are ready."""
    return _page(request, session, message_id, services, now)


@router.post("/{message_id:int}/odpovedet", name="op:sms.reply")
def reply(request: Request, message_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Send a ready answer or one's own words; the message is dealt with by it. A second click sends nothing."""
    language = _language(one(data, "language"))
    quick = one(data, "quick")
    text = _ready(quick, language, services) if quick in QUICK else one(data, "text")
    with reading(services.database) as session:
        message = inbox.get(session, message_id)
        wrong: ServiceError | None = inbox.reply_fault(message, text)
        sender = message.sender
    key = one(data, "key")[:64] or secrets.token_urlsafe(18)
    if wrong is None:
        try:
            with reading(services.database) as session:
                sent = inbox.sent_already(session, key)
            if not sent:
                services.channels.send(Way.SMS, sender, text, language=language, key=key)
        except ServiceError as error:
            wrong = error
    if wrong is not None:
        with reading(services.database) as session:
            said = {"text": one(data, "text"), "language": language, "key": key}
            return _page(request, session, message_id, services, now, errors_of(request, wrong, "text"), said)
    with writing(services.database) as session:
        message = inbox.get(session, message_id)
        inbox.replied(session, message, text, key=key, language=language, by=me, now=now)
        if quick == "call":
            _promise(session, message, language, me, now)
    simulated = services.channels.kept is not None
    return see_other(f"/op/sms/{message_id}?hotovo={'nanecisto' if simulated else 'odeslano'}")


@router.post("/{message_id:int}/vyrizeno", name="op:sms.handled")
def handle(message_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Say that it is dealt with."""
    inbox.handle(session, message_id, by=me, now=now)
    return see_other("/op/sms?hotovo=vyrizeno")


@router.post("/{message_id:int}/vratit", name="op:sms.reopened")
def reopen(message_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Put it back among those that wait."""
    inbox.reopen(session, message_id, by=me, now=now)
    return see_other(f"/op/sms/{message_id}")


def _promise(session: Session, message: inbox.InboundMessage, language: Lang, me: Actor, now: datetime) -> None:
    """We said that we call: it stands on the list of calls."""
    who = callers.at(session, message.sender, now=now)
    calls.ask(
        session,
        reason=CallReason.OTHER,
        client=who[0].client if who else None,
        phone=message.sender,
        name=who[0].name if who else "",
        language=language,
        source=f"sms:{message.id}",
        due_at=now,
        by=me,
        now=now,
    )


def _page(
    request: Request,
    session: Session,
    message_id: int,
    services: Services,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    message = inbox.get(session, message_id)
    who = callers.at(session, message.sender, now=now)
    language = _language(said["language"] if said else who[0].client.language if who else DEFAULT)
    answers = {code: _ready(code, language, services) for code in QUICK}
    return page(
        request,
        "operator/thread.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={"text": "", "key": secrets.token_urlsafe(18), **(said or {})},
        message=message,
        lines=inbox.thread(session, message.sender),
        who=who,
        answers=[(code, text, sms.segments(text)) for code, text in answers.items()],
        language=language,
        spoken_in=LANGUAGES,
        longest=inbox.LONGEST_REPLY,
        done=request.query_params.get("hotovo", ""),
    )


def _ready(code: str, language: Lang, services: Services) -> str:
    """A ready answer as it is sent: without diacritics where that makes it shorter and the language allows it."""
    text = CATALOGUES[language].text(QUICK[code]).format(phone=services.policies.service.phone)
    return text if language == "uk" else sms.without_diacritics(text)


def _language(said: str) -> Lang:
    return next((each for each in LANGUAGES if each == said), DEFAULT)
