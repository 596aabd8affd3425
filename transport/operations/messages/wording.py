"""How messages are worded: standard texts in four languages, those a city has written itself, and what they cost."""

import re
import string
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid
from transport.kernel.events import record
from transport.kernel.i18n import LANGUAGES, Catalogue, Lang
from transport.operations.messages import sms, texts
from transport.operations.messages.models import MessageKind, MessageText

LONGEST = 600
"""Characters of a wording before it is filled in."""

_BEGINNING = re.compile(r"(?<=[^\W\d][.?!] )[^\W\d_]")
"""The first letter of a sentence; a point after a number is that of a date."""


@dataclass(frozen=True, slots=True)
class Worded:
    """The wording of one kind in one language; `own` if the city wrote it."""

    kind: MessageKind
    language: Lang
    text: str
    own: bool
    words: Catalogue

    @property
    def sample(self) -> str:
        """The text of a ride as it might be."""
        return fill(self.text, texts.completed(texts.SAMPLE, self.words))

    @property
    def length(self) -> int:
        """Characters when everything is as long as it can be."""
        return len(sms.bare(self.longest(), self.language))

    @property
    def segments(self) -> int:
        """Text messages it is counted as at most, written without diacritics."""
        return sms.segments(sms.bare(self.longest(), self.language))

    @property
    def segments_accented(self) -> int:
        """Text messages it is counted as at most for somebody whose telephone reads messages out."""
        return sms.segments(self.longest())

    def longest(self, *, to_representative: bool = False) -> str:
        """The text with everything as long as it can be."""
        more = texts.TO_REPRESENTATIVES if to_representative else {}
        return fill(self.text, texts.completed({**texts.LONGEST, **more}, self.words))


def now_worded(session: Session, kind: MessageKind, words: Catalogue) -> Worded:
    """What is sent today: the city's latest wording, or the standard one."""
    mine = select(MessageText).where(MessageText.kind == kind, MessageText.language == words.lang)
    latest = session.exec(mine.order_by(col(MessageText.since).desc(), col(MessageText.id).desc())).first()
    own = latest is not None and bool(latest.text)
    text = latest.text if latest is not None and own else words.text(texts.STANDARD[kind])
    return Worded(kind, words.lang, text, own, words)


def word(session: Session, kind: str, language: str, text: str, *, by: Actor, now: datetime) -> None:
    """Word a kind of message anew from now on; an empty text brings the standard one back.

    Raises Invalid at the field `text`: text.too_long, text.braces, text.unknown_filling, text.filling_missing;
    Invalid("text.no_such_kind") for a kind or language that does not exist.
    """
    if kind not in texts.STANDARD or language not in LANGUAGES:
        raise Invalid("text.no_such_kind")
    chosen, wanted = MessageKind(kind), " ".join(text.split())
    if wanted:
        check(chosen, wanted)
    session.add(MessageText(kind=chosen, language=language, text=wanted, since=now, actor=by.label))
    session.flush()
    facts = {"language": language, "standard": not wanted}
    record(session, "message_worded", subject=("message_kind", kind), by=by, now=now, facts=facts)


def fill(text: str, filling: dict[str, str]) -> str:
    """The text with everything filled in: no gap where something is not known, each sentence with its capital."""
    said = text.format_map(filling).replace("  ", " ").replace("..", ".").strip()
    return _BEGINNING.sub(lambda found: found[0].upper(), said)


def check(kind: MessageKind, text: str) -> None:
    """Refuse a wording that would go wrong (see `word`)."""
    if len(text) > LONGEST:
        raise Invalid("text.too_long", field="text", most=LONGEST)
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        raise Invalid("text.braces", field="text") from None
    unknown = sorted(fields - texts.FIELDS)
    if unknown:
        raise Invalid("text.unknown_filling", field="text", name=unknown[0])
    missing = sorted(texts.NEEDED[kind] - fields)
    if missing:
        raise Invalid("text.filling_missing", field="text", name=missing[0])
