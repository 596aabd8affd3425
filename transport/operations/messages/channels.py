"""The ways out, and which of them this house has. What is behind a channel is chosen where all is plugged together.

A channel sends at once, while somebody waits for it at a page: it answers within seconds or says that it could not.
Nothing of a message or of its receiver is written into a log.
"""

from dataclasses import dataclass
from typing import Protocol

from transport.accounts.contacts import Way
from transport.kernel.errors import Exhausted
from transport.operations.messages.console import Console, Kept


class Channel(Protocol):
    """One way to send words to somebody."""

    def send(self, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Send it; `key` names a message that may be tried twice. Raises Exhausted("message.not_sent") if it fails."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What can be sent from this house; None: there is no such way."""

    sms: Channel | None = None
    email: Channel | None = None
    voice: Channel | None = None
    kept: Kept | None = None
    """What was only shown here and not sent, where no real channel is plugged in."""

    def by(self, way: Way) -> Channel | None:
        """The channel of a way."""
        return {Way.SMS: self.sms, Way.EMAIL: self.email, Way.CALL: self.voice}[way]

    def send(self, way: Way, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Send by this way; a way the house does not have is one that does not work."""
        channel = self.by(way)
        if channel is None:
            raise Exhausted("message.not_sent")
        channel.send(to, text, subject, language, key)


def simulated() -> Channels:
    """Channels that send nothing: they print what they would, and say so."""
    kept = Kept()
    return Channels(Console("SMS", kept), Console("E-MAIL", kept), Console("CALL", kept), kept)
