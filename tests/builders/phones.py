"""A driver's telephone: what it says, by its own clock, and when that reaches us."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from tests.builders.town import Town
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.operations.driving import reporting
from transport.operations.driving.models import DriverReport
from transport.operations.driving.said import Said
from transport.routing.planning.models import Promise

EVIDENCE = {"evidence": ["rang", "called"]}


class Phone:
    """`phone("done", "dropoff", 30)` says it of the ride half an hour after its window began; it is received at once,
    or `after` minutes later. The clock of the telephone is `wrong`.
    """

    def __init__(
        self, session: Session, town: Town, ride: Ride, shift: int, by: Actor, wrong: timedelta = timedelta()
    ) -> None:
        self.session, self.town, self.ride, self.shift, self.by, self.wrong = session, town, ride, shift, by, wrong
        self.device, self.seq = str(uuid4()), 0
        self.start = at(ride.day, session.get_one(Promise, ride.promise_id).window_start)
        self.promise = ride.promise_id

    def said(
        self,
        kind: str,
        stop: str | None = None,
        minute: float = 0.0,
        *,
        after: float = 0.0,
        key: str = "",
        seq: int | None = None,
        promise: int | None = None,
        shift: int | None = None,
        about: str = "",
        **facts: Any,
    ) -> Said:
        self.seq += 1
        happened = self.start + timedelta(minutes=minute) + self.wrong
        return Said(
            key=key or str(uuid4()),
            device=self.device,
            seq=self.seq if seq is None else seq,
            shift=shift or self.shift,
            kind=kind,
            promise=promise or (self.promise if stop else None),
            stop=stop,
            at=happened,
            sent_at=happened + timedelta(minutes=after),
            about=about,
            facts=facts,
        )

    def __call__(self, kind: str, stop: str | None = None, minute: float = 0.0, **more: Any) -> DriverReport:
        said = self.said(kind, stop, minute, **more)
        return self.send(said)

    def receive(self, said: Said, *, received: datetime) -> DriverReport:
        """What was said, sent and received at another moment."""
        return self.send(replace(said, sent_at=received + self.wrong))

    def send(self, said: Said) -> DriverReport:
        report = reporting.receive(self.session, said, world=self.town.world, by=self.by, now=said.sent_at - self.wrong)
        self.session.refresh(self.ride)
        return report

    def minute(self, instant: datetime) -> float:
        return (instant - self.start).total_seconds() / 60
