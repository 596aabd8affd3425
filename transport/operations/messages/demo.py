"""What the demo may show of a message on the page itself, as nobody there has the telephone it is for."""

from sqlmodel import Session, select

from transport.kernel.events import Event
from transport.operations.messages.channels import Channels

BUILT = "demo_built"
"""The event of a database that was invented."""


def shown(session: Session, channels: Channels, contact: str) -> str | None:
    """The last message to a contact, if nothing is really sent and nobody here is real; else None, always."""
    if channels.kept is None:
        return None
    if session.exec(select(Event.id).where(Event.kind == BUILT)).first() is None:
        return None
    message = channels.kept.last_to(contact)
    return None if message is None else message.text
