"""Doors: who may act for me, adding and removing them, and what they did for me."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting, deeds, spoken
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked
from transport.api.forms import Fields, FormData, one, several
from transport.api.render import errors_of, lang_of, page, see_other, words_of
from transport.booking.clients import invitations, mandates
from transport.booking.clients import queries as clients
from transport.booking.clients.acting import BY_CLIENT
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.kernel.i18n import Catalogue

TOLD = timedelta(days=90)
"""How far back the client reads what others did for them."""

PAGE = "/profil/zastupci"
GIVEN = ("power_of_attorney", "supporter")
"""What clients give by themselves, in the order of the form."""

USUAL = ("see", "prepare", "book", "cancel")
"""What is ticked until the client says otherwise."""

_FIELDS = {"valid_until": "until", "user": "contact"}

MandateId = Annotated[int, Path(ge=1)]
router = APIRouter(dependencies=[Depends(csrf_checked)])


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may act for the client, in words. `state`: `now`, `asked`, `later` or `over`."""

    id: int
    who: str
    kind: str
    may: str
    may_not: str
    since: date
    until: date | None
    state: str
    together: bool
    alone: str
    removable: bool


@router.get(PAGE, name="client:representatives")
def show(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Everybody who may act for me, and what they did."""
    client = clients.of_user(session, me.user or 0)
    if client is None:
        return see_other(f"/{request.path_params['lang']}/moje/za-koho")
    holders = _holders(session, words_of(request), client.id or 0, me, now)
    return page(
        request,
        "client/people/representatives.html",
        holders=[each for each in holders if each.state != "over"],
        over=[each for each in holders if each.state == "over"],
        may_add=_manages(session, client.id or 0, me, now),
        days=deeds.by_day(session, client.id or 0, words_of(request), since=now - TOLD),
        told_days=TOLD.days,
        done=request.query_params.get("hotovo", ""),
    )


@router.get(f"{PAGE}/pridat", name="client:representatives.new")
def ask(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Whom, by which contact, for what and how long."""
    if not _manages(session, _oneself(session, me), me, now):
        raise Forbidden("mandate.guardian_decides", power="manage")
    return _form(request, values={"powers": list(USUAL)})


@router.post(f"{PAGE}/pridat", name="client:representatives.add")
def add(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Offer a mandate to whoever logs in by this contact; the answer is the same whoever that is."""
    try:
        with writing(services.database) as session:
            invitations.invite(
                session,
                _oneself(session, me),
                name=one(data, "name"),
                contact=one(data, "contact"),
                kind=one(data, "kind"),
                powers=several(data, "powers"),
                valid_until=_last_day(one(data, "until"), local_day(now)),
                language=lang_of(request),
                by=me,
                now=now,
            )
    except Invalid as error:
        values = {**data, "powers": several(data, "powers")}
        errors = {_FIELDS.get(field, field): text for field, text in errors_of(request, error, "contact").items()}
        return _form(request, values=values, errors=errors)
    return see_other(f"/{request.path_params['lang']}{PAGE}?hotovo=pozvano")


@router.get(f"{PAGE}/{{mandate_id}}/odebrat", name="client:representatives.ask")
def ask_remove(request: Request, mandate_id: MandateId, session: Reading, me: Me, now: Now) -> Response:
    """What ends, before it ends."""
    holder = _holder(session, words_of(request), mandate_id, me, now)
    return page(request, "client/people/remove.html", holder=holder)


@router.post(f"{PAGE}/{{mandate_id}}/odebrat", name="client:representatives.remove")
def remove(request: Request, mandate_id: MandateId, session: Writing, me: Me, now: Now) -> Response:
    """End it at once."""
    client_id = _oneself(session, me)
    for each in clients.representatives(session, client_id):
        if each.mandate.id == mandate_id:
            mandates.revoke(session, each.mandate, by=me, now=now)
            return see_other(f"/{request.path_params['lang']}{PAGE}?hotovo=odebrano")
    raise NotFound("mandate")


def _form(request: Request, *, values: Fields, errors: dict[str, str] | None = None) -> Response:
    words = words_of(request)
    return page(
        request,
        "client/people/new.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values,
        kinds=[(kind, words.text(acting.KINDS[kind])) for kind in GIVEN],
        powers=[(power, words.text(text)) for power, text in acting.POWERS.items()],
    )


def _holders(session: Session, words: Catalogue, client_id: int, me: Actor, now: datetime) -> list[Holder]:
    may = _manages(session, client_id, me, now)
    today = local_day(now)
    return [_described(words, each, today, may=may) for each in clients.representatives(session, client_id)]


def _holder(session: Session, words: Catalogue, mandate_id: int, me: Actor, now: datetime) -> Holder:
    for each in _holders(session, words, _oneself(session, me), me, now):
        if each.id == mandate_id and each.state != "over":
            if not each.removable:
                raise Forbidden("mandate.only_staff")
            return each
    raise NotFound("mandate")


def _described(words: Catalogue, representative: clients.Representative, today: date, *, may: bool) -> Holder:
    mandate = representative.mandate
    powers = frozenset(power.value for power in mandate.powers)
    ended = mandate.revoked_at is not None or (mandate.valid_until is not None and mandate.valid_until < today)
    nobody = mandate.user_id is None and mandate.organisation_id is None
    return Holder(
        id=mandate.id or 0,
        who=acting.holder(representative),
        kind=words.text(acting.KINDS[mandate.kind.value]),
        may=acting.listed(words, powers),
        may_not=acting.listed(words, set(acting.POWERS) - powers),
        since=mandate.valid_from,
        until=local_day(mandate.revoked_at) if mandate.revoked_at else mandate.valid_until,
        state="over" if ended else "asked" if nobody else "now" if mandate.in_force(today) else "later",
        together=mandate.joint,
        alone=acting.listed(words, powers & {"book", "cancel", "manage"}) if mandate.exclusive else "",
        removable=may and mandate.kind in BY_CLIENT,
    )


def _oneself(session: Session, me: Actor) -> int:
    """The client who is logged in; NotFound for anybody else."""
    client = clients.of_user(session, me.user or 0)
    if client is None:
        raise NotFound("client.unknown")
    return client.id or 0


def _manages(session: Session, client_id: int, me: Actor, now: datetime) -> bool:
    """Whether the client decides alone who acts for them."""
    return "manage" in mandates.powers(session, client_id, me, on=local_day(now))


def _last_day(said: str, today: date) -> date | None:
    """The last day as it was written; empty is without end."""
    if not said:
        return None
    found = spoken.day_named(said, today)
    if found is None:
        raise Invalid("book.day_unclear", field="until")
    return found
