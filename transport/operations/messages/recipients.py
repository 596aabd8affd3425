"""Whom a message is for and by which way it reaches them: the client, and those who act for the client."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from transport.accounts import contacts
from transport.accounts.contacts import Way
from transport.accounts.models import User
from transport.booking.clients import preferences, queries, speaking
from transport.booking.clients.models import Client, ContactPreferences, Mandate, MandateKind
from transport.booking.clients.speaking import MessageChannel
from transport.booking.rides.models import TripRequest
from transport.kernel.actor import SYSTEM
from transport.kernel.i18n import DEFAULT, LANGUAGES, Lang
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.messages.news import News
from transport.routing.geo.models import Place

WAYS = {MessageChannel.SMS: Way.SMS, MessageChannel.EMAIL: Way.EMAIL, MessageChannel.VOICE: Way.CALL}

UNWANTED = {
    Kind.DAY_BEFORE: "day_before",
    Kind.VEHICLE_NEAR: "near",
    Kind.VEHICLE_ARRIVED: "arrived",
    Kind.OPINION_ASKED: "optional",
}
"""What somebody may do without, and where they say so."""

LETTERS = frozenset(
    {
        Kind.STANDING_PAUSED,
        Kind.STANDING_ENDS,
        Kind.REGISTRATION_VERIFIED,
        Kind.REGISTRATION_REFUSED,
        Kind.ABSENCE_NOTED,
        Kind.ABSENCE_DECIDED,
    }
)
"""What can wait for the post."""

READ_ALONG = frozenset(
    {
        Kind.RIDE_CONFIRMED,
        Kind.RIDE_CHANGED,
        Kind.RIDE_CANCELLED,
        Kind.RIDE_CALLED_OFF,
        Kind.TIME_OFFERED,
        Kind.PLACE_FREE,
        Kind.DAY_BEFORE,
        Kind.RIDE_LATE,
        Kind.ARRIVAL_LATE,
        Kind.TAXI_COMES,
        Kind.TAXI_OFF,
        Kind.RETURN_ASKED,
        Kind.WAITING_OVER,
        Kind.ABSENCE_NOTED,
        Kind.ABSENCE_DECIDED,
        Kind.STANDING_PAUSED,
        Kind.STANDING_ENDS,
    }
)
"""What representatives are told as well."""

_ALWAYS = frozenset(
    {
        MandateKind.PARENT,
        MandateKind.GUARDIAN,
        MandateKind.GUARDIAN_LIMITED,
        MandateKind.SUPPORTER,
    }
)
"""Whoever stands beside the client by law or as a supporter reads along."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, by one way. `user_id`: a representative; None: the client."""

    way: Way
    to: str
    language: Lang
    diacritics: bool = False
    user_id: int | None = None


def of(session: Session, news: News, client: Client, *, on: date) -> list[Recipient]:
    """Everybody who is told, each address once, the client first; empty if nobody is to be told or can be reached."""
    found: dict[str, Recipient] = {}
    for recipient in _meant(session, news, client, on):
        found.setdefault(recipient.to, recipient)
    return list(found.values())


def unwanted(session: Session, kind: Kind, client: Client) -> bool:
    """Whether the client does without messages of this kind."""
    return _unwanted(kind, preferences.of(session, client))


def of_client(session: Session, kind: Kind, client: Client) -> Recipient | None:
    """How the client is told; None if no way leads to them.

    Nobody who cannot hear or does not want to be called is called. Whoever has no telephone and no mailbox is told
    through the person they have named.
    """
    said = preferences.of(session, client)
    language = _language(client.language)
    home = _home(session, client) if kind in LETTERS else ""
    if said.letters and home:
        return Recipient(Way.LETTER, home, language, diacritics=True)
    needs = queries.needs_now(session, client.id or 0)
    silent = said.no_calls or (needs is not None and needs.deaf)
    possible = speaking.possible(client.phone, client.email)
    for channel in (said.channel, *possible):
        if channel not in possible or (silent and channel is MessageChannel.VOICE):
            continue
        to = client.email if channel is MessageChannel.EMAIL else client.phone
        if channel is MessageChannel.VOICE and said.to_representative and client.contact_phone:
            to = client.contact_phone
        return Recipient(WAYS[channel], to, language, diacritics=said.diacritics)
    if client.contact_phone:
        way = Way.CALL if contacts.is_landline(client.contact_phone) else Way.SMS
        return Recipient(way, client.contact_phone, language, diacritics=said.diacritics)
    return Recipient(Way.LETTER, home, language, diacritics=True) if home else None


def _meant(session: Session, news: News, client: Client, on: date) -> Iterator[Recipient]:
    said = preferences.of(session, client)
    if news.kind is Kind.MANDATE_OFFERED and news.mandate is not None:
        yield from _invited(session, news.mandate)
        return
    if news.asked_by is not None:
        yield from _people(session, _joint(session, news, on))
        return
    if news.kind is not Kind.DELIVERED and not _unwanted(news.kind, said) and not _did_it(news, client):
        mine = of_client(session, news.kind, client)
        if mine is not None:
            yield mine
    if news.kind in READ_ALONG or (news.kind is Kind.DELIVERED and said.delivered):
        yield from _people(session, _told(session, news, client, said, on))


def _did_it(news: News, client: Client) -> bool:
    """Whether the client has done it, on our pages or by a text message that was answered."""
    by_text = news.by == SYSTEM.label and news.on_behalf_of == client.id
    return bool(news.by) and (by_text or (client.user_id is not None and news.by.endswith(f":{client.user_id}")))


def _unwanted(kind: Kind, said: ContactPreferences) -> bool:
    if kind not in UNWANTED:
        return False
    return not (said.optional and getattr(said, UNWANTED[kind]))


def _told(session: Session, news: News, client: Client, said: ContactPreferences, on: date) -> list[int]:
    """Representatives with a mandate in force: those beside the client by law, those who ordered this ride.

    All of them, if the client wants it so.
    """
    ordered: set[int | None] = set()
    if news.ride is not None:
        request = session.get_one(TripRequest, news.ride.request_id)
        ordered = {request.requested_by, request.prepared_by}
    everybody = said.representatives or news.kind is Kind.DELIVERED
    return [
        mandate.user_id
        for mandate in _in_force(session, client.id or 0, on)
        if mandate.user_id is not None
        and mandate.user_id != client.user_id
        and not news.by.endswith(f":{mandate.user_id}")
        and (everybody or mandate.kind in _ALWAYS or mandate.user_id in ordered)
    ]


def _joint(session: Session, news: News, on: date) -> list[int]:
    mandates = _in_force(session, news.client_id, on)
    return [each.user_id for each in mandates if each.joint and each.user_id not in (None, news.asked_by)]


def _in_force(session: Session, client_id: int, on: date) -> list[Mandate]:
    mine = select(Mandate).where(Mandate.client_id == client_id, col(Mandate.revoked_at).is_(None))
    return [mandate for mandate in session.exec(mine.order_by(col(Mandate.id))) if mandate.in_force(on)]


def _people(session: Session, ids: list[int]) -> Iterator[Recipient]:
    for user_id in dict.fromkeys(ids):
        user = session.get(User, user_id)
        if user is not None and user.active and (channels := speaking.possible(user.phone, user.email)):
            to = user.email if channels[0] is MessageChannel.EMAIL else user.phone
            yield Recipient(WAYS[channels[0]], to, _language(user.language), user_id=user_id)


def _invited(session: Session, mandate: Mandate) -> Iterator[Recipient]:
    to = mandate.invited_contact
    ways = contacts.ways(to)
    known = session.exec(select(User).where((User.phone == to) | (User.email == to)).order_by(col(User.id))).first()
    if ways:
        language = _language(known.language if known else DEFAULT)
        yield Recipient(ways[0], to, language, user_id=known.id if known else None)


def _home(session: Session, client: Client) -> str:
    """The address of the client's home, as the post writes it."""
    home = next((each for each in queries.places(session, client.id or 0) if each.is_home), None)
    place = None if home is None else session.get(Place, home.place_id)
    return "" if place is None else place.address or place.name


def _language(said: str) -> Lang:
    return next((each for each in LANGUAGES if each == said), DEFAULT)
