"""A message as it is sent: the wording of the day, filled in for one receiver."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.accounts.contacts import Way
from transport.booking.clients.models import Client, ClientPlace
from transport.kernel.clock import local_day
from transport.kernel.i18n import Catalogue, Lang
from transport.kernel.i18n import mark as _
from transport.kernel.policy import Policies
from transport.operations.messages import sms, texts, wording
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import News
from transport.operations.messages.recipients import Recipient
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.geo.models import Place

CALLED = _("vehicle {code}")
"""A vehicle of which nobody has written what it is."""


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name messages speak: the languages, the rules, and where people log in."""

    words: dict[Lang, Catalogue]
    policies: Policies
    login: str = ""
    """Where people log in, with {lang} for the language."""

    @property
    def phone(self) -> str:
        """The number of the call centre, as one dials it."""
        return self.policies.service.phone.removeprefix("+420").replace(" ", "")


def subject(kind: Kind, words: Catalogue) -> str:
    """What stands above an e-mail or a letter."""
    return words.text(texts.SUBJECTS[kind])


def written(session: Session, news: News, to: Recipient, client: Client, *, voice: Voice, now: datetime) -> str:
    """The text for one receiver, by the way it takes."""
    words = voice.words[to.language]
    by_text = to.way is Way.SMS
    filling = texts.completed(_filling(session, news, to, client, words, voice, now), words, by_text_message=by_text)
    text = wording.fill(wording.now_worded(session, news.kind, words).text, filling)
    return text if not by_text or to.diacritics else sms.bare(text, to.language)


def cut(name: str, room: int) -> str:
    """A name as long as a message has room for, cut at a word."""
    if len(name) <= room:
        return name
    return name[: room + 1].rpartition(" ")[0].rstrip(" ,-") or name[:room]


def _filling(
    session: Session, news: News, to: Recipient, client: Client, words: Catalogue, voice: Voice, now: datetime
) -> dict[str, str]:
    """Everything a text may say; empty where it does not belong to these news."""

    def clock(second: int | None) -> str:
        return "" if second is None or news.day is None else words.time(second, news.day)

    def instant(moment: datetime | None) -> str:
        return "" if moment is None else words.instant(moment)

    code = "" if news.ride is None else news.ride.code
    window = f"{clock(news.start)}-{clock(news.end)}"
    room = texts.ROOM if to.user_id is None else texts.SHORT
    driver, vehicle = _crew(session, news.shift_id, room, words)
    late = news.arrival is not None
    return {
        "number": code if to.way is Way.SMS else f"{code[:3]} {code[3:]}".strip(),
        "whose": "" if to.user_id is None else f"{client.first_name[:1]}. {cut(client.last_name, texts.SHORT)}: ",
        "day": _day(news.day, words),
        "start": clock(news.start),
        "end": clock(news.end),
        "minute": window if news.minute is None else clock(news.minute),
        "arrival": instant(news.arrival) if late else clock(news.arrive_by),
        "expected": instant(news.expected),
        "wait_until": instant(news.until),
        "until": _until(news, words, now),
        "last": _day(news.last, words),
        "minutes": str(news.minutes),
        "origin": _place(session, news.origin_id, room),
        "destination": _place(session, news.destination_id, room),
        "driver": driver,
        "vehicle": vehicle,
        "place": _bell(session, news),
        "who": cut(news.who, texts.NAME),
        "taxi_phone": news.taxi_phone.removeprefix("+420").replace(" ", ""),
        "phone": voice.phone,
        "login": voice.login.replace("{lang}", to.language),
    }


def _day(day: date | None, words: Catalogue) -> str:
    return "" if day is None else words.day_short(day)


def _until(news: News, words: Catalogue, now: datetime) -> str:
    """Today only the time, else the day too; a last day to object is a day."""
    if news.until is None:
        return ""
    day = local_day(news.until)
    if news.kind is Kind.ABSENCE_NOTED:
        return words.day_short(day)
    return words.instant(news.until) if day == local_day(now) else f"{words.day_short(day)} {words.instant(news.until)}"


def _place(session: Session, place_id: int | None, room: int) -> str:
    return "" if place_id is None else cut(session.get_one(Place, place_id).name, room)


def _crew(session: Session, shift_id: int | None, room: int, words: Catalogue) -> tuple[str, str]:
    """The first name of the driver, and the vehicle in words."""
    if shift_id is None:
        return "", ""
    shift = session.get_one(Shift, shift_id)
    driver, vehicle = session.get_one(Driver, shift.driver_id), session.get_one(Vehicle, shift.vehicle_id)
    first = driver.name.split()[0] if driver.name.split() else ""
    called = vehicle.kind or words.text(CALLED).format(code=vehicle.code)
    return first[: texts.SHORT], cut(called, room)


def _bell(session: Session, news: News) -> str:
    """The name on the bell at which the driver rings, if the client has told it."""
    mine = select(ClientPlace.bell).where(ClientPlace.client_id == news.client_id)
    bell = session.exec(mine.where(col(ClientPlace.place_id) == news.origin_id)).first()
    return cut(bell or "", texts.SHORT)
