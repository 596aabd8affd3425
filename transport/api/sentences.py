"""A refusal in the reader's language, with its dates and times; and the words for reasons."""

from datetime import date, datetime

from transport.api.refusals import REFUSALS
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

UNITS: dict[str, str] = {
    "vehicle_minutes": _("minutes of vehicles"),
    "metres": _("metres"),
    "rides": _("rides"),
    "persons": _("people"),
}
"""What a contract is counted in."""

REASONS: dict[str, str] = {
    # why nothing near a wish could be offered: proven by the engine
    "no_room": _("all vehicles are taken around that time"),
    "features": _("no vehicle on duty has what this ride needs"),
    "layout": _("no vehicle on duty has that many places"),
    "chair_mass": _("no vehicle on duty can carry this chair"),
    "hours": _("the time is outside the hours of the service"),
    "ride_time": _("the ride would take longer than we may promise"),
    "contract": _("the contract has no capacity left in this period"),
    "door": _("nobody could let you in there at that time"),
    "still_on_the_way": _("you would still be on the way there at that time"),
    # why a date of a standing order is not ridden
    "quota": _("the vehicles for regular rides are taken, the others are kept for single rides"),
    "allowance": _("the allowance of rides is used up"),
    "overlaps": _("there is another ride at that time"),
    "too_late": _("it was too late to order a ride for that time"),
    "holiday": _("it is a holiday, on which the order does not ride"),
    "rules": _("the rules of the service do not allow it; call us"),
    "skipped": _("you do not ride on this day"),
    "paused": _("the order is paused on this day"),
    "ended": _("the order has ended before this day"),
    "changed": _("the order has been changed for this day"),
    # why a ride has ended
    "home_otherwise": _("the way home was arranged otherwise"),
    # why the dispatcher said no
    "not_entitled": _("there is no entitlement on the day of the ride"),
    "unsafe": _("the ride would not be safe"),
    "wrong_data": _("the data in the order are not right"),
}


def sentence(error: ServiceError, words: Catalogue) -> str:
    """The refusal as the person reads it; a code without a sentence is a programming error (KeyError)."""
    shown = {name: _shown(value, words) for name, value in error.facts.items()}
    if shown.get("unit") in UNITS:
        shown["unit"] = words.text(UNITS[shown["unit"]])
    return words.text(REFUSALS[error.code]).format(**shown)


def reason(code: str, words: Catalogue) -> str:
    """A reason in words; what a person has written stands as it is."""
    return words.text(REASONS[code]) if code in REASONS else code


def _shown(value: object, words: Catalogue) -> str:
    if isinstance(value, datetime):
        return words.instant(value)
    if isinstance(value, date):
        return words.day(value)
    return str(value)
