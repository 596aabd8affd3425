"""Faults to plant: each does to a healthy day, behind the back of the software, what must never happen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select, update

from tests.builders.booking import a_draft, a_ride, chosen
from tests.builders.driving import driven
from tests.builders.town import NOW, Town, a_driver, a_vehicle
from tests.cast import Cast
from transport.booking.clients.models import Mandate
from transport.booking.contracts import capacity
from transport.booking.contracts.balance import ContractUnit, EntryKind
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import offers, rides
from transport.booking.rides.models import Channel, Leg, Offer, OfferOutcome, Ride, TripRequest
from transport.kernel import events
from transport.operations.dispatch import plans
from transport.operations.quality import invariants
from transport.routing.fleet.models import Depot, Layout, Provider, Shift
from transport.routing.planning import promises
from transport.routing.planning.models import (
    Promise,
    PublishedPlan,
    Run,
    ServiceDay,
    Stop,
    StopKind,
    Visit,
    VisitAction,
)


@dataclass(frozen=True, slots=True)
class Healthy:
    """A published day: Anna goes to hospital and back, Bedřich to the station."""

    session: Session
    town: Town
    cast: Cast
    there: Ride
    back: Ride
    bedrichs: Ride

    def run_of(self, ride: Ride) -> Run:
        return self.session.get_one(Run, self.stop_of(ride, StopKind.PICKUP).run_id)

    def stop_of(self, ride: Ride, kind: StopKind) -> Stop:
        return self.session.exec(select(Stop).where(Stop.promise_id == ride.promise_id, Stop.kind == kind)).one()

    def change(self, row, **values) -> None:
        """Change a row with plain SQL, as somebody with a console would."""
        table = type(row)
        key = [column == getattr(row, column.name) for column in table.__table__.primary_key]
        self.session.connection().execute(update(table).where(*key).values(**values))
        self.session.expire_all()

    def faults(self):
        return invariants.faults(self.session, world=self.town.world, now=NOW)


def an_offer(day: Healthy) -> Offer:
    """Another time for Bedřich, with a place held for it."""
    party, others = plans.other_times(day.session, day.bedrichs, world=day.town.world, now=NOW)
    return offers.offer(
        day.session,
        day.bedrichs,
        party,
        others[0],
        version=day.bedrichs.version,
        until=NOW + timedelta(hours=4),
        world=day.town.world,
        by=day.cast.dana,
        now=NOW,
    )


def a_held_place(day: Healthy):
    """For Anna, who has not booked it yet."""
    draft = a_draft(day.session, day.town, day.cast.anna, "15:00", by=day.cast.cyril)
    return chosen(day.session, day.town, draft, by=day.cast.cyril)[Leg.OUTBOUND]


PLANTED: dict[str, tuple[Callable[[Healthy], object], set[str]]] = {}


def plants(code: str, *also: str):
    """What the function does makes `code` true of the day, and inevitably `also`."""

    def remember(plant):
        PLANTED[code] = (plant, {code, *also})
        return plant

    return remember


@plants("client.stranded")
def take_somebody_out_and_never_fetch_them(day):
    driven(day.session, day.town, day.there, by=day.cast.dana)
    rides.miss(
        day.session, day.back, version=day.back.version, reason="x", world=day.town.world, by=day.cast.dana, now=NOW
    )


@plants("promise.without_stops", "plan.broken", "version.stale", "run.wrong_metres")
def forget_a_drop_off(day):
    day.session.delete(day.stop_of(day.back, StopKind.DROPOFF))
    day.session.flush()


@plants("stop.without_promise", "plan.broken", "version.stale")
def break_a_promise_silently(day):
    day.change(a_held_place(day), state="withdrawn")


@plants("promise.held_for_ever")
def hold_and_forget(day):
    day.change(a_held_place(day), held_until=NOW - timedelta(minutes=61))


@plants("promise.superseded", "promise.without_ride", "offer.without_place", "version.stale")
def take_the_other_time_and_keep_the_first(day):
    day.change(day.session.get_one(Promise, an_offer(day).promise_id), state="firm")


@plants("run.overloaded", "plan.broken")
def take_out_the_seats(day):
    run = day.run_of(day.bedrichs)
    day.change(day.session.get_one(Layout, run.layout_id), seats=0, wheelchairs=1)


@plants("run.unwanted_company", "plan.broken")
def let_a_driver_drive_whom_he_must_not(day):
    run = day.run_of(day.bedrichs)
    shift = day.session.get_one(Shift, run.shift_id)
    day.change(day.session.get_one(Promise, day.bedrichs.promise_id), not_drivers=str(shift.driver_id))


@plants("run.foreign_layout", "plan.broken")
def swap_the_layout(day):
    run = day.run_of(day.there)
    used = day.session.get_one(Layout, run.layout_id)
    other = day.session.exec(select(Layout).where(Layout.vehicle_id != used.vehicle_id)).one()
    day.change(other, seats=9, wheelchairs=9, max_chair_mass=999)
    day.change(run, layout_id=other.id)


@plants("run.outside_shift", "plan.broken")
def end_the_shift_at_nine(day):
    day.change(day.session.get_one(Shift, day.run_of(day.there).shift_id), ends=day.town.second("9:00"))


@plants("run.empty")
def send_somebody_for_nothing(day):
    shift = Shift(day=day.town.day + timedelta(days=1), vehicle_id=day.town.car, driver_id=1, starts=0, ends=9)
    shift.driver_id = day.session.exec(select(Shift.driver_id)).first()
    day.session.add(ServiceDay(day=shift.day, travel_version_id=day.town.version, opened_at=NOW))
    day.session.add(shift)
    day.session.flush()
    layout = day.session.exec(select(Layout).where(Layout.vehicle_id == day.town.car)).one()
    day.session.add(Run(day=shift.day, shift_id=shift.id or 0, layout_id=layout.id or 0, leaves=1, returns=2))
    day.session.flush()


@plants("run.wrong_metres", "ledger.metres")
def write_a_wrong_length(day):
    day.change(day.run_of(day.bedrichs), metres=1)


@plants("stop.out_of_order", "plan.broken")
def drive_back_in_time(day):
    stop = day.stop_of(day.bedrichs, StopKind.DROPOFF)
    day.change(stop, departure=stop.start - 1)


@plants("shift.vehicle_twice")
def put_the_car_on_two_shifts(day):
    busy = day.session.get_one(Shift, day.town.car_shift)
    day.session.add(
        Shift(
            day=busy.day, vehicle_id=busy.vehicle_id, driver_id=_a_third_driver(day), starts=busy.starts, ends=busy.ends
        )
    )
    day.session.flush()


@plants("shift.driver_twice")
def put_emil_on_two_shifts(day):
    busy = day.session.get_one(Shift, day.town.car_shift)
    third = _a_third_vehicle(day)
    day.session.add(Shift(day=busy.day, vehicle_id=third, driver_id=busy.driver_id, starts=busy.starts, ends=busy.ends))
    day.session.flush()


@plants("plan.broken")
def come_after_the_window(day):
    promise = day.session.get_one(Promise, day.back.promise_id)
    day.change(promise, window_end=promise.window_end - 3600, window_start=promise.window_start - 3600)


@plants("version.gap")
def lose_a_version(day):
    day.change(day.session.get_one(ServiceDay, day.town.day), published=7)


@plants("version.stale")
def forget_to_tell_the_drivers(day):
    newest = day.session.exec(select(PublishedPlan).order_by(col(PublishedPlan.version).desc())).first()
    stale = PublishedPlan(
        day=newest.day, version=newest.version + 1, published_at=NOW, actor="nobody", reason="", metres=0
    )
    day.session.add(stale)
    day.session.flush()
    day.change(day.session.get_one(ServiceDay, day.town.day), published=stale.version)


@plants("ride.without_promise")
def lose_the_promise(day):
    """Withdrawn as it should be, but nobody tells the ride."""
    promise = day.session.get_one(Promise, day.bedrichs.promise_id)
    promises.withdraw(day.session, promise, reason="lost", world=day.town.world, by=day.cast.dana, now=NOW)
    capacity.settle(day.session, day.town.day, by=day.cast.dana, now=NOW)


@plants("ride.over_with_promise")
def cancel_without_telling_the_plan(day):
    day.change(day.bedrichs, status="cancelled")


@plants("ride.wrongly_ended")
def call_a_ride_driven_by_hand(day):
    ride = a_ride(day.session, day.town, day.cast.anna, "15:00", by=day.cast.cyril)
    rides.cancel(day.session, ride, version=ride.version, world=day.town.world, by=day.cast.cyril, now=NOW)
    day.change(ride, status="missed")


@plants("ride.elsewhere")
def go_somewhere_else(day):
    day.change(day.bedrichs, destination_place_id=day.town.places["school"])


@plants("ride.overlaps", "request.mixed")
def give_annas_rides_time_to_bedrich(day):
    other = a_ride(day.session, day.town, day.cast.anna, "10:00", to="station", by=day.cast.cyril)
    day.change(other, client_id=day.cast.bedrich.id)


@plants("ride.back_before_there")
def swap_the_legs(day):
    day.change(day.there, leg="return", request_id=_another_order(day))
    day.change(day.back, leg="outbound")
    day.change(day.there, request_id=day.back.request_id)
    day.session.delete(day.session.exec(select(TripRequest).where(TripRequest.key == "another")).one())
    day.session.flush()


@plants("ride.without_report")
def board_without_a_driver(day):
    day.change(day.bedrichs, status="on_board")


@plants("visit.without_ride")
def report_without_boarding(day):
    day.session.add(
        Visit(
            promise_id=day.bedrichs.promise_id,
            kind=StopKind.PICKUP,
            action=VisitAction.DONE,
            occurred_at=NOW,
            recorded_at=NOW,
            actor="nobody",
        )
    )
    day.session.flush()


@plants("promise.without_ride")
def promise_to_nobody(day):
    promises.make_firm(day.session, a_held_place(day), by=day.cast.cyril, now=NOW)


@plants("promise.of_two_rides")
def offer_annas_place_to_bedrich(day):
    day.session.add(
        Offer(
            ride_id=day.bedrichs.id,
            rank=9,
            window_start=0,
            window_end=1,
            arrive_by=2,
            price=0,
            outcome=OfferOutcome.PASSED,
            promise_id=day.there.promise_id,
            made_by="nobody",
            made_at=NOW,
        )
    )
    day.session.flush()


@plants("request.empty")
def order_nothing(day):
    _another_order(day)


@plants("request.mixed")
def give_annas_way_back_to_bedrich(day):
    day.change(day.back, client_id=day.cast.bedrich.id)


@plants("offer.without_place")
def leave_an_offer_without_end(day):
    day.change(an_offer(day), until=NOW - timedelta(hours=2))


def _another_order(day: Healthy) -> int:
    order = TripRequest(client_id=day.cast.anna.id or 0, channel=Channel.WEB, key="another", created_at=NOW)
    day.session.add(order)
    day.session.flush()
    return order.id or 0


def _an_entry(day: Healthy, **values) -> None:
    entry = LedgerEntry(
        contract_id=day.town.contract,
        period=day.town.day.isoformat(),
        unit=ContractUnit.METRES,
        revision=99,
        at=NOW,
        actor="nobody",
        **values,
    )
    day.session.add(entry)
    day.session.flush()


@plants("ledger.unbalanced")
def give_back_what_was_never_taken(day):
    _an_entry(day, kind=EntryKind.RELEASE, quantity=5, source="ride:1")


@plants("ledger.metres")
def reserve_a_metre_too_many(day):
    _an_entry(day, kind=EntryKind.RESERVE, quantity=1, source=f"day:{day.town.day}")


@plants("mandate.backward")
def let_a_mandate_end_before_it_starts(day):
    mandate = day.session.exec(select(Mandate)).first()
    day.change(mandate, valid_until=mandate.valid_from - timedelta(days=1))


@plants("event.private")
def write_a_name_into_the_trail(day):
    facts = {"note": "paní Vozková volala"}
    events.record(day.session, "ride_confirmed", subject=("ride", 1), by=day.cast.dana, now=NOW, facts=facts)


def _a_third_driver(day: Healthy):
    return a_driver(day.session, day.session.exec(select(Provider)).one().id or 0, name="Gizela Řidičová").id


def _a_third_vehicle(day: Healthy):
    return a_vehicle(day.session, day.session.exec(select(Depot)).one(), "third", (1, 0, 0)).id
