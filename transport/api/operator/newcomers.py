"""Doors: somebody new is on the telephone. One short form, and they may order in the same call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import needing, placing
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked, require
from transport.api.forms import Fields, FormData, one, several
from transport.api.public import registering
from transport.api.public.registering import NOT_HERE, Errors, Paper
from transport.api.render import page, say, see_other
from transport.booking.clients import eligibility, intake, speaking, spelling
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.queries import search
from transport.bootstrap import Services
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.i18n import LANGUAGES

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
FIELDS = (
    "first_name", "last_name", "born", "phone", "email", "language", "address", "bell", "stairs", "door_note", "pick",
    "resident", "ground", "card_number", "valid_until", "card_seen", "another",
)  # fmt: skip


@router.get("/op/klient/novy", name="op:client.new")
def ask(request: Request, session: Reading, services: Plugged, now: Now, tel: str = "", jmeno: str = "") -> Response:
    """The form; from a call or a search that found nobody, number and name stand in it."""
    first, _, last = " ".join(jmeno.split()).rpartition(" ")
    known: Fields = {"phone": tel, "first_name": first, "last_name": last, "language": "cs", "companions": "0"}
    return _form(request, session, services, now, {**known, "assistance": "door"}, {})


@router.post("/op/klient/novy", name="op:client.add")
def add(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Enter the client, or show the form again with what is missing, with addresses to choose from."""
    address = ""
    with writing(services.database) as session:
        said, wrong = _read(session, services, now, data)
        if not wrong:
            try:
                with session.begin_nested():
                    language = one(data, "language")
                    entered = intake.enter(session, said, language=language, by=me, now=now)
                    address = f"/op/registrace/{entered.id}?hotovo=novy"
            except (Invalid, Conflict) as error:
                wrong = {error.field or "first_name": Invalid(error.code, field=error.field, **error.facts)}
    if wrong:
        with reading(services.database) as session:
            return _form(request, session, services, now, data, wrong)
    return see_other(address)


def _read(session: Session, services: Services, now: datetime, data: Fields) -> tuple[dict[str, Any], Errors]:
    """All answers together, read by the rules of the registration on the web; everything that is wrong at once."""
    said: dict[str, Any] = {"card_seen": bool(one(data, "card_seen")), "another": bool(one(data, "another"))}
    wrong: Errors = {}

    def take(step: str, sent: Fields) -> None:
        noted, faults = registering.taken(Paper(session, said, services, now), step, sent)
        said.update(noted)
        wrong.update(faults)

    take("jmeno", data)
    take("adresa", data)
    if "address" not in wrong:
        take("misto", {**data, "pick": _picked(session, services, said, data, now)})
    door, faults = placing.door(data)
    said["door"] = door
    wrong.update(faults)
    ways = speaking.possible(spelling.phone(one(data, "phone")) or "", one(data, "email"))
    take("kontakt", {**data, "channel": ways[0].value if ways else ""})
    if "channel" in wrong:
        wrong["speaking"] = wrong.pop("channel")
    if "born" in said:
        take("narok", {**data, **_entitlement(said, services, now, data)})
    if "pick" in wrong:  # once the address is chosen, it says it
        wrong.pop("resident", None)
    needs, faults = needing.asked(" ".join(needing.PARTS), data, Paper(session, said, services, now).policy)
    said["needs"] = needs
    wrong.update(faults)
    if one(data, "language") not in LANGUAGES:
        wrong["language"] = Invalid("client.language_missing", field="language")
    return said, wrong


def _picked(session: Session, services: Services, said: Mapping[str, Any], data: Fields, now: datetime) -> str:
    """The address that was chosen; the only one that was found needs no choice."""
    chosen = one(data, "pick")
    marks = [mark for mark, _ in registering.shown(Paper(session, said, services, now), "misto", None)["exact"]]
    if chosen in {*marks, NOT_HERE}:
        return chosen
    return marks[0] if len(marks) == 1 else ""


def _entitlement(said: Mapping[str, Any], services: Services, now: datetime, data: Fields) -> Fields:
    """What need not be asked: age is a ground of its own, and an address in the city is a home there."""
    rules = services.policies.on(now.date()).eligibility
    resident = one(data, "resident")
    if not resident and said.get("town"):
        resident = "yes" if said["town"] == rules.residence else "no"
    born = datetime.fromisoformat(said["born"]).date()
    old = eligibility.age_on(born, now.date()) >= rules.min_age
    ground = one(data, "ground") or (Ground.AGE.value if old else "")
    return {"resident": resident, "ground": ground, "card_to_driver": "" if one(data, "card_number") else "yes"}


def _form(
    request: Request, session: Session, services: Services, now: datetime, data: Fields, wrong: Errors
) -> Response:
    said: dict[str, Any] = {"address": one(data, "address"), "pick": one(data, "pick")}
    paper = Paper(session, said, services, now)
    found = registering.shown(paper, "misto", None) if one(data, "address") and wrong else {"exact": [], "streets": []}
    name = f"{one(data, 'first_name')} {one(data, 'last_name')}".strip()
    return page(
        request,
        "operator/newcomer.html",
        status_code=422 if wrong else 200,
        errors={field: say(request, error) for field, error in wrong.items()},
        values={field: one(data, field) for field in FIELDS},
        speaking=several(data, "speaking"),
        form=needing.typed(data),
        options=needing.options(paper.policy),
        rules=paper.policy.eligibility,
        found=found["exact"],
        streets=found["streets"],
        asked="pick" in wrong or bool(one(data, "pick")),
        not_here=NOT_HERE,
        known=search(session, name, limit=5) if "another" in wrong else [],
        spoken_in=LANGUAGES,
    )
