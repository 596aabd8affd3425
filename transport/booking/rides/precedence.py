"""Who comes first between equals: whoever was denied most recently, where the rules say so."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from transport.booking.rides.models import Denial
from transport.kernel.policy import Policy

REMEMBERED = timedelta(days=30)
"""Denials older than this give no precedence."""


def denied_recently(
    session: Session, client_ids: Collection[int], *, policy: Policy, now: datetime
) -> dict[int, float]:
    """Weights between 0 and 1 for planners, the greater the more recent somebody's last denial; others are left out.

    Empty where `fairness.denied_first` is off. A weight parts equals and must never outweigh a ride.
    """
    if not policy.fairness.denied_first:
        return {}
    last = (
        select(Denial.client_id, func.max(Denial.at))
        .where(col(Denial.client_id).in_(client_ids), col(Denial.at) > now - REMEMBERED, col(Denial.at) <= now)
        .group_by(col(Denial.client_id))
    )
    return weights(dict(session.exec(last).all()), now)


def weights(last: Mapping[int, datetime], now: datetime) -> dict[int, float]:
    """From the last denial of each client to a weight: just now is next to 1, thirty days ago next to 0."""
    whole = REMEMBERED.total_seconds() + 1
    return {client: 1 - (now - at).total_seconds() / whole - 0.5 / whole for client, at in last.items()}
