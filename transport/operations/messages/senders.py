"""Who writes from a number, and for whom each of them may act. Reads.

A number is somebody's if it is where their log-in codes go, or if it stands on their own card. Whoever is only named
as the contact of a client speaks for nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Power
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.i18n import DEFAULT, LANGUAGES, Lang

_WRITERS = (Role.CLIENT, Role.REPRESENTATIVE)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody at a number and a client they may act for: as whom they do it, what they may do, in which language."""

    client: Client
    by: Actor
    powers: frozenset[Power]
    language: Lang


def at(session: Session, number: str, *, now: datetime) -> list[Speaker]:
    """Everybody who may write from this number, each with each client of theirs; a number as it is kept."""
    if not number:
        return []
    today = local_day(now)
    found = []
    mine = select(User).where(User.phone == number, col(User.active), col(User.role).in_(_WRITERS))
    for user in session.exec(mine.order_by(col(User.id))):
        by = users.actor(user)
        found += [
            Speaker(each.client, by, each.powers, _language(user.language))
            for each in mandates.people(session, by, on=today)
        ]
    oneself = {speaker.client.id for speaker in found if speaker.by.user == speaker.client.user_id}
    cards = select(Client).where(Client.phone == number, col(Client.active)).order_by(col(Client.id))
    for client in session.exec(cards):
        if client.id in oneself:
            continue
        alone = {power for power in Power if mandates.decides_alone(session, client.id or 0, power, on=today)}
        found.insert(0, Speaker(client, _herself(session, client), frozenset(alone), _language(client.language)))
    return found


def _herself(session: Session, client: Client) -> Actor:
    """The client's own log-in; whoever has none acts through the service, with the client's name on it."""
    user = None if client.user_id is None else session.get(User, client.user_id)
    if user is not None and user.active:
        return users.actor(user)
    return Actor(user=None, role=Role.SYSTEM, name="sms", on_behalf_of=client.id)


def _language(said: str) -> Lang:
    return next((each for each in LANGUAGES if each == said), DEFAULT)
