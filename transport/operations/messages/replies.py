"""What is answered to text messages by itself: short, in the writer's language, one text message in Czech."""

from enum import StrEnum

from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _
from transport.operations.messages import keywords, sms
from transport.operations.messages.keywords import Keyword


class Reply(StrEnum):
    """What came of a text message, and so what was answered to it."""

    CANCELLED = "cancelled"
    CANCELLED_LATE = "cancelled_late"
    BACK_STAYS = "back_stays"
    ASKED_FEE = "asked_fee"
    ASKED_WAY_HOME = "asked_way_home"
    DRIVER_COMES = "driver_comes"
    KEPT = "kept"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BOOKED = "booked"
    DECLINED = "declined"
    NOTHING_ASKED = "nothing_asked"
    CALLED = "called"
    NO_VEHICLE = "no_vehicle"
    NOT_SOONER = "not_sooner"
    MOVED = "moved"
    STILL_WAITS = "still_waits"
    ASKED_WHEN = "asked_when"
    NOT_LATER = "not_later"
    REPORTED = "reported"
    PLANNED = "planned"
    AT_THE_DOOR = "at_the_door"
    ON_BOARD = "on_board"
    COMING = "coming"
    WAITS_FOR_CALL = "waits_for_call"
    NO_RIDE = "no_ride"
    HELP = "help"
    CALL_BACK = "call_back"
    WHICH = "which"
    RIDE_UNKNOWN = "ride_unknown"
    NOT_DONE = "not_done"
    TOO_OLD = "too_old"
    NOT_UNDERSTOOD = "not_understood"
    OVERTAKEN = "overtaken"
    REPEATED = "repeated"


TEXTS: dict[Reply, str] = {
    Reply.CANCELLED: _("Transport Plzen: ride {number} on {day} at {start} is cancelled. You pay nothing."),
    Reply.CANCELLED_LATE: _(
        "Transport Plzen: ride {number} on {day} at {start} is cancelled. It costs {fee}, as it was late."
    ),
    Reply.BACK_STAYS: _(
        "Transport Plzen: ride {number} is cancelled. The other way {other} on {day} at {start} stays. "
        "To cancel it answer {cancel} {other}"
    ),
    Reply.ASKED_FEE: _(
        "Transport Plzen: to cancel ride {number} now costs {fee}. Do you want to? Answer {yes} {number}. "
        "Otherwise we come {start}-{end}."
    ),
    Reply.ASKED_WAY_HOME: _(
        "Transport Plzen: ride {number} is your way home. Do you get home without us? Then answer {yes} {number}. "
        "Or call {phone}"
    ),
    Reply.DRIVER_COMES: _(
        "Transport Plzen: the driver is on the way to you. We call you at once. You can call {phone}"
    ),
    Reply.KEPT: _("Transport Plzen: ride {number} stays. {day} pick-up {start}-{end}."),
    Reply.ACCEPTED: _("Transport Plzen: thank you. Ride {number}: {day} pick-up {start}-{end}."),
    Reply.REFUSED: _("Transport Plzen: ride {number} stays as it was. {day} pick-up {start}-{end}."),
    Reply.BOOKED: _("Transport Plzen: the ride is booked. {day} pick-up {start}-{end}, number {number}."),
    Reply.DECLINED: _("Transport Plzen: we do not book it. If you change your mind call {phone}"),
    Reply.NOTHING_ASKED: _("Transport Plzen: nothing of yours waits for an answer. Questions? Call {phone}"),
    Reply.CALLED: _("Transport Plzen: we come. Ride {number}: pick-up {start}-{end}."),
    Reply.NO_VEHICLE: _(
        "Transport Plzen: we are looking for a vehicle for you and call you at once. Our number: {phone}"
    ),
    Reply.NOT_SOONER: _("Transport Plzen: we cannot come sooner. Ride {number}: pick-up {start}-{end} as promised."),
    Reply.MOVED: _("Transport Plzen: ride {number} is moved. Pick-up {start}-{end}."),
    Reply.STILL_WAITS: _(
        "Transport Plzen: ride {number} waits for you. When you want to go answer {ready}, by {end} at the latest."
    ),
    Reply.ASKED_WHEN: _(
        "Transport Plzen: how many minutes later? Answer for example {later} 30, or a time: {later} 15:30"
    ),
    Reply.NOT_LATER: _("Transport Plzen: we have no later time. Ride {number}: pick-up {start}-{end}. Call {phone}"),
    Reply.REPORTED: _("Transport Plzen: ride {number}. The driver comes at about {at}, as reported at {as_of}."),
    Reply.PLANNED: _(
        "Transport Plzen: ride {number}. The driver comes at about {at} by the plan, promised {start}-{end}."
    ),
    Reply.AT_THE_DOOR: _(
        "Transport Plzen: ride {number}. The driver is at the door. You do not see the car? Call {phone}"
    ),
    Reply.ON_BOARD: _("Transport Plzen: ride {number} is under way, there at about {at}."),
    Reply.COMING: _("Transport Plzen: ride {number}: {day} pick-up {start}-{end}."),
    Reply.WAITS_FOR_CALL: _("Transport Plzen: ride {number} waits until you want to go. Then answer {ready}"),
    Reply.NO_RIDE: _("Transport Plzen: we find no ride of yours that this could be about. Call {phone}"),
    Reply.HELP: _("Transport Plzen: we call you at once. Our number: {phone}. In danger of life call 155."),
    Reply.CALL_BACK: _("Transport Plzen: thank you, we call you. Our number: {phone}"),
    Reply.WHICH: _("Transport Plzen: which ride? Answer {word} and its number. {choice}"),
    Reply.RIDE_UNKNOWN: _("Transport Plzen: we do not find this ride among yours. Call {phone}"),
    Reply.NOT_DONE: _("Transport Plzen: this cannot be done by message. Please call {phone}"),
    Reply.TOO_OLD: _("Transport Plzen: your message came too late for us to do it. Please call {phone}"),
    Reply.NOT_UNDERSTOOD: _("Transport Plzen: a person reads your message. You need us at once? Call {phone}"),
}
"""`OVERTAKEN` and `REPEATED` are not answered."""

FOR_A_PERSON = frozenset(
    {
        Reply.DRIVER_COMES,
        Reply.NO_VEHICLE,
        Reply.NOT_LATER,
        Reply.HELP,
        Reply.RIDE_UNKNOWN,
        Reply.NOT_DONE,
        Reply.TOO_OLD,
        Reply.NOT_UNDERSTOOD,
        Reply.OVERTAKEN,
    }
)
"""After these the message waits for one of us as well."""

PRINTED = {
    "cancel": Keyword.CANCEL,
    "yes": Keyword.YES,
    "ready": Keyword.READY,
    "later": Keyword.LATER,
}
"""Keywords that a text prints for the next answer."""


def written(reply: Reply, words: Catalogue, filling: dict[str, str], *, diacritics: bool) -> str:
    """The answer as it is sent."""
    said = {name: keywords.canonical(keyword, words.lang) for name, keyword in PRINTED.items()}
    text = words.text(TEXTS[reply]).format_map({**said, **filling})
    return text if diacritics else sms.without_diacritics(text)
