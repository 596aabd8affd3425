"""In words: for whom somebody acts, by which mandate, and what it lets them do."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from fastapi import Request
from sqlmodel import Session

from transport.accounts import contacts
from transport.api.client.sheet import Sheet
from transport.api.render import words_of
from transport.booking.clients import mandates, queries
from transport.booking.clients.queries import Representative
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

KINDS = {
    "parent": _("parent"),
    "power_of_attorney": _("power of attorney"),
    "household_member": _("member of the household"),
    "guardian": _("guardian"),
    "guardian_limited": _("guardian because of limited capacity"),
    "supporter": _("support in deciding"),
}
POWERS = {
    "see": _("see the rides"),
    "prepare": _("prepare orders"),
    "book": _("order rides"),
    "cancel": _("cancel rides"),
    "manage": _("change the profile"),
    "complain": _("complain"),
}
"""The powers in the order in which they are read."""


def banner(request: Request, session: Session, code: str, me: Actor, now: datetime) -> dict[str, Any]:
    """For whom one acts, by which mandate, and the code that keeps the choice in addresses; nothing for oneself."""
    client = queries.coded(session, code)
    if client.user_id == me.user:
        return {}
    found = next((each for each in mandates.people(session, me, on=local_day(now)) if each.client.code == code), None)
    longest = found.longest if found is not None else None
    kind = None if longest is None else valid(words_of(request), longest.kind.value, longest.valid_until)
    return {"acting_for": client.name, "acting_kind": kind, "acting_code": client.code}


def of_order(request: Request, sheet: Sheet) -> dict[str, Any]:
    """The same for the order being written."""
    return {} if sheet.client is None else banner(request, sheet.session, sheet.client.code, sheet.by, sheet.now)


def valid(words: Catalogue, kind: str, until: date | None) -> str:
    """`plná moc do 31. 12. 2026`: the kind of a mandate and how long it lasts."""
    if until is None:
        return words.text(KINDS[kind])
    text = words.text(_("{kind} until {day}"))
    return text.format(kind=words.text(KINDS[kind]), day=words.day_full(until))


def listed(words: Catalogue, powers: Collection[str]) -> str:
    """Powers in words, in their order; empty for none."""
    return ", ".join(words.text(text) for power, text in POWERS.items() if power in powers)


def holder(representative: Representative) -> str:
    """Who has a mandate: a person, an organisation, a person of an organisation, or a contact that was invited."""
    names = [name for name in (representative.person, representative.organisation) if name]
    return ", ".join(names) or contacts.shown(representative.mandate.invited_contact)
