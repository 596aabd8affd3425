"""Who may act for a client: the client, a representative with a mandate in force, our staff. Nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import events as happened
from transport.booking.clients import spelling
from transport.booking.clients.models import Client, Mandate, MandateKind, Power
from transport.kernel import events
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.errors import Forbidden, Invalid, NotFound

ALL_POWERS = frozenset(Power)
_EVERY_CLIENT = STAFF | {Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class ActsFor:
    """A client somebody may act for, and what they may do."""

    client: Client
    powers: frozenset[Power]
    oneself: bool


def require(session: Session, client_id: int, actor: Actor, power: Power, *, on: date) -> Client:
    """The client, if the actor may do this for them on the day.

    Somebody without any mandate learns nothing, not even that the client exists (`client.unknown`). A mandate
    without this power is `mandate.missing`, one that has ended, not begun or been revoked `mandate.expired`.
    """
    client = session.get(Client, client_id)
    if client is None:
        raise NotFound("client.unknown")
    if actor.role in _EVERY_CLIENT or (actor.user is not None and client.user_id == actor.user):
        return client
    mandates = _mandates(session, actor, client_id)
    if not mandates:
        raise NotFound("client.unknown")
    in_force = [mandate for mandate in mandates if mandate.in_force(on)]
    if not in_force:
        raise Forbidden("mandate.expired", power=power.value)
    if not any(power in mandate.powers for mandate in in_force):
        raise Forbidden("mandate.missing", power=power.value)
    return client


def people(session: Session, actor: Actor, *, on: date) -> list[ActsFor]:
    """Whom the actor may act for on the day: oneself first, then by name. Staff find theirs by searching."""
    if actor.user is None:
        return []
    powers: dict[int, frozenset[Power]] = {}
    for mandate in _mandates(session, actor):
        if mandate.in_force(on):
            powers[mandate.client_id] = powers.get(mandate.client_id, frozenset()) | mandate.powers
    wanted = (col(Client.user_id) == actor.user) | col(Client.id).in_(powers)
    clients = session.exec(select(Client).where(wanted, col(Client.active)))
    found = [_acts_for(client, actor, powers) for client in clients]
    return sorted(found, key=lambda each: (not each.oneself, _alphabetical(each.client)))


def grant(
    session: Session,
    client_id: int,
    user_id: int,
    *,
    kind: MandateKind,
    powers: Iterable[Power],
    valid_from: date,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
) -> Mandate:
    """Let a user act for a client. Given by the client or our staff; a supporter only sees."""
    client = _given_by(session, client_id, by)
    wanted = frozenset(powers) | {Power.SEE}
    if kind is MandateKind.SUPPORTER and wanted != {Power.SEE}:
        raise Invalid("mandate.supporter_only_sees", field="powers")
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("mandate.ends_before_start", field="valid_until")
    if client.user_id == user_id:
        raise Invalid("mandate.for_oneself", field="user")
    mandate = Mandate(
        client_id=client_id,
        user_id=user_id,
        kind=kind,
        scope=" ".join(sorted(wanted)),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    session.add(mandate)
    session.flush()
    _record(session, happened.MANDATE_GRANTED, mandate, by, now)
    return mandate


def revoke(session: Session, mandate: Mandate, *, by: Actor, now: datetime) -> None:
    """End a mandate at once: by the client, our staff, or the representative. Twice is once."""
    if by.user is None or by.user != mandate.user_id:
        _given_by(session, mandate.client_id, by)
    if mandate.revoked_at is not None:
        return
    mandate.revoked_at = now
    session.add(mandate)
    session.flush()
    _record(session, happened.MANDATE_REVOKED, mandate, by, now)


def _given_by(session: Session, client_id: int, by: Actor) -> Client:
    client = session.get(Client, client_id)
    if client is not None and (by.role in _EVERY_CLIENT or (by.user and client.user_id == by.user)):
        return client
    if client is None or not _mandates(session, by, client_id):
        raise NotFound("client.unknown")
    raise Forbidden("mandate.not_yours_to_give")


def _mandates(session: Session, actor: Actor, client_id: int | None = None) -> list[Mandate]:
    statement = select(Mandate).where(Mandate.user_id == actor.user)
    if client_id is not None:
        statement = statement.where(Mandate.client_id == client_id)
    return list(session.exec(statement))


def _acts_for(client: Client, actor: Actor, powers: dict[int, frozenset[Power]]) -> ActsFor:
    oneself = client.user_id == actor.user
    return ActsFor(client, ALL_POWERS if oneself else powers[client.id or 0], oneself)


def _alphabetical(client: Client) -> str:
    return spelling.plain(f"{client.last_name} {client.first_name}")


def _record(session: Session, kind: str, mandate: Mandate, by: Actor, now: datetime) -> None:
    facts = {
        "mandate": mandate.id,
        "user": mandate.user_id,
        "kind": mandate.kind.value,
        "powers": sorted(power.value for power in mandate.powers),
    }
    events.record(session, kind, subject=("client", mandate.client_id), by=by, now=now, facts=facts)
