"""The groups of rules that make up one policy. Each field says in one sentence what it means to the service.

Units stand in the names (minutes, days, kilometres); money is haléře, dwell times are seconds. The sentences are
what `transport policy explain` prints.
"""

from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from transport.kernel.calendar import Calendar, is_weekend
from transport.kernel.i18n import mark as _

Haler = Annotated[int, Field(ge=0)]
Seconds = Annotated[int, Field(ge=0, le=3600)]
Factor = Annotated[float, Field(ge=0.2, le=5)]
Days = Annotated[int, Field(ge=0, le=366)]
Percent = Annotated[int, Field(ge=0, le=1000)]


class Group(BaseModel):
    """Rules that belong together; they cannot change while the service runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Card(StrEnum):
    """The Czech cards of severely disabled persons: ZTP severe, ZTP/P very severe with need of a guide."""

    TP = "TP"
    ZTP = "ZTP"
    ZTP_P = "ZTP/P"


class AllowanceUnit(StrEnum):
    """In what an entitlement is counted."""

    RIDES = "rides"
    KILOMETRES = "kilometres"
    FARES = "fares"


class AllowancePeriod(StrEnum):
    """How long an entitlement lasts before it begins anew: the calendar month or year of the ride."""

    MONTH = "month"
    YEAR = "year"


class Allowance(Group):
    """How much one client may use in a period."""

    unit: AllowanceUnit
    period: AllowancePeriod
    amount: Annotated[int, Field(gt=0, description=_("Rides, whole kilometres, or haléře of fares in one period"))]


class Eligibility(Group):
    """Who may ride: old enough, or holder of one of the cards, resident where the service is paid for."""

    min_age: Annotated[int, Field(ge=0, le=120, description=_("Completed years from which age alone is enough"))]
    cards: Annotated[tuple[Card, ...], Field(description=_("Cards that are enough at any age"))]
    residence: Annotated[str, Field(description=_("Municipality of permanent residence; empty: anywhere"))]
    min_age_unaccompanied: Annotated[int, Field(ge=0, le=18, description=_("Younger children ride with a companion"))]
    provisional_days: Annotated[
        Days, Field(description=_("How long a card counts before somebody of the service has seen it; 0: not at all"))
    ]
    allowances: Annotated[tuple[Allowance, ...], Field(description=_("What one client may use in a period"))] = ()


class Fleet(Group):
    """How many vehicles the purchaser wants on duty at the busy hours of working days."""

    min_vehicles: Annotated[int, Field(ge=0, description=_("Vehicles on duty on working days in the busy hours"))]
    busy_from: Annotated[time, Field(description=_("Beginning of the busy hours"))]
    busy_until: Annotated[time, Field(description=_("End of the busy hours"))]


class Booking(Group):
    """When and how a ride may be ordered."""

    channels: Annotated[tuple[Literal["phone", "web"], ...], Field(min_length=1, description=_("Ways to order a ride"))]
    phone_days: Annotated[Literal["daily", "working"], Field(description=_("Days on which the phone is answered"))]
    phone_opens: Annotated[time, Field(description=_("The phone is answered from"))]
    phone_closes: Annotated[time, Field(description=_("The phone is answered until"))]
    horizon_days: Annotated[Days, Field(description=_("How many days ahead a ride may be ordered"))]
    horizon_days_weekend: Annotated[Days | None, Field(description=_("The same for weekend rides"))] = None
    min_notice_minutes: Annotated[int, Field(ge=0, description=_("How long before the ride at the latest"))]
    notice_days: Annotated[int, Field(ge=0, le=30, description=_("How many days before the ride at the latest"))] = 0
    notice_counts: Annotated[
        Literal["calendar", "working"], Field(description=_("Which days the notice is counted in"))
    ] = "calendar"
    notice_until: Annotated[time | None, Field(description=_("Until when on that last day"))] = None
    notice_from: Annotated[
        time | None, Field(description=_("Rides before this time must be ordered one day earlier still"))
    ] = None
    opens: Annotated[time, Field(description=_("Rides begin from"))]
    closes: Annotated[time, Field(description=_("Rides end until"))]
    negotiation_minutes: Annotated[
        int, Field(ge=0, le=240, description=_("Nothing offered so near the wish is a denial, even if more is taken"))
    ]
    hold_minutes: Annotated[int, Field(gt=0, le=1440, description=_("How long an offer is kept"))]
    consent_minutes: Annotated[
        int, Field(gt=0, le=1440, description=_("How long an offer is kept for whoever has to agree to it"))
    ] = 120
    confirm: Annotated[Literal["dispatcher", "automatic"], Field(description=_("Who says yes to an order"))]
    confirm_within_minutes: Annotated[int, Field(gt=0, description=_("How soon the dispatcher says yes"))]
    max_companions: Annotated[int, Field(ge=0, le=8, description=_("Companions on one ride"))]
    max_open: Annotated[int | None, Field(ge=1, description=_("Rides to come that one client may have"))] = None
    max_per_day: Annotated[int | None, Field(ge=1, description=_("Rides one client may have on one day"))] = None
    purposes: Annotated[
        tuple[str, ...], Field(description=_("Purposes served; empty: any, and nobody is asked for it"))
    ] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for first, last in (("opens", "closes"), ("phone_opens", "phone_closes")):
            if getattr(self, first) >= getattr(self, last):
                begin, end = getattr(self, first), getattr(self, last)
                raise ValueError(f"{first} {begin:%H:%M} must be before {last} {end:%H:%M}")
        if (self.notice_until or self.notice_from) and not self.notice_days:
            raise ValueError("notice_until and notice_from need notice_days above 0")
        return self

    def horizon_on(self, day: date) -> int:
        """How many days ahead a ride on `day` may be ordered."""
        ahead = self.horizon_days_weekend if is_weekend(day) else None
        return ahead or self.horizon_days

    def last_day_for(self, day: date, calendar: Calendar, *, early: bool = False) -> date:
        """The last day on which a ride on `day` may be ordered; `early`: a ride before `notice_from`."""
        left = self.notice_days + (1 if early else 0)
        while left:
            day -= timedelta(days=1)
            if self.notice_counts == "calendar" or calendar.is_working(day):
                left -= 1
        return day


class Promise(Group):
    """What the service binds itself to: how wide the pickup window, how long in the vehicle at most."""

    window_minutes: Annotated[int, Field(gt=0, le=120, description=_("Width of the pickup window"))]
    max_ride_minutes: Annotated[int, Field(gt=0, le=600, description=_("Longest time in the vehicle"))]
    max_ride_factor: Annotated[
        float, Field(ge=1, le=10, description=_("... and never longer than the direct ride times"))
    ]
    max_ride_extra_minutes: Annotated[int, Field(ge=0, le=120, description=_("... and this"))]
    offer_step_minutes: Annotated[int, Field(gt=0, le=60, description=_("Steps in which times are offered"))]

    def max_ride_seconds(self, direct_seconds: int) -> int:
        """Longest time in the vehicle we may promise when the direct journey takes `direct_seconds`."""
        stretched = int(direct_seconds * self.max_ride_factor) + 60 * self.max_ride_extra_minutes
        return min(60 * self.max_ride_minutes, stretched)


class WillCall(Group):
    """The way home that is called for: a place is kept from the time the client expects to be ready."""

    offered: Annotated[bool, Field(description=_("Whether the way back may be called for"))]
    max_wait_minutes: Annotated[
        int, Field(gt=0, le=240, description=_("The vehicle comes so soon after the call, if that came by then"))
    ]


class WaitingList(Group):
    """Who is offered a place that became free, and how long they have to answer."""

    kept: Annotated[bool, Field(description=_("Whether there is a waiting list"))]
    answer_minutes: Annotated[int, Field(gt=0, le=1440, description=_("How long a freed place is kept for an answer"))]
    first: Annotated[
        Literal["most_denied", "earliest"],
        Field(
            description=_("Who comes first: whoever was denied most in 30 days, then by time of the wish; or by time")
        ),
    ]


class Regular(Group):
    """Standing orders: what is one, and how much of the service they may take."""

    min_weeks: Annotated[int, Field(ge=1, le=52, description=_("For how many weeks at least"))]
    max_share: Annotated[
        float, Field(gt=0, le=1, description=_("Share of the vehicles on duty at any hour that they may use"))
    ]


class Fairness(Group):
    """Published rules by which the planner chooses between people whom it cannot all carry."""

    denied_first: Annotated[bool, Field(description=_("Between equals, whoever was denied most recently goes first"))]


class Dwell(Group):
    """Seconds at one door. The first seven are whole stops (the slowest counts), the others are added."""

    walking: Annotated[Seconds, Field(description=_("Who walks"))]
    cane: Annotated[Seconds, Field(description=_("With a cane"))]
    walker: Annotated[Seconds, Field(description=_("With a walker"))]
    wheelchair_transfer: Annotated[Seconds, Field(description=_("Moves to a seat, the chair is folded"))]
    wheelchair: Annotated[Seconds, Field(description=_("Stays in the chair: ramp or lift, and four belts"))]
    electric_wheelchair: Annotated[Seconds, Field(description=_("The same with an electric chair"))]
    stairs: Annotated[Seconds, Field(description=_("Over stairs, with two people or a stair climber"))]
    blind: Annotated[Seconds, Field(description=_("Added: guided from the door"))]
    calm: Annotated[Seconds, Field(description=_("Added: no hurry"))]
    hand_over: Annotated[Seconds, Field(description=_("Added: handed over to a person"))]
    companion: Annotated[Seconds, Field(description=_("Added for each companion"))]


class Assistance(Group):
    """How far the crew helps, and what a vehicle takes without being made for it."""

    levels: Annotated[
        tuple[Literal["none", "vehicle", "door", "stairs", "room"], ...],
        Field(min_length=1, description=_("Kinds of help the service gives")),
    ]
    steps_alone: Annotated[
        int, Field(ge=0, le=30, description=_("Steps that one person of the crew manages with a wheelchair"))
    ]
    chair_width_cm: Annotated[int, Field(gt=0, description=_("Widest chair that every ramp takes"))]
    chair_length_cm: Annotated[int, Field(gt=0, description=_("Longest chair that every ramp takes"))]


class Tier(Group):
    """From the `from_ride`-th ride of a month on, the fare is `percent` of the usual one."""

    from_ride: Annotated[int, Field(ge=2)]
    percent: Percent


class Tariff(Group):
    """What is paid in haléře. Each person pays `boarding_fee` and a fare; `solo` is the fare of riding alone.

    A child is from `child_age_from` up to, not including, the birthday `child_age_until`; younger ones ride free.
    Outside the city the vehicle is paid by the kilometre, times `outside_one_way_multiplier` when it is not used
    for the way back. Luggage and aids cost nothing.
    """

    boarding_fee: Annotated[Haler, Field(description=_("Each person, for getting in"))]
    city_adult: Annotated[Haler, Field(description=_("A ride in the city"))]
    city_child: Annotated[Haler, Field(description=_("A child's ride in the city"))]
    solo: Annotated[Haler | None, Field(description=_("A ride with nobody else on board; none: not sold"))] = None
    companion: Annotated[Haler, Field(description=_("A companion's ride in the city"))]
    companions_free: Annotated[
        int, Field(ge=0, le=8, description=_("So many companions of a free_with card pay nothing"))
    ] = 0
    free_with: Annotated[tuple[Card, ...], Field(description=_("Cards whose companions may ride free"))] = ()
    dog: Annotated[Haler, Field(description=_("A guide or assistance dog"))] = 0
    child_age_from: Annotated[int, Field(ge=0, description=_("Younger ones ride free"))]
    child_age_until: Annotated[int, Field(ge=0, le=26, description=_("Birthday that ends the child's fare"))]
    child_needs_card: Annotated[bool, Field(description=_("The child's fare is for card holders only"))]
    outside_km_rate: Annotated[Haler, Field(description=_("Per kilometre and vehicle outside the city, whole route"))]
    outside_one_way_multiplier: Annotated[int, Field(ge=1, le=5, description=_("... times this without a way back"))]
    tiers: Annotated[tuple[Tier, ...], Field(description=_("Other fares for many rides in a month"))] = ()
    round_to: Annotated[Haler, Field(gt=0, description=_("Sums are rounded to a multiple of this, halves up"))] = 100
    payment: Annotated[tuple[Literal["driver", "invoice"], ...], Field(min_length=1, description=_("Ways to pay"))] = (
        "driver",
    )

    @model_validator(mode="after")
    def _children_grow(self) -> Self:
        if self.child_age_from > self.child_age_until:
            raise ValueError("child_age_from must not be above child_age_until")
        return self

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        starts = [tier.from_ride for tier in self.tiers]
        if starts != sorted(set(starts)):
            raise ValueError("tiers must rise by from_ride")
        return self


class Area(Group):
    """Where we drive: in the city, and outside it as `outside_mode` says.

    `list`: to the named places only; `radius`: within `radius_km` of the centre as the crow flies;
    `none`: nowhere.
    """

    city: Annotated[str, Field(description=_("Municipality that buys the service"))]
    centre_lat: Annotated[float, Field(ge=-90, le=90, description=_("Centre from which a radius is measured"))]
    centre_lon: Annotated[float, Field(ge=-180, le=180, description=_("... its longitude"))]
    outside_mode: Annotated[Literal["list", "radius", "none"], Field(description=_("How the area goes on outside"))]
    outside_places: Annotated[tuple[str, ...], Field(description=_("Places or municipalities served outside"))] = ()
    radius_km: Annotated[float, Field(ge=0, description=_("How far from the centre"))] = 0
    one_end_in_city: Annotated[bool, Field(description=_("A ride begins or ends in the city"))] = True

    @model_validator(mode="after")
    def _mode_has_its_numbers(self) -> Self:
        if self.outside_mode == "list" and not self.outside_places:
            raise ValueError('outside_mode "list" needs outside_places')
        if self.outside_mode == "radius" and not self.radius_km:
            raise ValueError('outside_mode "radius" needs radius_km above 0')
        return self


class Travel(Group):
    """The air-line model of driving, and how much slower each hour of the day is than the empty road."""

    detour_factor: Annotated[float, Field(ge=1, le=5, description=_("Road to air line, where no roads are imported"))]
    speed_kmh: Annotated[float, Field(gt=0, le=130, description=_("Speed on the empty road, likewise"))]
    hour_factors: Annotated[
        tuple[Factor, ...],
        Field(min_length=24, max_length=24, description=_("How much slower each hour of the day is")),
    ]


class Rest(Group):
    """The breaks in one class of vehicle: within any `max_work_minutes` the parts, in order, whole."""

    max_work_minutes: Annotated[int, Field(gt=0, le=1440, description=_("Longest work without a whole rest"))]
    parts_minutes: Annotated[
        tuple[Annotated[int, Field(gt=0, le=240)], ...], Field(min_length=1, description=_("Parts of a rest, in order"))
    ]


class Cancel(Group):
    """Until when a ride may be cancelled freely, and what it costs afterwards."""

    free_until_minutes: Annotated[int, Field(ge=0, description=_("Free until so long before the pickup window"))]
    late_fee: Annotated[Haler, Field(description=_("What a late cancellation costs"))] = 0


class NoShow(Group):
    """When a client counts as absent, and what may follow: never at once, never without a hearing."""

    wait_minutes: Annotated[int, Field(ge=0, le=120, description=_("How long the vehicle waits at the door"))]
    fee: Annotated[Haler, Field(description=_("What an absence costs"))] = 0
    objection_days: Annotated[Days, Field(description=_("How long the client may object to it"))]
    period_days: Annotated[int, Field(gt=0, le=366, description=_("A pattern is looked for in so many days"))]
    min_count: Annotated[int, Field(ge=1, description=_("... with at least so many absences"))]
    times_average: Annotated[float, Field(ge=1, description=_("... at so many times the average rate of all clients"))]
    suspension_days: Annotated[Days, Field(description=_("Longest suspension, decided by the city"))]


class Driving(Group):
    """How long a driver's telephone may show the people of a shift, and let its driver in by the code of the shift."""

    read_hours_before: Annotated[
        int, Field(ge=0, le=48, description=_("So many hours before its day a driver may read a shift"))
    ] = 6
    initials_minutes: Annotated[
        int, Field(ge=0, le=240, description=_("So long after a stop is done it shows initials only"))
    ] = 15
    code_hours_before: Annotated[
        int, Field(ge=0, le=48, description=_("The code of a shift lets its driver in so many hours before it"))
    ] = 12
    hours_after: Annotated[
        int, Field(ge=0, le=48, description=_("... and after its end, when everything of the shift closes"))
    ] = 12
    positions_days: Annotated[
        Days, Field(description=_("Days for which it is kept where vehicles were; then only times at stops remain"))
    ] = 2


class Homeward(Group):
    """When the desk is alarmed, before it is too late, that somebody who is out may not get home."""

    late_minutes: Annotated[
        int, Field(ge=0, le=240, description=_("A way home may be expected so long after its window without an alarm"))
    ] = 30
    silence_minutes: Annotated[
        int, Field(ge=5, le=240, description=_("A driver who owes a word for so long may not bring anybody home"))
    ] = 45
    notice_minutes: Annotated[
        int, Field(ge=5, le=480, description=_("... for people whose way home begins within this time"))
    ] = 60
