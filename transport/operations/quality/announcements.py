"""One line for everybody on the start page: it snows, the telephone is out of order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid
from transport.kernel.events import record
from transport.operations.quality.letters import LONGEST_LINE
from transport.operations.quality.models import Announcement


@dataclass(frozen=True, slots=True)
class Said:
    """What is announced, and the language it is in."""

    text: str
    lang: str


def current(session: Session, lang: str, *, now: datetime) -> Said | None:
    """What is announced now, if anything, in Czech where nobody wrote it in this language; of two the newer one."""
    in_force = select(Announcement).where(Announcement.starts_at <= now, Announcement.ends_at > now)
    row = session.exec(in_force.order_by(col(Announcement.id).desc())).first()
    if row is None:
        return None
    text = getattr(row, lang)
    return Said(text, lang) if text else Said(row.cs, "cs")


def standing(session: Session, *, now: datetime) -> list[Announcement]:
    """All that is announced now or for later, in all its languages, the newest first."""
    rows = select(Announcement).where(Announcement.ends_at > now).order_by(col(Announcement.id).desc())
    return list(session.exec(rows))


def announce(
    session: Session, texts: Mapping[str, str], *, starts_at: datetime, ends_at: datetime, by: Actor, now: datetime
) -> Announcement:
    """Say something to everybody, in Czech (`cs`) and any other language of the pages, from–until.

    Raises Invalid("announcement.text_missing"), Invalid("letter.too_long"), Invalid("span.ends_before_start").
    """
    if not texts.get("cs", "").strip():
        raise Invalid("announcement.text_missing")
    if ends_at <= max(starts_at, now):
        raise Invalid("announcement.over_already")
    said = {lang: texts.get(lang, "").strip() for lang in ("cs", "en", "uk", "de")}
    for text in said.values():
        if len(text) > LONGEST_LINE:
            raise Invalid("letter.too_long", most=LONGEST_LINE, has=len(text))
    row = Announcement(cs=said["cs"], en=said["en"], uk=said["uk"], de=said["de"], starts_at=starts_at, ends_at=ends_at)
    session.add(row)
    session.flush()
    record(session, "announced", subject=("announcement", row.id), by=by, now=now, facts={"until": ends_at})
    return row


def withdraw(session: Session, *, by: Actor, now: datetime) -> int:
    """End everything that is announced now or is to be announced later; how many lines that were."""
    rows = session.exec(select(Announcement).where(Announcement.ends_at > now)).all()
    for row in rows:
        row.ends_at = now
        session.add(row)
        record(session, "announcement_withdrawn", subject=("announcement", row.id), by=by, now=now)
    session.flush()
    return len(rows)
