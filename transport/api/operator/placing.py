"""Where from and where to, as the operator types it: the client's own places first, then known places and addresses."""

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import finding, written
from transport.api.client.sheet import Sheet
from transport.api.client.spoken import plain_words
from transport.api.deps import Plugged, Reading, require
from transport.api.render import page
from transport.booking.clients import queries as clients
from transport.booking.rides import queries
from transport.bootstrap import Services
from transport.kernel.actor import Role
from transport.kernel.errors import Invalid
from transport.routing.geo import places

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to choose: what names it in the form, what is written in the field, where it is."""

    mark: str
    name: str
    where: str
    precise: bool
    usual: bool
    hit: places.Hit


@router.get("/op/misto", name="op:place")
def find(request: Request, session: Reading, services: Plugged) -> Response:
    """Places for what is typed; the fields of an order take them from here while somebody types."""
    asked, code = (request.query_params.get(name, "").strip() for name in ("q", "klient"))
    client_id = clients.coded(session, code).id or 0 if code else 0
    words = asked[: finding.LONGEST]
    found = suggestions(session, services, client_id, words)
    return page(request, "operator/places.html", q=words, code=code, found=found)


def suggestions(session: Session, services: Services, client_id: int, words: str) -> list[Choice]:
    """At most eight places: those the client goes to anyway, if their name begins so, then all others."""
    usual = _usual(session, client_id, words)
    searched = places.search(session, services.addresses, written.address(words), SHOWN) if words else []
    found = {each.mark: each for each in usual}
    for hit in searched:
        found.setdefault(finding.mark(hit), _choice(hit, hit.name))
    return list(found.values())[:SHOWN]


def settled(sheet: Sheet, services: Services, field: str, words: str, mark: str) -> int:
    """The place that is meant: the one that was chosen, or the only one that it can be.

    Raises Invalid("book.place_missing") for no words, Invalid("book.place_unclear") if somebody has to choose, and
    Invalid("place.house_number_missing") for a whole street.
    """
    if not words:
        raise Invalid("book.place_missing", field=field)
    client_id = sheet.draft.client_id or 0
    found = _usual(sheet.session, client_id, words)
    chosen = next((each for each in found if each.mark == mark), None)
    if chosen is None:  # not as always: search everywhere
        found = suggestions(sheet.session, services, client_id, words)
        chosen = next((each for each in found if each.mark == mark), None) or _only(found, words)
    if chosen is None:
        raise Invalid("book.place_unclear" if found else "place.unknown", field=field)
    if not chosen.precise:
        raise Invalid("place.house_number_missing", field=field)
    return places.keep(sheet.session, chosen.hit).id or 0


def _only(found: list[Choice], words: str) -> Choice | None:
    """What is meant without anybody choosing: the first usual place or alias that begins so, or the only find."""
    doors = [each for each in found if each.precise]
    if len(doors) == 1:
        return doors[0]
    first = next(iter(found), None)
    known = first is not None and first.hit.place_id is not None and first.hit.ruian is None
    return first if first is not None and (known or plain_words(first.name) == plain_words(words)) else None


def _usual(session: Session, client_id: int, words: str) -> list[Choice]:
    """Where the client goes anyway, if it begins so: own places, then those of the last rides."""
    own = clients.places(session, client_id)
    lately = queries.recent_places(session, client_id)
    labels = {each.place_id: each.label for each in own} | {each.id or 0: each.name for each in lately}
    hits = ((places.of_place(session, place_id), label) for place_id, label in labels.items())
    found = (_choice(hit, label, usual=True) for hit, label in hits)
    return [each for each in found if _begins(words, (each.name, each.where))]


def _choice(hit: places.Hit, name: str, *, usual: bool = False) -> Choice:
    return Choice(finding.mark(hit), name, hit.address, hit.precise, usual, hit)


def _begins(words: str, names: Collection[str]) -> bool:
    """Whether any word of a name begins with what is typed; nothing typed is the beginning of everything."""
    wanted = plain_words(words)
    return any(f" {wanted}" in f" {plain_words(name)}" for name in names)


def shown(session: Session, client_id: int, place_id: int) -> tuple[str, str]:
    """How a place stands in the form: what the client calls it, and what names it."""
    label = next((own.label for own in clients.places(session, client_id) if own.place_id == place_id), "")
    return label or places.of_place(session, place_id).name, f"p{place_id}"
