"""How long a driver may read of the people in a shift: not before its eve; of a stop that is done only initials.

Our staff may always. What is reported late is taken all the same: only reading closes.
"""

from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from transport.booking.rides.lifecycle import LIVE
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at
from transport.kernel.policy import Policies
from transport.kernel.policy.groups import Driving
from transport.operations.driving.manifest import ManifestStop
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import VisitAction

Sight = Literal["early", "open", "over"]
"""Whether the stops of a shift may be read: not yet, now, no more."""


def opens_at(shift: Shift, rules: Driving) -> datetime:
    """From when its driver may read who rides in the shift."""
    return at(shift.day, 0) - timedelta(hours=rules.read_hours_before)


def closes_at(shift: Shift, rules: Driving) -> datetime:
    """From when its driver may read nothing of it any more, and is logged out where the shift let them in."""
    return at(shift.day, shift.ends) + timedelta(hours=rules.hours_after)


def may_wait(session: Session, shift_id: int, *, policies: Policies, now: datetime) -> bool:
    """Whether what was said of somebody else's shift may wait in a telephone until that driver logs in there again."""
    shift = session.get(Shift, shift_id)
    return shift is not None and now < closes_at(shift, policies.on(shift.day).driving)


def sight(shift: Shift, *, by: Actor, rules: Driving, now: datetime) -> Sight:
    """Whether this person may read the stops of the shift now; `rules` of the shift's day."""
    if by.role in STAFF:
        return "open"
    if now >= closes_at(shift, rules):
        return "over"
    return "open" if now >= opens_at(shift, rules) else "early"


def closed(stop: ManifestStop, *, by: Actor, rules: Driving, now: datetime) -> bool:
    """Whether of this stop no more than initials and times may be shown: no address, no telephone, no needs.

    A stop that is done stays open for as long as a wrong tap is taken back; one that is not driven closes at once.
    Somebody reported as not there may still come, until the dispatcher has decided.
    """
    if by.role in STAFF or stop.ride is None:
        return False
    done = next((visit.occurred_at for visit in stop.visits if visit.action is VisitAction.DONE), None)
    if done is not None:
        return now >= done + timedelta(minutes=rules.initials_minutes)
    return stop.ride.status not in LIVE


def initials(name: str) -> str:
    """`Jan Novák` as `J. N.`: enough to know which stop it was."""
    return " ".join(f"{part[0]}." for part in name.split())
