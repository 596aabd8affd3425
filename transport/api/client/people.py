"""Doors: whom one acts for, whose mandate is ending or over, and what others ask one to do for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting
from transport.api.deps import Me, Now, Reading, Writing, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import page, see_other, words_of
from transport.booking.clients import invitations, mandates, organisations, spelling
from transport.booking.clients.mandates import ActsFor
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.kernel.i18n import Catalogue

MANY = 10
"""With more people than this there is a field to search by name."""
WARNED = 60
"""Days before its end from which a mandate is said to be ending; also how long one that is over is still shown."""

LONGEST = 80

MandateId = Annotated[int, Path(ge=1)]
router = APIRouter(dependencies=[Depends(csrf_checked)])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to choose: what one may do for them, and how many days the mandate still lasts if that is not long."""

    code: str
    name: str
    oneself: bool
    mandate: str
    organisations: str
    may: str
    may_not: str
    together: bool
    alone: bool
    asks: bool
    may_prepare: bool
    days_left: int | None


@router.get("/moje/za-koho", name="client:people")
def people(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Whom one may act for, to choose from."""
    if me.role in STAFF:
        return see_other("/op")
    return chooser(request, session, me, now)


@router.post("/moje/za-koho/{mandate_id}", name="client:people.answer")
def answer(request: Request, mandate_id: MandateId, session: Writing, me: Me, now: Now, data: FormData) -> Response:
    """Say yes or no to somebody who asks one to act for them."""
    decide = {"yes": invitations.accept, "no": invitations.decline}.get(one(data, "answer"))
    if decide is None:
        raise NotFound("page")
    decide(session, mandate_id, by=me, now=now)
    return see_other(f"/{request.path_params['lang']}/moje/za-koho")


def chooser(request: Request, session: Session, me: Actor, now: datetime) -> Response:
    """The page to choose a person on; it also says what to do when there is nobody to choose."""
    today, words = local_day(now), words_of(request)
    everybody = mandates.people(session, me, on=today)
    asked = request.query_params.get("q", "").strip()[:LONGEST]
    names = {each.id: each.name for each in organisations.of_member(session, me, on=today)}
    return page(
        request,
        "client/people.html",
        people=[described(words, each, names, today) for each in everybody if _is_meant(each, asked)],
        only_oneself=all(each.oneself for each in everybody),
        nobody=not everybody,
        many=len(everybody) > MANY,
        q=asked,
        invited=[
            (
                mandate.id,
                client.name,
                acting.valid(words, mandate.kind.value, mandate.valid_until),
                acting.listed(words, mandate.powers),
            )
            for client, mandate in invitations.waiting(session, me, on=today)
        ],
        ended=[
            (client.name, words.text(acting.KINDS[mandate.kind.value]), mandate.valid_until)
            for client, mandate in mandates.ended(session, me, on=today, days=WARNED)
        ],
        organisations=names,
    )


def is_over(session: Session, me: Actor, now: datetime, code: str | None) -> bool:
    """Whether one acted for the person with this code until lately: the chooser says what to do."""
    ended = mandates.ended(session, me, on=local_day(now), days=WARNED)
    return any(client.code == code for client, _ in ended)


def described(words: Catalogue, person: ActsFor, names: dict[int | None, str], today: date) -> Person:
    """One person in words."""
    powers = frozenset(power.value for power in person.powers)
    longest = None if person.oneself else person.longest
    left = None if longest is None or longest.valid_until is None else (longest.valid_until - today).days
    through = {mandate.organisation_id for mandate in person.mandates} & set(names)
    return Person(
        code=person.client.code,
        name=person.client.name,
        oneself=person.oneself,
        mandate="" if longest is None else acting.valid(words, longest.kind.value, longest.valid_until),
        organisations=", ".join(names[each] for each in names if each in through),
        may=acting.listed(words, powers),
        may_not=acting.listed(words, set(acting.POWERS) - powers),
        together=any(mandate.joint for mandate in person.mandates),
        alone=any(mandate.exclusive for mandate in person.mandates) and not person.oneself,
        may_prepare="prepare" in powers,
        asks="prepare" in powers and "book" not in powers,
        days_left=left if left is not None and left <= WARNED else None,
    )


def _is_meant(person: ActsFor, asked: str) -> bool:
    """Whether the name has all the words, each from its beginning, or the code begins so."""
    name = spelling.plain(person.client.name).split()
    wanted = spelling.plain(asked).split()
    named = all(any(part.startswith(word) for part in name) for word in wanted)
    return named or person.client.code.startswith(asked.replace(" ", "").upper())
