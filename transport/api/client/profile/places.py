"""Doors: places the client goes to often: finding a new one, how to find the door, removing it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from transport.api.client import finding, placing, written
from transport.api.client.profile.person import Whose, editing, whose
from transport.api.client.sheet import known_place
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, say, see_other
from transport.booking.clients import clients, queries
from transport.bootstrap import Services
from transport.kernel.db import writing
from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo import places

router = APIRouter(prefix="/profil/mista")
OwnId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/nove", name="client:profile.place.new")
def search(request: Request, session: Reading, services: Plugged, me: Me, now: Now) -> Response:
    """Look for a place by name or address."""
    return _found(editing(request, session, me, now), services, request.query_params.get("q", ""))


@router.post("/nove", name="client:profile.place.add")
def add(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Save what was found under a name, then ask about its door."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        try:
            own_id = _add(there, services, data)
        except Invalid as error:
            session.rollback()
            errors = errors_of(request, error, "pick")
        else:
            return see_other(there.address(f"mista/{own_id}"))
        return _found(whose(request, session, me, now, data), services, one(data, "q"), errors, data)


@router.get("/{own_id}", name="client:profile.place")
def ask(request: Request, own_id: OwnId, session: Reading, me: Me, now: Now) -> Response:
    """How the driver finds the door."""
    there = editing(request, session, me, now)
    own = _own(there, own_id)
    form = {**placing.form(own.model_dump()), "label": own.label, "is_home": own.is_home}
    return _door(there, own, form)


@router.post("/{own_id}", name="client:profile.place.change")
def change(request: Request, own_id: OwnId, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep the name and the door of a place."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        own = _own(there, own_id)
        told, wrong = placing.door(data)
        errors = {field: say(request, error) for field, error in wrong.items()}
        label, is_home = one(data, "label"), bool(one(data, "is_home"))
        if not errors:
            try:
                clients.describe_place(
                    session,
                    there.person.client,
                    own,
                    label=label,
                    is_home=is_home,
                    by=me,
                    now=now,
                    **told,
                )
            except Invalid as error:
                session.rollback()
                errors = errors_of(request, error, "label")
        if errors:
            return _door(there, own, {**placing.typed(data), "label": label, "is_home": is_home}, errors)
        return there.saved()


@router.get("/{own_id}/odebrat", name="client:profile.place.leaving")
def leaving(request: Request, own_id: OwnId, session: Reading, me: Me, now: Now) -> Response:
    """Ask before a place is forgotten."""
    there = editing(request, session, me, now)
    own = _own(there, own_id)
    return there.page("place_remove", own=own, spot=known_place(session, own.place_id))


@router.post("/{own_id}/odebrat", name="client:profile.place.remove")
def remove(request: Request, own_id: OwnId, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Forget a place; a second click finds it gone."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        clients.remove_place(session, there.person.client, _own(there, own_id), by=me, now=now)
        return there.saved()


def _own(there: Whose, own_id: int) -> Any:  # noqa: ANN401 - a row of the room; doors do not name tables
    for own in queries.places(there.session, there.person.client.id or 0):
        if own.id == own_id:
            return own
    raise NotFound("place")


def _add(there: Whose, services: Services, data: Fields) -> int:
    label, chosen = " ".join(one(data, "label").split()), one(data, "pick")
    if not label:
        raise Invalid("place.label_missing", field="label")
    words = written.address(one(data, "q"))[: finding.LONGEST]
    for hit in places.search(there.session, services.addresses, words, finding.SHOWN) if words else ():
        if hit.precise and finding.mark(hit) == chosen:
            place = places.keep(there.session, hit)
            own = clients.add_place(
                there.session, there.person.client, place.id or 0, label=label, by=there.me, now=there.now
            )
            return own.id or 0
    raise Invalid("book.place_missing", field="pick")


def _found(
    there: Whose, services: Services, q: str, errors: dict[str, str] | None = None, data: Fields | None = None
) -> Response:
    words = written.address(q)[: finding.LONGEST]
    hits = places.search(there.session, services.addresses, words, finding.SHOWN) if words else []
    exact = [(finding.mark(hit), hit) for hit in hits if hit.precise]
    return there.page(
        "place_new",
        errors=errors if exact or not errors else {"q": next(iter(errors.values()))},
        q=words,
        exact=exact,
        streets=[hit for hit in hits if not hit.precise],
        form={"pick": one(data or {}, "pick"), "label": one(data or {}, "label")},
    )


def _door(there: Whose, own: Any, form: dict[str, Any], errors: dict[str, str] | None = None) -> Response:  # noqa: ANN401
    return there.page("place", errors=errors, own=own, spot=known_place(there.session, own.place_id), form=form)
