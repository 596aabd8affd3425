"""When a message leaves: at once, or after the quiet hours if it can wait for their end. Pure."""

from datetime import datetime, time, timedelta

from transport.kernel.clock import LOCAL
from transport.kernel.policy.messages import Messages
from transport.operations.messages.models import MessageKind as Kind

AT_ONCE = frozenset(
    {
        Kind.REPLY,
        Kind.VEHICLE_NEAR,
        Kind.VEHICLE_ARRIVED,
        Kind.RIDE_LATE,
        Kind.ARRIVAL_LATE,
        Kind.TAXI_COMES,
        Kind.TAXI_OFF,
        Kind.DELIVERED,
        Kind.RETURN_READY,
        Kind.RETURN_ASKED,
    }
)
"""Of somebody who is on the way, or stands at the door."""


def leaves_at(kind: Kind, ready: datetime, begins: datetime | None, *, voice: bool, rules: Messages) -> datetime:
    """When a message that is ready now leaves. `begins`: when what it is about begins, or has to be answered."""
    if kind in AT_ONCE:
        return ready
    morning = _end_of_quiet(ready, rules.quiet_from, rules.quiet_until)
    if voice:
        morning = _end_of_quiet(morning, rules.calls_until, rules.calls_from)
    urgent = begins is not None and begins < morning + timedelta(minutes=rules.urgent_minutes)
    return ready if urgent else morning


def _end_of_quiet(instant: datetime, begins: time, ends: time) -> datetime:
    """The end of the quiet hours in which the instant lies; the instant itself if it lies in none."""
    here = instant.astimezone(LOCAL)
    clock, overnight = here.time(), begins > ends
    quiet = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not quiet:
        return instant
    day = here.date() + timedelta(days=1) if overnight and clock >= begins else here.date()
    return datetime.combine(day, ends, LOCAL).astimezone(instant.tzinfo)
