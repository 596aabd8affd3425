"""Cards and mandates that end soon or have just ended: each is a call to make, rides stay as they are."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients.models import CallReason, Client, Eligibility, Mandate
from transport.booking.clients.queries import Representative, representatives

LATELY = 30
"""Days after the end for which it still stands on the list."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends on `last`: a card of the client, or the mandate of somebody. `source` names the call about it."""

    client: Client
    last: date
    days: int
    source: str
    card: Eligibility | None = None
    given: Representative | None = None

    @property
    def reason(self) -> CallReason:
        """What the call is about."""
        return CallReason.CARD if self.card is not None else CallReason.MANDATE


def ending(session: Session, *, on: date, days: int) -> list[Ending]:
    """Cards and mandates whose last day comes within so many days, or has lately gone by, the soonest first.

    Only what nothing stands in for: a newer card, or a mandate of the same person that lasts longer.
    """
    first, last = on - timedelta(days=LATELY), on + timedelta(days=days)
    found = [*_cards(session, on, first, last), *_mandates(session, on, first, last)]
    return sorted(found, key=lambda each: (each.last, each.client.search_name, each.source))


def _cards(session: Session, on: date, first: date, last: date) -> list[Ending]:
    soon = select(Eligibility.client_id).where(
        col(Eligibility.valid_until) >= first, col(Eligibility.valid_until) <= last
    )
    rows = session.exec(
        select(Eligibility, Client)
        .join(Client, col(Client.id) == Eligibility.client_id)
        .where(col(Eligibility.client_id).in_(soon), col(Client.active))
    )
    held: dict[int, list[tuple[Eligibility, Client]]] = defaultdict(list)
    for card, client in rows:
        held[card.client_id].append((card, client))
    found = []
    for cards in held.values():
        latest, client = max(cards, key=lambda each: (each[0].valid_until or date.max, each[0].id or 0))
        end = latest.valid_until
        if end is not None and end <= last:
            found.append(Ending(client, end, (end - on).days, f"card:{latest.id}:{end}", card=latest))
    return found


def _mandates(session: Session, on: date, first: date, last: date) -> list[Ending]:
    ends = col(Mandate.valid_until)
    soon = select(Mandate, Client).join(Client, col(Client.id) == Mandate.client_id)
    rows = session.exec(
        soon.where(ends >= first, ends <= last, col(Mandate.revoked_at).is_(None), col(Client.active))
    ).all()
    found = []
    for mandate, client in rows:
        theirs = representatives(session, mandate.client_id)
        mine = next(each for each in theirs if each.mandate.id == mandate.id)
        end = mandate.valid_until
        if end is not None and not any(_replaces(each.mandate, mandate, end) for each in theirs):
            found.append(Ending(client, end, (end - on).days, f"mandate:{mandate.id}:{end}", given=mine))
    return found


def _replaces(other: Mandate, mandate: Mandate, end: date) -> bool:
    """Whether the same person, or the same organisation, goes on under another mandate."""
    same = (other.user_id, other.organisation_id) == (mandate.user_id, mandate.organisation_id)
    accepted = other.user_id is not None or other.organisation_id is not None
    lasts = other.revoked_at is None and (other.valid_until is None or other.valid_until > end)
    return same and accepted and lasts and other.id != mandate.id
