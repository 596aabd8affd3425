"""`transport check`: walk the live database and look for the impossible.

Each line of the table is a sentence about the whole service and a small function that finds where it is not true.
Nothing here repairs anything; a fault is a fault of the software, or of somebody with a database console.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from transport.operations.quality import impossible_orders as orders
from transport.operations.quality import impossible_plans as plans
from transport.operations.quality import impossible_records as records
from transport.operations.quality import snapshot
from transport.operations.quality.snapshot import Snapshot
from transport.routing.planning.day import World


@dataclass(frozen=True, slots=True)
class Fault:
    """One impossibility: what it is (`code`), about which row (`subject`), its numbers, and what should be true."""

    code: str
    subject: str
    facts: dict[str, object]
    sentence: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true, and how to find where it is not."""

    code: str
    sentence: str
    find: Callable[[Snapshot], Iterator[tuple[str, dict[str, object]]]]


INVARIANTS = (
    Invariant(
        "promise.without_stops",
        "A live promise has one pickup and, later in the same run, one drop-off.",
        plans.promises_without_stops,
    ),
    Invariant("stop.without_promise", "A stop serves a promise that is live or was kept.", plans.stops_without_promise),
    Invariant("promise.held_for_ever", "A hold lapses after its minutes.", plans.held_for_ever),
    Invariant("promise.superseded", "A promise that was replaced binds nobody.", plans.superseded_and_live),
    Invariant("run.overloaded", "A vehicle never carries more than its layout has places for.", plans.overloaded_runs),
    Invariant(
        "run.unwanted_company", "Who must not ride together, or be driven by somebody, is not.", plans.unwanted_company
    ),
    Invariant("run.foreign_layout", "A run is driven in a layout of its own vehicle.", plans.foreign_layouts),
    Invariant("run.outside_shift", "A run lies within its shift, on its day.", plans.runs_outside_shifts),
    Invariant("run.empty", "A run carries somebody.", plans.empty_runs),
    Invariant("run.wrong_metres", "The length of a run is what its legs add up to.", plans.wrong_metres),
    Invariant("stop.out_of_order", "Stops of a run follow each other in time.", plans.stops_out_of_order),
    Invariant("shift.vehicle_twice", "A vehicle is on one shift at a time.", plans.vehicles_twice),
    Invariant("shift.driver_twice", "A driver is on one shift at a time.", plans.drivers_twice),
    Invariant("plan.broken", "The judge finds nothing in the plan of any day to come.", plans.broken_plans),
    Invariant("version.gap", "Published versions of a day are numbered without a gap.", plans.gaps_in_versions),
    Invariant("version.stale", "The newest published version shows the plan that is live.", plans.stale_versions),
    Invariant("ride.without_promise", "A ride still to come has a firm promise.", orders.live_without_promise),
    Invariant("ride.over_with_promise", "A ride that is over has no live promise.", orders.over_with_promise),
    Invariant("ride.wrongly_ended", "Completed means kept, missed means broken.", orders.wrongly_ended),
    Invariant("ride.elsewhere", "A promise has the day and the places of its ride.", orders.rides_elsewhere),
    Invariant("ride.overlaps", "A client does not ride in two vehicles at once.", orders.clients_twice),
    Invariant("ride.back_before_there", "The way back comes after the way there.", orders.back_before_there),
    Invariant("client.stranded", "Everybody taken out has a way home, or staff know of another.", orders.left_out),
    Invariant("ride.without_report", "Rides begin and end because a driver said so.", orders.driven_without_reports),
    Invariant("visit.without_ride", "What a driver has reported shows at the ride.", orders.reports_ahead),
    Invariant("promise.without_ride", "A firm promise belongs to a ride.", orders.firm_without_ride),
    Invariant("promise.of_two_rides", "A promise belongs to one ride.", orders.shared_promises),
    Invariant("request.empty", "An order has at least one ride.", orders.empty_requests),
    Invariant("request.mixed", "All rides of an order are of its client.", orders.mixed_requests),
    Invariant("offer.without_place", "A place is held for every offer that waits.", orders.offers_without_place),
    Invariant("standing.without_rides", "A placed date of a standing order has its rides.", orders.dates_without_rides),
    Invariant("waiting.for_ever", "Who is on the waiting list hears of it in time.", orders.waiting_for_ever),
    Invariant("denial.of_another", "A denial is taken by a ride of the same client.", orders.foreign_denials),
    Invariant("ledger.unbalanced", "The ledger keeps its laws.", records.unbalanced_ledgers),
    Invariant("ledger.metres", "The metres set aside are those of the live runs.", records.unreserved_metres),
    Invariant("ledger.rides", "Each ride still to come is set aside, and no other.", records.unreserved_rides),
    Invariant("ledger.shifts", "The minutes of each shift are set aside.", records.unreserved_shifts),
    Invariant("mandate.backward", "A mandate begins before it ends.", records.backward_mandates),
    Invariant("event.private", "Events hold no names, numbers or addresses of clients.", records.names_in_events),
)
"""In the order in which they are reported."""


def faults(session: Session, *, world: World, now: datetime) -> list[Fault]:
    """Everything impossible in the database as it stands; an empty list on every healthy day. Reads only."""
    look = snapshot.take(session, world=world, now=now)
    return [
        Fault(invariant.code, subject, facts, invariant.sentence)
        for invariant in INVARIANTS
        for subject, facts in invariant.find(look)
    ]
