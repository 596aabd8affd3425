"""The people of an organisation and their rides of one day, as its members may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from sqlmodel import Session

from transport.api.client import spoken
from transport.booking.clients import mandates, organisations
from transport.booking.clients.mandates import ActsFor
from transport.booking.rides import lifecycle, queries, underway
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Rider:
    """One person with their rides of the day; `open` are those that this member may still call off."""

    client: str
    name: str
    open: tuple[RideView, ...]
    closed: tuple[RideView, ...]


class Daily:
    """One organisation on one day, seen by a member; `mine`: only the people in the member's charge."""

    def __init__(self, request: Request, session: Session, organisation_id: int, me: Actor, now: datetime) -> None:
        """Open it; NotFound for anybody who does not work there today."""
        today = local_day(now)
        found = [each for each in organisations.of_member(session, me, on=today) if each.id == organisation_id]
        if not found:
            raise NotFound("organisation.unknown")
        self.organisation = found[0]
        self.day = spoken.day_named(request.query_params.get("den", ""), today) or today + timedelta(days=1)
        self.mine = "moji" in request.query_params
        everybody = [
            each
            for each in mandates.people(session, me, on=today)
            if any(mandate.organisation_id == organisation_id for mandate in each.mandates)
        ]
        self.people = [each for each in everybody if not self.mine or in_charge(each, organisation_id) is not None]
        self.others = len(everybody) - len(self.people)
        self._session, self._me, self._now = session, me, now

    def riders(self) -> list[Rider]:
        """Whoever rides on the day, by name."""
        by_client: dict[int, list[RideView]] = {}
        for view in self.views():
            by_client.setdefault(view.ride.client_id, []).append(view)
        found = []
        for person in self.people:
            views = by_client.get(person.client.id or 0, [])
            if views:
                may = [view for view in views if "cancel" in person.powers and self._is_open(view)]
                rest = tuple(view for view in views if view not in may)
                found.append(Rider(person.client.code, person.client.name, tuple(may), rest))
        return found

    def views(self) -> list[RideView]:
        """All their rides of the day by time."""
        ids = [person.client.id or 0 for person in self.people]
        return queries.of_clients(self._session, ids, self.day)

    def _is_open(self, view: RideView) -> bool:
        may = lifecycle.possible(view.ride.status, self._me.role)
        return lifecycle.Move.CANCEL in may and not underway.on_the_way(self._session, view.ride, now=self._now)


def in_charge(person: ActsFor, organisation_id: int) -> int | None:
    """The member in whose charge the person is; None if all members act for them."""
    for mandate in person.mandates:
        if mandate.organisation_id == organisation_id and mandate.user_id is not None:
            return mandate.user_id
    return None
