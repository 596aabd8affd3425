"""How messages are worded: standard texts in four languages, those a city has written itself, and what they cost."""

import string
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid
from transport.kernel.events import record
from transport.kernel.i18n import LANGUAGES, Catalogue, Lang
from transport.kernel.i18n import mark as _
from transport.operations.messages import sms
from transport.operations.messages.models import MessageKind, MessageText

LONGEST = 600
"""Characters of a wording before it is filled in."""
ROOM = 20
"""Characters of the name of a place in a message; longer ones are cut at a word."""


SUBJECTS = {
    MessageKind.RIDE_CONFIRMED: _("Your ride is confirmed"),
    MessageKind.RIDE_CHANGED: _("Your ride comes at another time"),
    MessageKind.RIDE_CANCELLED: _("Your ride is cancelled"),
    MessageKind.TIME_OFFERED: _("Another time for your ride"),
    MessageKind.PLACE_FREE: _("A place has become free"),
}
STANDARD = {
    MessageKind.RIDE_CONFIRMED: _(
        "Transport Plzen: ride {number} confirmed. {day} pick-up {start}-{end}, {origin}, to {destination}. "
        "To cancel call {phone}"
    ),
    MessageKind.RIDE_CHANGED: _(
        "Transport Plzen: we are sorry, ride {number} changes. {day} pick-up {start}-{end}, there by {arrival}. "
        "Not possible? Call {phone}"
    ),
    MessageKind.RIDE_CANCELLED: _(
        "Transport Plzen: we are sorry, ride {number} on {day} at {start} cannot take place. "
        "For another way call {phone}"
    ),
    MessageKind.TIME_OFFERED: _(
        "Transport Plzen: ride {number} on {day}, we could come {start}-{end} instead. Until you answer the old time "
        "holds. Call {phone}"
    ),
    MessageKind.PLACE_FREE: _(
        "Transport Plzen: a place has become free. {day} pick-up {start}-{end}, {origin}. Do you want it? Call {phone}"
    ),
}
NEEDED = {
    MessageKind.RIDE_CONFIRMED: {"number", "day", "start", "end"},
    MessageKind.RIDE_CHANGED: {"number", "day", "start", "end", "phone"},
    MessageKind.RIDE_CANCELLED: {"number", "day", "start", "phone"},
    MessageKind.TIME_OFFERED: {"number", "day", "start", "end", "phone"},
    MessageKind.PLACE_FREE: {"day", "start", "end", "phone"},
}
"""What each kind must say, whoever words it."""
LONGEST_FILLING = {
    "number": "123 456",
    "day": "st 30. 12.",
    "start": "10:30",
    "end": "10:45",
    "arrival": "11:40",
    "origin": "M" * ROOM,
    "destination": "M" * ROOM,
    "phone": "800000000",
}
"""What may be filled in, each as long as it can be."""
SAMPLE = {
    "number": "472 180",
    "day": "čt 26. 11.",
    "start": "8:30",
    "end": "8:45",
    "arrival": "9:10",
    "origin": "Slovanská 12",
    "destination": "FN Lochotín",
    "phone": "800000000",
}
"""A ride as it might be, for whoever words a message."""


@dataclass(frozen=True, slots=True)
class Worded:
    """The wording of one kind in one language; `own` if the city wrote it."""

    kind: MessageKind
    language: Lang
    text: str
    own: bool

    @property
    def sample(self) -> str:
        """The text of a ride as it might be."""
        return fill(self.text, SAMPLE)

    @property
    def length(self) -> int:
        """Characters when everything is as long as it can be."""
        return len(fill(self.text, LONGEST_FILLING))

    @property
    def segments(self) -> int:
        """Text messages it is counted as at most, written without diacritics."""
        return sms.segments(sms.without_diacritics(fill(self.text, LONGEST_FILLING)))

    @property
    def segments_accented(self) -> int:
        """Text messages it is counted as at most for somebody whose telephone reads messages out."""
        return sms.segments(fill(self.text, LONGEST_FILLING))


def now_worded(session: Session, kind: MessageKind, words: Catalogue) -> Worded:
    """What is sent today: the city's latest wording, or the standard one."""
    mine = select(MessageText).where(MessageText.kind == kind, MessageText.language == words.lang)
    latest = session.exec(mine.order_by(col(MessageText.since).desc(), col(MessageText.id).desc())).first()
    own = latest is not None and bool(latest.text)
    text = latest.text if latest is not None and own else words.text(STANDARD[kind])
    return Worded(kind, words.lang, text, own)


def word(session: Session, kind: str, language: str, text: str, *, by: Actor, now: datetime) -> None:
    """Word a kind of message anew from now on; an empty text brings the standard one back.

    Raises Invalid at the field `text`: text.too_long, text.braces, text.unknown_filling, text.filling_missing;
    Invalid("text.no_such_kind") for a kind or language that does not exist.
    """
    if kind not in STANDARD or language not in LANGUAGES:
        raise Invalid("text.no_such_kind")
    chosen, wanted = MessageKind(kind), " ".join(text.split())
    if wanted:
        check(chosen, wanted)
    session.add(MessageText(kind=chosen, language=language, text=wanted, since=now, actor=by.label))
    session.flush()
    facts = {"language": language, "standard": not wanted}
    record(session, "message_worded", subject=("message_kind", kind), by=by, now=now, facts=facts)


def fill(text: str, filling: dict[str, str]) -> str:
    """The text with everything filled in."""
    return text.format_map(filling)


def check(kind: MessageKind, text: str) -> None:
    """Refuse a wording that would go wrong (see `word`)."""
    if len(text) > LONGEST:
        raise Invalid("text.too_long", field="text", most=LONGEST)
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        raise Invalid("text.braces", field="text") from None
    unknown = sorted(fields - LONGEST_FILLING.keys())
    if unknown:
        raise Invalid("text.unknown_filling", field="text", name=unknown[0])
    missing = sorted(NEEDED[kind] - fields)
    if missing:
        raise Invalid("text.filling_missing", field="text", name=missing[0])
