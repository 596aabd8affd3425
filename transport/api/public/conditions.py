"""The rules of one policy in words: who, when, where, for how much; and what a coming policy will change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _
from transport.kernel.policy import Policies, Policy


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark a text that depends on a count; it is translated when it is shown."""
    return one, many


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as a row of a table."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that a coming policy says otherwise; an empty side means there is no such rule."""

    label: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Coming:
    """The next policy: from which day, and what it changes."""

    valid_from: date
    changes: list[Change]


def prices(policy: Policy, words: Catalogue) -> list[Line]:
    """What each person pays, boarding fees included."""
    tariff = policy.tariff

    def money(haler: int) -> str:
        return words.price(haler) if haler else words.text(_("free"))

    rows = [(_("a ride in the city"), tariff.boarding_fee + tariff.city_adult)]
    if tariff.solo is not None:
        rows.append((_("a ride with nobody else on board"), tariff.boarding_fee + tariff.solo))
    lines = [Line(words.text(label), money(haler)) for label, haler in rows]
    if tariff.child_age_until > tariff.child_age_from:
        label = (
            _("a child from {start} to {end} years with a ZTP or ZTP/P card")
            if tariff.child_needs_card
            else _("a child from {start} to {end} years")
        )
        text = words.text(label).format(start=tariff.child_age_from, end=tariff.child_age_until)
        lines.append(Line(text, money(tariff.boarding_fee + tariff.city_child)))
    if tariff.child_age_from:
        lines.append(Line(words.text(_("a child under {age}")).format(age=tariff.child_age_from), money(0)))
    lines.append(Line(words.text(_("each companion")), money(tariff.boarding_fee + tariff.companion)))
    if tariff.companions_free and tariff.free_with:
        text = words.text(_("a companion of a holder of {cards}")).format(cards=_listed(tariff.free_with))
        lines.append(Line(text, money(0)))
    lines.append(Line(words.text(_("a guide or assistance dog")), money(tariff.dog)))
    lines.append(Line(words.text(_("wheelchair, walker, luggage")), money(0)))
    for tier in tariff.tiers:
        text = words.text(_("from ride number {number} in a month")).format(number=tier.from_ride)
        lines.append(Line(text, words.text(_("{percent} % of the price")).format(percent=tier.percent)))
    if policy.area.outside_mode != "none":
        lines.append(Line(words.text(_("outside the city, a kilometre")), words.price(tariff.outside_km_rate)))
    return lines


def terms(policy: Policy, words: Catalogue) -> list[Line]:
    """Who, when and how, in as few words as fit a table."""
    rules, booking = policy.eligibility, policy.booking
    lines = [
        (_("age from which everybody may ride"), str(rules.min_age)),
        (_("cards that are enough at any age"), _listed(rules.cards)),
        (_("where you must live"), rules.residence or words.text(_("anywhere"))),
        (_("we drive"), _span(booking.opens, booking.closes)),
        (_("how many days ahead you can order"), str(booking.horizon_days)),
        (_("order at the latest"), notice(policy, words)),
        (_("we answer the phone"), _span(booking.phone_opens, booking.phone_closes)),
        (_("cancel free of charge"), before(policy.cancel.free_until_minutes, words)),
        (_("the driver waits"), _minutes(policy.no_show.wait_minutes, words)),
        (_("companions on one ride"), str(booking.max_companions)),
    ]
    return [Line(words.text(label), value) for label, value in lines]


def notice(policy: Policy, words: Catalogue) -> str:
    """How long before the ride at the latest: `1 day before the ride, by 11:00`."""
    booking = policy.booking
    if not booking.notice_days:
        return before(booking.min_notice_minutes, words)
    days = words.plural(*ngettext("{count} day before the ride", "{count} days before the ride"), booking.notice_days)
    text = days.format(count=booking.notice_days)
    if booking.notice_until is not None:
        text += ", " + words.text(_("by {time}")).format(time=clock(booking.notice_until))
    return words.nb(text)


def before(minutes: int, words: Catalogue) -> str:
    """`2 hours before the ride`, `30 minutes before the ride`."""
    if minutes == 0:
        return words.text(_("any time before the ride"))
    one, many = ngettext("{count} minute before the ride", "{count} minutes before the ride")
    count = minutes
    if minutes % 60 == 0:
        one, many = ngettext("{count} hour before the ride", "{count} hours before the ride")
        count = minutes // 60
    return words.nb(words.plural(one, many, count).format(count=count))


def coming(policies: Policies, today: date, words: Catalogue) -> Coming | None:
    """What the next policy changes, if one is decided already and not in force yet."""
    later = [policy for policy in policies.policy if policy.valid_from > today]
    if not later:
        return None
    return Coming(later[0].valid_from, differences(policies.on(today), later[0], words))


def differences(before: Policy, after: Policy, words: Catalogue) -> list[Change]:
    """What people read that one policy says otherwise than another: prices first, then the terms."""
    changes: list[Change] = []
    tables: tuple[Callable[[Policy, Catalogue], list[Line]], ...] = (prices, terms)
    for table in tables:
        old, new = ({line.label: line.value for line in table(each, words)} for each in (before, after))
        changes += [
            Change(label, old.get(label, ""), new.get(label, ""))
            for label in dict.fromkeys([*old, *new])
            if old.get(label) != new.get(label)
        ]
    return changes


def clock(moment: time) -> str:
    """`6:00`."""
    return f"{moment.hour}:{moment.minute:02d}"


def _span(start: time, end: time) -> str:
    return f"{clock(start)}–{clock(end)}"


def _minutes(count: int, words: Catalogue) -> str:
    text = words.plural(*ngettext("{count} minute", "{count} minutes"), count)
    return words.nb(text.format(count=count))


def _listed(cards: tuple[str, ...]) -> str:
    return ", ".join(cards)
