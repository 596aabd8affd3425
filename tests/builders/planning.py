"""Plans thought of, as the worker does."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from tests.builders.town import Town
from transport.routing.planning import proposals, thinking
from transport.routing.planning.models import Proposal


def thought(session: Session, town: Town, asked: Iterable[Proposal], now: datetime) -> list[Proposal]:
    """Every question answered."""
    for proposal in asked:
        proposals.take(session, now)
        case = proposals.gather(session, proposal, world=town.world, now=now)
        proposals.store(session, proposal.id or 0, case, thinking.think(case, 0.05), error="", now=now)
        session.refresh(proposal)
    return list(asked)
