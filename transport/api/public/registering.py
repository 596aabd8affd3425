"""The questions of a registration: what each page shows, and what each answer becomes or what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from transport.accounts import contacts
from transport.api.client import cards, finding, needing, placing, written
from transport.api.forms import Fields, one, several
from transport.booking.clients import clients, eligibility, registering, speaking, spelling
from transport.booking.clients.eligibility import Ground, Person
from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy
from transport.routing.geo import places

STEPS: dict[str, tuple[str, ...]] = {
    "jmeno": ("first_name",),
    "adresa": ("home",),
    "dvere": ("door",),
    "kontakt": ("channel",),
    "narok": ("ground",),
    "pohyb": ("pohyb",),
    "vnimani": ("vnimani",),
    "dalsi": ("dalsi",),
    "zastupce": ("representative",),
}
"""The steps in their order, and the answer that each of them waits for."""

SEARCH, CHECK = "misto", "kontrola"
NOT_HERE = "not_here"

Errors = dict[str, Invalid]


@dataclass(frozen=True, slots=True)
class Paper:
    """One registration on the desk: its answers, the rules of today, where addresses are looked for."""

    session: Session
    said: Mapping[str, Any]
    services: Services
    now: datetime

    @property
    def today(self) -> date:
        """The present day in the city."""
        return local_day(self.now)

    @property
    def policy(self) -> Policy:
        """The rules of today."""
        return self.services.policies.on(self.today)

    @property
    def old_enough(self) -> bool:
        """Whether age alone is enough to ride."""
        born = date.fromisoformat(self.said["born"])
        return eligibility.age_on(born, self.today) >= self.policy.eligibility.min_age


def open_step(said: Mapping[str, Any]) -> str:
    """The first step that is not answered; the check if all are."""
    return next((step for step, wanted in STEPS.items() if any(_is_open(said, name) for name in wanted)), CHECK)


def may_see(said: Mapping[str, Any], step: str) -> bool:
    """Whether all steps before this one are answered."""
    order = [*STEPS, CHECK]
    return order.index("adresa" if step == SEARCH else step) <= order.index(open_step(said))


def before(step: str) -> str:
    """The step one comes from."""
    order = [*STEPS, CHECK]
    return "adresa" if step == SEARCH else order[order.index(step) - 1]


def shown(paper: Paper, step: str, data: Fields | None) -> dict[str, Any]:
    """What the page of a step shows beside the answers; `data`: what was sent and is wrong."""
    return _SHOWN[step](paper, data)


def taken(paper: Paper, step: str, data: Fields) -> tuple[dict[str, Any], Errors]:
    """What an answer becomes, or what is wrong with it by field."""
    return _TAKEN[step](paper, data)


def reasons(paper: Paper) -> list[str]:
    """Codes why, by what was written, this person may not ride today; empty if they may order at once."""
    said = paper.said
    evidence: tuple[_Card, ...] = ()
    if said["ground"] in set(paper.policy.eligibility.cards):
        until = date.fromisoformat(said["valid_until"]) if said.get("valid_until") else None
        evidence = (_Card(Ground(said["ground"]), paper.today, until, paper.today),)
    person = Person(date.fromisoformat(said["born"]), said["municipality"], evidence)
    return eligibility.reasons(person, paper.today, paper.policy, companions=1)


@dataclass(frozen=True, slots=True)
class _Card:
    ground: Ground
    valid_from: date
    valid_until: date | None
    recorded_on: date
    verified: bool = False


def _is_open(said: Mapping[str, Any], name: str) -> bool:
    return name not in said or (name == "door" and said[name] is None)


def _said(paper: Paper, data: Fields | None, *names: str) -> dict[str, Any]:
    values = {name: (one(data, name) if data is not None else paper.said.get(name) or "") for name in names}
    return {"form": values}


def _name(paper: Paper, data: Fields | None) -> dict[str, Any]:
    found = _said(paper, data, "first_name", "last_name", "born")
    if data is None and paper.said.get("born"):
        born = date.fromisoformat(paper.said["born"])
        found["form"]["born"] = f"{born.day}. {born.month}. {born.year}"
    return found


def _take_name(paper: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    wrong: Errors = {}
    noted: dict[str, Any] = {}
    for field in ("first_name", "last_name"):
        noted[field] = written.name(one(data, field))
        unusable = clients.name_fault(noted[field], field)
        if unusable is not None:
            wrong[field] = unusable
    born = written.birth_date(one(data, "born"), paper.today)
    if born is None:
        wrong["born"] = Invalid("registration.born_unclear", field="born")
    elif not 0 <= eligibility.age_on(born, paper.today) <= 125:
        wrong["born"] = Invalid("client.born_unlikely", field="born")
    else:
        noted["born"] = born.isoformat()
    return noted, wrong


def _address(paper: Paper, data: Fields | None) -> dict[str, Any]:
    return _said(paper, data, "address")


def _take_address(_: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    words = written.address(one(data, "address"))[: finding.LONGEST]
    wrong = {} if words else {"address": Invalid("registration.address_missing", field="address")}
    return {"address": words}, wrong


def _search(paper: Paper, data: Fields | None) -> dict[str, Any]:
    hits = places.search(paper.session, paper.services.addresses, paper.said.get("address", ""), finding.SHOWN)
    return {
        **_said(paper, data, "address"),
        "exact": [(finding.mark(hit), hit) for hit in hits if hit.precise],
        "streets": [hit for hit in hits if not hit.precise],
        "chosen": one(data or {}, "pick"),
    }


def _take_found(paper: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    chosen = one(data, "pick")
    if chosen == NOT_HERE:
        return {"home": None, "where": paper.said.get("address", ""), "town": "", "door": {}}, {}
    for mark, hit in _search(paper, None)["exact"]:
        if mark == chosen:
            place = places.keep(paper.session, hit)
            door = paper.said.get("door") or None  # a house found after all has a door to ask about
            where = place.address or place.name
            return {"home": place.id, "where": where, "town": place.municipality, "door": door}, {}
    return {}, {"pick": Invalid("registration.pick_missing", field="pick")}


def _door(paper: Paper, data: Fields | None) -> dict[str, Any]:
    form = placing.typed(data) if data is not None else placing.form(paper.said.get("door") or {})
    return {"form": form}


def _take_door(_: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    door, wrong = placing.door(data)
    return {"door": door}, wrong


def _contact(paper: Paper, data: Fields | None) -> dict[str, Any]:
    found = _said(paper, data, "phone", "email", "channel")
    ticked = [name for name in ("no_calls", "slowly", "diacritics") if paper.said.get(name)]
    found["form"]["speaking"] = ticked if data is None else several(data, "speaking")
    return found


def _take_contact(_: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    wrong: Errors = {}
    phone, email = written.phone(one(data, "phone")), written.email(one(data, "email"))
    number = contacts.phone(phone) if phone else ""
    if number is None:
        wrong["phone"] = Invalid("client.phone_unusable", field="phone")
    address = contacts.email(email) if email else ""
    if address is None:
        wrong["email"] = Invalid("client.email_unusable", field="email")
    if not phone and not email:
        wrong["phone"] = Invalid("client.contact_missing", field="phone")
    ticked = several(data, "speaking")
    noted: dict[str, Any] = {"phone": number or "", "email": address or ""}
    noted |= {name: name in ticked for name in ("no_calls", "slowly", "diacritics")}
    if not wrong:
        noted["channel"] = one(data, "channel")
        refused = speaking.fault(noted["channel"], noted["phone"], noted["email"], no_calls=noted["no_calls"])
        if refused is not None:
            wrong["channel"] = Invalid(refused, field="channel")
    return noted, wrong


def _ground(paper: Paper, data: Fields | None) -> dict[str, Any]:
    found = _said(paper, data, "ground", "card_number", "valid_until", "resident")
    if data is None and paper.said.get("valid_until"):
        until = date.fromisoformat(paper.said["valid_until"])
        found["form"]["valid_until"] = f"{until.day}. {until.month}. {until.year}"
    shows = paper.said.get("card_to_driver") if data is None else one(data, "card_to_driver")
    rules = paper.policy.eligibility
    return {**found, "rules": rules, "old_enough": paper.old_enough, "card_to_driver": bool(shows)}


def _take_ground(paper: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    rules, wrong = paper.policy.eligibility, Errors()
    ground, resident = one(data, "ground"), one(data, "resident")
    offered = {*(card.value for card in rules.cards), Ground.OTHER.value}
    if paper.old_enough:
        offered.add(Ground.AGE.value)
    noted: dict[str, Any] = {"ground": ground, "resident": resident, "card_number": "", "valid_until": None}
    noted["municipality"] = rules.residence if resident == "yes" else paper.said.get("town", "")
    if rules.residence and resident not in {"yes", "no"}:
        wrong["resident"] = Invalid("registration.residence_missing", field="resident", city=rules.residence)
    if resident == "no" and noted["municipality"] == rules.residence:
        noted["municipality"] = ""
    if ground not in offered:
        wrong["ground"] = Invalid("registration.ground_missing", field="ground")
    elif ground in set(rules.cards):
        _card(paper, data, noted, wrong)
    noted["no_card"] = ground == Ground.OTHER.value
    return noted, wrong


def _card(paper: Paper, data: Fields, noted: dict[str, Any], wrong: Errors) -> None:
    noted["card_to_driver"] = bool(one(data, "card_to_driver"))
    number, last, faults = cards.read(data, paper.today, number_needed=not noted["card_to_driver"])
    noted["card_number"], noted["valid_until"] = number, last and last.isoformat()
    wrong |= faults


def _needs(part: str) -> Callable[[Paper, Fields | None], dict[str, Any]]:
    def show(paper: Paper, data: Fields | None) -> dict[str, Any]:
        form = needing.form(paper.said.get("needs") or {}) if data is None else needing.typed(data)
        return {"form": form, "options": needing.options(paper.policy), "part": part}

    return show


def _take_needs(part: str) -> Callable[[Paper, Fields], tuple[dict[str, Any], Errors]]:
    def take(paper: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
        told, wrong = needing.asked(part, data, paper.policy)
        return {"needs": {**(paper.said.get("needs") or {}), **told}, part: True}, wrong

    return take


def _other(paper: Paper, data: Fields | None) -> dict[str, Any]:
    return _said(paper, data, "representative", "other_name", "other_contact")


def _take_other(paper: Paper, data: Fields) -> tuple[dict[str, Any], Errors]:
    wrong: Errors = {}
    kind = one(data, "representative")
    noted: dict[str, Any] = {"representative": kind, "call": kind == "call", "other_name": "", "other_contact": ""}
    if kind not in {"nobody", "call", "person"}:
        wrong["representative"] = Invalid("registration.representative_missing", field="representative")
    if kind == "person":
        noted["other_name"] = written.name(one(data, "other_name"))
        typed = one(data, "other_contact")
        contact = contacts.email(written.email(typed)) if "@" in typed else contacts.phone(written.phone(typed))
        if not spelling.plain(noted["other_name"]) or len(noted["other_name"]) > 80:
            wrong["other_name"] = Invalid("client.name_unusable", field="other_name", most=80)
        if not contact:
            wrong["other_contact"] = Invalid("registration.other_contact_missing", field="other_contact")
        elif contact in {paper.said.get("phone"), paper.said.get("email")}:
            wrong["other_contact"] = Invalid("registration.other_contact_own", field="other_contact")
        noted["other_contact"] = contact or ""
    return noted, wrong


def _check(paper: Paper, _: Fields | None) -> dict[str, Any]:
    return {
        "said": paper.said,
        "born": date.fromisoformat(paper.said["born"]),
        "needs": registering.told(paper.said["needs"]),
        "valid_until": paper.said.get("valid_until") and date.fromisoformat(paper.said["valid_until"]),
        "reasons": reasons(paper),
        "answered_by": registering.answered_by(paper.today, paper.services.world.calendar),
    }


_SHOWN: dict[str, Callable[[Paper, Fields | None], dict[str, Any]]] = {
    "jmeno": _name,
    "adresa": _address,
    SEARCH: _search,
    "dvere": _door,
    "kontakt": _contact,
    "narok": _ground,
    **{part: _needs(part) for part in needing.PARTS},
    "zastupce": _other,
    CHECK: _check,
}
_TAKEN: dict[str, Callable[[Paper, Fields], tuple[dict[str, Any], Errors]]] = {
    "jmeno": _take_name,
    "adresa": _take_address,
    SEARCH: _take_found,
    "dvere": _take_door,
    "kontakt": _take_contact,
    "narok": _take_ground,
    **{part: _take_needs(part) for part in needing.PARTS},
    "zastupce": _take_other,
}
