"""Clients, their needs and those who act for them: valid in one line, only the interesting thing is written."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from transport.accounts.models import User
from transport.booking.clients import clients, mandates, organisations
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import (
    Client,
    Eligibility,
    Mandate,
    MandateKind,
    Needs,
    Organisation,
    OrganisationKind,
    Power,
)
from transport.booking.clients.needs import Mobility
from transport.kernel import actor
from transport.kernel.actor import Actor, Role

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The Friday before the days on which most rides of the tests take place."""

_numbers = itertools.count(1)


def a_user(session: Session, role: Role = Role.CLIENT, name: str = "Gustav Nikdo", **fields: Any) -> User:
    """Somebody who may log in, without the time it takes to hash a password."""
    login = fields.pop("login", f"user{next(_numbers)}")
    user = User(login=login, name=name, role=role, password_hash="*", created_at=NOW, **fields)
    session.add(user)
    session.flush()
    return user


def acting(user: User) -> Actor:
    return Actor(user=user.id, role=user.role, name=user.name)


def a_client(
    session: Session,
    name: str = "Anna Vozková",
    born: date = date(1950, 5, 17),
    mobility: Mobility = Mobility.WALKS,
    **fields: Any,
) -> Client:
    """A registered client of Plzeň with needs; fields of the needs may be given too."""
    first_name, last_name = name.split(" ", 1)
    of_needs = {key: fields.pop(key) for key in list(fields) if key in Needs.model_fields}
    client = clients.register(
        session,
        first_name=first_name,
        last_name=last_name,
        born=born,
        municipality=fields.pop("municipality", "Plzeň"),
        by=actor.SYSTEM,
        now=fields.pop("now", NOW),
        **fields,
    )
    some_needs(session, client, mobility=mobility, **of_needs)
    return client


def some_needs(session: Session, client: Client, **fields: Any) -> Needs:
    return clients.record_needs(session, client, by=actor.SYSTEM, now=NOW, **fields)


def a_card(
    session: Session,
    client: Client,
    ground: Ground = Ground.ZTP,
    valid_from: date = date(2020, 1, 1),
    valid_until: date | None = None,
) -> Eligibility:
    return clients.entitle(
        session,
        client,
        ground,
        valid_from=valid_from,
        valid_until=valid_until,
        card_number="123 456",
        by=actor.SYSTEM,
        now=NOW,
    )


def a_mandate(
    session: Session,
    client: Client,
    user: User | None,
    *powers: Power,
    kind: MandateKind = MandateKind.POWER_OF_ATTORNEY,
    valid_from: date = date(2026, 1, 1),
    **how: Any,
) -> Mandate:
    """All powers unless some are named; with an organisation the user may be None: every member."""
    return mandates.grant(
        session,
        client.id or 0,
        None if user is None else user.id,
        kind=kind,
        powers=powers or tuple(Power),
        valid_from=valid_from,
        by=actor.SYSTEM,
        now=NOW,
        **how,
    )


def an_organisation(
    session: Session,
    *members: User,
    name: str = "Odbor sociálních služeb",
    kind: OrganisationKind = OrganisationKind.DEPARTMENT,
) -> Organisation:
    """With members who have worked there since the new year."""
    organisation = organisations.found(session, name=name, kind=kind, by=actor.SYSTEM, now=NOW)
    for member in members:
        organisations.join(
            session, organisation.id or 0, member.id or 0, valid_from=date(2026, 1, 1), by=actor.SYSTEM, now=NOW
        )
    return organisation
