"""The standard texts of messages, what each must say, and what may be filled in. Pure."""

from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _
from transport.operations.messages import keywords
from transport.operations.messages.keywords import Keyword
from transport.operations.messages.models import MessageKind as Kind

ROOM = 20
"""Characters of the name of a place or of a vehicle in a message; longer ones are cut at a word."""
SHORT = 12
"""Characters of the first name of a driver, and of a name on a bell; of a place or a vehicle beside somebody's name."""
NAME = 24
"""Characters of the name of somebody who acts."""

SUBJECTS = {
    Kind.RIDE_CONFIRMED: _("Your ride is confirmed"),
    Kind.RIDE_CHANGED: _("Your ride comes at another time"),
    Kind.RIDE_CANCELLED: _("Your ride is cancelled"),
    Kind.RIDE_CALLED_OFF: _("The ride is called off"),
    Kind.TIME_OFFERED: _("Another time for your ride"),
    Kind.PLACE_FREE: _("A place has become free"),
    Kind.DAY_BEFORE: _("Your ride tomorrow"),
    Kind.VEHICLE_NEAR: _("The vehicle is near"),
    Kind.VEHICLE_ARRIVED: _("The driver is there"),
    Kind.RIDE_LATE: _("We come later"),
    Kind.ARRIVAL_LATE: _("The arrival is later"),
    Kind.TAXI_COMES: _("A taxi comes for you"),
    Kind.TAXI_OFF: _("The taxi does not come"),
    Kind.DELIVERED: _("Arrived"),
    Kind.RETURN_READY: _("Your way home"),
    Kind.RETURN_ASKED: _("When do you go home?"),
    Kind.WAITING_OVER: _("No place has become free"),
    Kind.OPINION_ASKED: _("How was the ride?"),
    Kind.REGISTRATION_VERIFIED: _("You are registered"),
    Kind.REGISTRATION_REFUSED: _("About your registration"),
    Kind.MANDATE_OFFERED: _("Somebody asks for your help with rides"),
    Kind.MANDATE_ACCEPTED: _("Somebody acts for you from now on"),
    Kind.CONSENT_ASKED: _("An order waits for your yes"),
    Kind.ABSENCE_NOTED: _("The driver did not find you"),
    Kind.ABSENCE_DECIDED: _("The absence is decided"),
    Kind.STANDING_PAUSED: _("Your regular ride is paused"),
    Kind.STANDING_ENDS: _("Your regular ride ends"),
}
STANDARD = {
    Kind.RIDE_CONFIRMED: _(
        "Transport Plzen: {whose}ride {number} confirmed. {day} pick-up {start}-{end}, {origin}, to {destination}. "
        "To cancel {cancel}"
    ),
    Kind.RIDE_CHANGED: _(
        "Transport Plzen: {whose}we are sorry, ride {number} changes. {day} pick-up {start}-{end}, there by {arrival}. "
        "Not possible? Call {phone}"
    ),
    Kind.RIDE_CANCELLED: _(
        "Transport Plzen: {whose}we are sorry, ride {number} on {day} at {start} cannot take place. "
        "For another way call {phone}"
    ),
    Kind.RIDE_CALLED_OFF: _(
        "Transport Plzen: {whose}ride {number} on {day} at {start} is called off as asked. Is that wrong? Call {phone}"
    ),
    Kind.TIME_OFFERED: _(
        "Transport Plzen: {whose}ride {number} on {day}: we could come {start}-{end}. Do you want it? By {until} "
        "{agree}. If not, the old time holds."
    ),
    Kind.PLACE_FREE: _(
        "Transport Plzen: {whose}a place has become free. {day} pick-up {start}-{end}, {origin}. Do you want it? "
        "By {until} {agree}"
    ),
    Kind.DAY_BEFORE: _(
        "Transport Plzen: {whose}tomorrow {day} we come {minute}, {origin}. {crew} Not going? Please {cancel}"
    ),
    Kind.VEHICLE_NEAR: _(
        "Transport Plzen: driver {driver} comes in about {minutes} min ({expected}). The vehicle: {vehicle}. {bell}"
    ),
    Kind.VEHICLE_ARRIVED: _("Transport Plzen: driver {driver} is there, {origin}, and waits until {wait_until}."),
    Kind.RIDE_LATE: _(
        "Transport Plzen: {whose}we are sorry, we come later, at about {expected}. {destination}: there at about "
        "{arrival}. Is that a problem? Please {mind}"
    ),
    Kind.ARRIVAL_LATE: _(
        "Transport Plzen: {whose}we are sorry, arrival at {destination} only at about {arrival}. Is that a problem? "
        "Call {phone}"
    ),
    Kind.TAXI_COMES: _(
        "Transport Plzen: {whose}{day} at {expected} a taxi comes instead of us: {who}, phone {taxi_phone}, {origin}. "
        "You pay our price."
    ),
    Kind.TAXI_OFF: _(
        "Transport Plzen: {whose}we are sorry, the taxi {day} {expected} does not come. We look for another vehicle "
        "and call you. Wait inside. Phone {phone}"
    ),
    Kind.DELIVERED: _("Transport Plzen: {whose}arrived at {expected}, {destination}."),
    Kind.RETURN_READY: _(
        "Transport Plzen: the ride home is ready. When you want to go, {ready}. We come within {minutes} min."
    ),
    Kind.RETURN_ASKED: _(
        "Transport Plzen: {whose}are you well? When do you go home? When you want to go, {ready}. The vehicle is kept "
        "until {end}."
    ),
    Kind.WAITING_OVER: _(
        "Transport Plzen: {whose}we are sorry, for {day} at about {start} no place has become free. For another time "
        "or another way call {phone}"
    ),
    Kind.OPINION_ASKED: _(
        "Transport Plzen: how was the ride on {day}? Tell us by telephone {phone} or on our pages. You need not answer."
    ),
    Kind.REGISTRATION_VERIFIED: _(
        "Transport Plzen: your registration is done, you can order rides. Call {phone} or log in: {login}"
    ),
    Kind.REGISTRATION_REFUSED: _(
        "Transport Plzen: we could not accept your registration. Why, and what you can do, we tell you at {phone}"
    ),
    Kind.MANDATE_OFFERED: _(
        "Transport Plzen: {who} asks for your help with rides. Log in with this contact and answer: {login}"
    ),
    Kind.MANDATE_ACCEPTED: _(
        "Transport Plzen: as you wished, {who} can act for you from now on. Is that wrong? Call {phone}"
    ),
    Kind.CONSENT_ASKED: _(
        "Transport Plzen: a prepared order waits for your yes. {day} {start}-{end}, {origin}. Do you agree? By {until} "
        "{agree}"
    ),
    Kind.ABSENCE_NOTED: _(
        "Transport Plzen: {whose}ride {number} on {day}: the driver did not find you. Was it otherwise? Until {until} "
        "call {phone}"
    ),
    Kind.ABSENCE_DECIDED: _(
        "Transport Plzen: {whose}the absence at ride {number} on {day} is decided. You find the decision at the ride "
        "on our pages, or call {phone}"
    ),
    Kind.STANDING_PAUSED: _(
        "Transport Plzen: {whose}regular ride {origin} - {destination} is paused from {day} to {last}. Is that wrong? "
        "Call {phone}"
    ),
    Kind.STANDING_ENDS: _(
        "Transport Plzen: {whose}regular ride {origin} - {destination} runs on {last} for the last time. To go on "
        "call {phone}"
    ),
}
NEEDED = {
    Kind.RIDE_CONFIRMED: {"number", "day", "start", "end"},
    Kind.RIDE_CHANGED: {"number", "day", "start", "end", "phone"},
    Kind.RIDE_CANCELLED: {"number", "day", "start", "phone"},
    Kind.RIDE_CALLED_OFF: {"number", "day", "phone"},
    Kind.TIME_OFFERED: {"number", "day", "start", "end", "agree"},
    Kind.PLACE_FREE: {"day", "start", "end", "until", "agree"},
    Kind.DAY_BEFORE: {"day", "minute", "cancel"},
    Kind.VEHICLE_NEAR: {"expected"},
    Kind.VEHICLE_ARRIVED: {"wait_until"},
    Kind.RIDE_LATE: {"expected", "mind"},
    Kind.ARRIVAL_LATE: {"arrival", "phone"},
    Kind.TAXI_COMES: {"day", "expected", "who", "taxi_phone"},
    Kind.TAXI_OFF: {"day", "expected", "phone"},
    Kind.DELIVERED: {"whose", "expected"},
    Kind.RETURN_READY: {"ready", "minutes"},
    Kind.RETURN_ASKED: {"ready"},
    Kind.WAITING_OVER: {"day", "start", "phone"},
    Kind.OPINION_ASKED: {"phone"},
    Kind.REGISTRATION_VERIFIED: {"phone"},
    Kind.REGISTRATION_REFUSED: {"phone"},
    Kind.MANDATE_OFFERED: {"who", "login"},
    Kind.MANDATE_ACCEPTED: {"who", "phone"},
    Kind.CONSENT_ASKED: {"day", "start", "until", "agree"},
    Kind.ABSENCE_NOTED: {"number", "day", "until", "phone"},
    Kind.ABSENCE_DECIDED: {"number", "phone"},
    Kind.STANDING_PAUSED: {"day", "last", "phone"},
    Kind.STANDING_ENDS: {"last", "phone"},
}
"""What each kind must say, whoever words it."""

ANSWERS = {
    "cancel": (Keyword.CANCEL, _("answer {word} {number}")),
    "agree": (Keyword.YES, _("answer {word} {number}")),
    "ready": (Keyword.READY, _("answer {word} or call {phone}")),
    "mind": (Keyword.BOTHERS, _("answer {word}")),
}
"""What the receiver can do: answer a text message with a keyword; whoever got it by another way calls."""
CALL = _("call {phone}")
CREW = _("Driver {driver}, {vehicle}.")
BELL = _("The driver rings at {bell}.")

LONGEST = {
    "number": "123456",
    "whose": "",
    "day": "st 30. 12.",
    "start": "10:30",
    "end": "10:45",
    "minute": "10:30-10:45",
    "arrival": "11:40",
    "expected": "10:50",
    "wait_until": "11:05",
    "until": "st 30. 12. 10:30",
    "last": "st 30. 12.",
    "minutes": "60",
    "origin": "M" * ROOM,
    "destination": "M" * ROOM,
    "driver": "M" * SHORT,
    "vehicle": "M" * ROOM,
    "place": "M" * SHORT,
    "who": "M" * NAME,
    "taxi_phone": "377000000",
    "phone": "800000000",
    "login": "https://doprava-s-asistenci.plzen.eu/cs/prihlaseni",
}
"""What may be filled in, each as long as it can be; `whose` is empty for the client."""
TO_REPRESENTATIVES = {
    "whose": f"M. {'M' * SHORT}: ",
    "origin": "M" * SHORT,
    "destination": "M" * SHORT,
    "vehicle": "M" * SHORT,
}
"""The same for a representative, who must know about whom it is, so that there is less room for the rest."""
SAMPLE = {
    "number": "472180",
    "whose": "",
    "day": "čt 26. 11.",
    "start": "8:30",
    "end": "8:45",
    "minute": "8:36",
    "arrival": "9:10",
    "expected": "8:36",
    "wait_until": "8:53",
    "until": "16:00",
    "last": "pá 18. 12.",
    "minutes": "10",
    "origin": "Slovanská 12",
    "destination": "FN Lochotín",
    "driver": "Petr",
    "vehicle": "bílá dodávka",
    "place": "Novák",
    "who": "Jana Nováková",
    "taxi_phone": "377000000",
    "phone": "800000000",
    "login": "https://doprava.example.org/cs/prihlaseni",
}
"""A ride as it might be, for whoever words a message."""
FIELDS = frozenset({*LONGEST, *ANSWERS, "crew", "bell"})
"""All that a text may fill in."""


def completed(filling: dict[str, str], words: Catalogue, *, by_text_message: bool = True) -> dict[str, str]:
    """The filling with what is put together of it: what one can answer, who drives, where the driver rings."""
    said = dict(filling)
    for name, (keyword, text) in ANSWERS.items():
        wanted = words.text(text) if by_text_message else words.text(CALL)
        said[name] = wanted.format_map({**filling, "word": keywords.canonical(keyword, words.lang)}).strip()
    said["crew"] = words.text(CREW).format_map(filling) if filling["driver"] else ""
    said["bell"] = words.text(BELL).format_map({**filling, "bell": filling["place"]}) if filling["place"] else ""
    return said
