"""What cannot be true of the ledger, of mandates and of the trail of events."""

import json
import re
from collections.abc import Iterable, Iterator

from sqlmodel import select

from transport.booking.clients import spelling
from transport.booking.contracts import balance, queries
from transport.booking.contracts.balance import Balance, ContractUnit, EntryKind, Move
from transport.booking.rides.lifecycle import LIVE, Status
from transport.kernel.events import Event
from transport.operations.quality.impossible_plans import Finding
from transport.operations.quality.snapshot import Snapshot


def unbalanced_ledgers(look: Snapshot) -> Iterator[Finding]:
    """The laws of the ledger, entry by entry."""
    for fault in queries.faults(look.session):
        yield f"ledger {fault.split()[0]}", {"fault": fault}


def unreserved_metres(look: Snapshot) -> Iterator[Finding]:
    """Where metres are bought, a day has set aside exactly what its live runs drive."""
    sources = _sources(look, ContractUnit.METRES)
    for day in look.days:
        contract = look.contract_on(day)
        if contract is None or contract.unit is not ContractUnit.METRES:
            continue
        booked = sources.get(f"day:{day.isoformat()}", Balance())
        planned = sum(run.metres for run in look.runs.values() if run.day == day)
        if not booked.consumed and booked.reserved != planned:
            yield f"service_day {day}", {"reserved": booked.reserved, "planned": planned}


def unreserved_rides(look: Snapshot) -> Iterator[Finding]:
    """Where rides or persons are bought, each live ride has set its share aside, and no other has."""
    sources = _sources(look, ContractUnit.RIDES) | _sources(look, ContractUnit.PERSONS)
    for ride in look.rides.values():
        contract = look.contract_on(ride.day)
        if contract is None or contract.unit not in (ContractUnit.RIDES, ContractUnit.PERSONS):
            continue
        share = 1 if contract.unit is ContractUnit.RIDES else ride.persons
        booked = sources.get(f"ride:{ride.id}", Balance())
        due = share if ride.status in LIVE else 0
        unpaid = ride.status is Status.COMPLETED and not booked.consumed and ride.id not in look.by_taxi
        if booked.reserved != due or unpaid:
            yield f"ride {ride.id}", {"reserved": booked.reserved, "due": due, "consumed": booked.consumed}


def unreserved_shifts(look: Snapshot) -> Iterator[Finding]:
    """Where vehicle minutes are bought, each shift has set its minutes aside or used them up."""
    sources = _sources(look, ContractUnit.VEHICLE_MINUTES)
    for shift in look.on_duty:
        contract = look.contract_on(shift.day)
        if contract is None or contract.unit is not ContractUnit.VEHICLE_MINUTES:
            continue
        booked = sources.get(f"shift:{shift.id}", Balance())
        if not booked.consumed and booked.reserved != shift.minutes:
            yield f"shift {shift.id}", {"reserved": booked.reserved, "minutes": shift.minutes}


def backward_mandates(look: Snapshot) -> Iterator[Finding]:
    """A mandate begins before it ends."""
    for mandate in look.mandates:
        if mandate.valid_until is not None and mandate.valid_until < mandate.valid_from:
            yield f"mandate {mandate.id}", {"from": mandate.valid_from, "until": mandate.valid_until}


def names_in_events(look: Snapshot) -> Iterator[Finding]:
    """The trail of events holds ids and numbers; forgetting a client must not touch it."""
    private = {
        word
        for client in look.clients.values()
        for word in (spelling.plain(client.last_name), client.phone, client.email.casefold())
        if word
    }
    for event_id, facts in look.session.exec(select(Event.id, Event.facts)):
        for text in _texts(json.loads(facts)):
            words = {*spelling.plain(text).split(), *re.split(r"[\s,;]+", text.casefold())}
            if words & private:
                yield f"event {event_id}", {}
                break


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        inner: Iterable[object] = value.values() if isinstance(value, dict) else value
        for each in inner:
            yield from _texts(each)


def _sources(look: Snapshot, unit: ContractUnit) -> dict[str, Balance]:
    moves: dict[str, list[Move]] = {}
    for entry in look.entries:
        if entry.unit is unit and entry.kind is not EntryKind.ALLOT:
            moves.setdefault(entry.source, []).append(Move(entry.kind, entry.quantity, entry.source))
    return {source: balance.of(entries) for source, entries in moves.items()}
