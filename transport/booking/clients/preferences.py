"""How a client wants to be spoken with: by which way messages come, whether to call, how to speak."""

from datetime import datetime

from sqlmodel import Session

from transport.booking.clients import events as happened
from transport.booking.clients import mandates, speaking
from transport.booking.clients.models import Client, ContactPreferences, Power
from transport.booking.clients.speaking import MessageChannel
from transport.kernel import events
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid


def of(session: Session, client: Client) -> ContactPreferences:
    """What the client has said; whoever has said nothing, or can no longer be reached so, is written to or called."""
    said = session.get(ContactPreferences, client.id)
    ways = speaking.possible(client.phone, client.email)
    usual = ways[0] if ways else MessageChannel.VOICE
    if said is None:
        return ContactPreferences(client_id=client.id or 0, channel=usual)
    if said.channel in ways or not ways:
        return said
    return ContactPreferences(**{**said.model_dump(), "channel": usual})


def record(
    session: Session,
    client: Client,
    *,
    channel: str,
    optional: bool,
    diacritics: bool,
    no_calls: bool,
    slowly: bool,
    to_representative: bool,
    day_before: bool = True,
    near: bool = True,
    arrived: bool = True,
    representatives: bool = False,
    delivered: bool = False,
    letters: bool = False,
    by: Actor,
    now: datetime,
) -> ContactPreferences:
    """Keep how to speak with the client; refuses a way in which no message would reach them."""
    client = mandates.require(session, client.id or 0, by, Power.MANAGE, on=local_day(now))
    by = mandates.acting_for(client, by)
    refused = speaking.fault(channel, client.phone, client.email, no_calls=no_calls)
    if refused is not None:
        raise Invalid(refused, field="channel")
    if to_representative and not client.contact_phone:
        raise Invalid("preferences.nobody_to_call", field="speaking")
    way = MessageChannel(channel)
    said = session.get(ContactPreferences, client.id) or ContactPreferences(client_id=client.id or 0, channel=way)
    said.channel, said.optional, said.diacritics = way, optional, diacritics
    said.no_calls, said.slowly, said.to_representative = no_calls, slowly, to_representative
    said.day_before, said.near, said.arrived = day_before, near, arrived
    said.representatives, said.delivered, said.letters = representatives, delivered, letters
    session.add(said)
    session.flush()
    events.record(session, happened.PREFERENCES_RECORDED, subject=("client", client.id), by=by, now=now)
    return said
