"""The channel of a house without channels: it prints, says that it does, and keeps the last messages for the demo."""

import sys
from collections import deque
from dataclasses import dataclass, field

MOST = 50


@dataclass(frozen=True, slots=True)
class Message:
    """What would have been sent."""

    kind: str
    to: str
    text: str
    subject: str = ""


@dataclass
class Kept:
    """The last messages, in the memory of this process only."""

    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MOST))

    def last_to(self, contact: str) -> Message | None:
        """The newest message to a contact."""
        return next((each for each in reversed(self.messages) if each.to == contact), None)


@dataclass(frozen=True, slots=True)
class Console:
    """Shows messages instead of sending them."""

    kind: str
    kept: Kept

    def send(self, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Print the message and keep it."""
        del language, key
        self.kept.messages.append(Message(self.kind, to, text, subject))
        lines = [f"simulated, not sent: {self.kind} to {to}", *([subject] if subject else []), *text.splitlines()]
        sys.stdout.write("\n    ".join(lines) + "\n")
        sys.stdout.flush()
