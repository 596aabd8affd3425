"""A driver's device: a clock that is wrong, an outbox, and a network that comes and goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from transport.kernel.errors import Exhausted
from transport.operations.driving.models import ReportKind
from transport.operations.driving.said import Said
from transport.routing.planning.models import StopKind

MOST_WRONG = 600
"""Seconds by which the clock of a device is wrong at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One report in the outbox; `at` is what the device's clock said, `truly` what it was."""

    key: str
    seq: int
    kind: ReportKind
    promise: int | None
    stop: StopKind | None
    at: datetime
    truly: datetime
    about: str
    facts: dict[str, Any]


@dataclass
class Device:
    """`now` tells the true time. Reports wait in `outbox` until the network is there; `made` remembers all of them."""

    shift: int
    chance: Random
    now: Callable[[], datetime]
    dead: list[tuple[datetime, datetime]]
    """When there is no network."""
    wrong: timedelta = timedelta()
    outbox: list[Kept] = field(default_factory=list)
    made: list[Kept] = field(default_factory=list)
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self._uuid()
        self.wrong = timedelta(seconds=self.chance.randint(-MOST_WRONG, MOST_WRONG))

    @property
    def connected(self) -> bool:
        """Whether the network is there."""
        now = self.now()
        return not any(begins <= now < ends for begins, ends in self.dead)

    def report(
        self,
        kind: ReportKind,
        promise: int | None = None,
        stop: StopKind | None = None,
        *,
        about: str = "",
        **facts: Any,
    ) -> Kept:
        """The driver taps; it is kept here until somebody has taken it over."""
        truly = self.now()
        kept = Kept(
            self._uuid(), len(self.made) + 1, kind, promise, stop, truly + self.wrong, truly, about, dict(facts)
        )
        self.outbox.append(kept)
        self.made.append(kept)
        return kept

    def batch(self) -> list[Said]:
        """What is sent now: everything that waits, sometimes twice, sometimes in another order."""
        sending = list(self.outbox)
        if sending and self.chance.random() < 0.25:
            sending.append(self.chance.choice(self.made))
        if self.chance.random() < 0.2:
            self.chance.shuffle(sending)
        sent_at = self.now() + self.wrong
        self.outbox.clear()
        return [
            Said(
                key=kept.key,
                device=self.name,
                seq=kept.seq,
                shift=self.shift,
                kind=kept.kind,
                promise=kept.promise,
                stop=kept.stop,
                at=kept.at,
                sent_at=sent_at,
                about=kept.about,
                facts=kept.facts,
            )
            for kept in sending
        ]

    def _uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))


@dataclass
class Gateway:
    """What takes messages: now and then its answer is lost after it has taken one. `taken`: text by key."""

    chance: Random
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    differently: int = 0
    """Keys under which another text or receiver came later."""

    def send(self, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Take it; the same key again is the same message."""
        del subject, language
        self.differently += self.taken.setdefault(key, (to, text)) != (to, text)
        if self.chance.random() < 0.05:
            raise Exhausted("message.not_sent")
