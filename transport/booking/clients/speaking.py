"""By which way a message reaches somebody. Pure."""

from enum import StrEnum

from transport.accounts import contacts


class MessageChannel(StrEnum):
    """How a message is sent: written to a mobile, written to a mailbox, or read out by telephone."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"


def possible(phone: str, email: str) -> tuple[MessageChannel, ...]:
    """The ways that somebody with these contacts can be reached, the usual one first; a landline is only called."""
    found = []
    if phone and not contacts.is_landline(phone):
        found.append(MessageChannel.SMS)
    if email:
        found.append(MessageChannel.EMAIL)
    if phone:
        found.append(MessageChannel.VOICE)
    return tuple(found)


def fault(channel: str, phone: str, email: str, *, no_calls: bool) -> str | None:
    """The code of why no message would come this way; None if it would."""
    if channel not in set(MessageChannel):
        return "preferences.channel_missing"
    if channel not in possible(phone, email):
        return _LACKING[MessageChannel(channel)]
    if no_calls and channel == MessageChannel.VOICE:
        return "preferences.calls_unwanted"
    return None


_LACKING = {
    MessageChannel.SMS: "preferences.no_mobile",
    MessageChannel.EMAIL: "preferences.no_email",
    MessageChannel.VOICE: "preferences.no_phone",
}
