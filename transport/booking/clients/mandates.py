"""Who may act for a client: the client, a representative with a mandate in force, our staff. Nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, and_, col, or_, select

from transport.booking.clients import acting, organisations
from transport.booking.clients import events as happened
from transport.booking.clients.acting import ALL_POWERS, BY_CLIENT, DECISIONS
from transport.booking.clients.models import Client, Mandate, MandateKind, Power
from transport.kernel import events
from transport.kernel.actor import STAFF, Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.errors import Forbidden, Invalid, NotFound

_EVERY_CLIENT = STAFF | {Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class ActsFor:
    """A client somebody may act for, what they may do, and by which mandates in force; oneself needs none."""

    client: Client
    powers: frozenset[Power]
    oneself: bool
    mandates: tuple[Mandate, ...] = ()

    @property
    def longest(self) -> Mandate | None:
        """The mandate that lasts longest: its kind and its end are what people want to know."""
        return max(self.mandates, key=lambda mandate: mandate.valid_until or date.max, default=None)


def require(session: Session, client_id: int, actor: Actor, power: Power, *, on: date) -> Client:
    """The client, if the actor may do this for them on the day.

    Somebody without any mandate learns nothing, not even that the client exists (`client.unknown`). A mandate
    without this power is `mandate.missing`, one that has ended, not begun or been revoked `mandate.expired`.
    Clients themselves may do everything but what a court has left to their guardian (`mandate.guardian_decides`).
    """
    client = session.get(Client, client_id)
    if client is None:
        raise NotFound("client.unknown")
    if actor.role in _EVERY_CLIENT:
        return client
    oneself = actor.user is not None and client.user_id == actor.user
    if oneself and decides_alone(session, client_id, power, on=on):
        return client
    known, in_force = _mandates(session, actor, client_id, on=on)
    if not oneself and not known:
        raise NotFound("client.unknown")
    if power in acting.allowed(in_force):
        return client
    if oneself:
        raise Forbidden("mandate.guardian_decides", power=power.value)
    raise Forbidden("mandate.missing" if in_force else "mandate.expired", power=power.value)


def powers(session: Session, client_id: int, actor: Actor, *, on: date) -> frozenset[Power]:
    """All that the actor may do for the client on the day; nothing for a stranger."""
    if actor.role in _EVERY_CLIENT:
        return ALL_POWERS
    _, in_force = _mandates(session, actor, client_id, on=on)
    found = acting.allowed(in_force)
    client = session.get(Client, client_id)
    if client is not None and actor.user is not None and client.user_id == actor.user:
        found |= _left_to_client(session, client_id, on)
    return found


def joint(session: Session, client_id: int, actor: Actor, power: Power, *, on: date) -> frozenset[int]:
    """Ids of the joint mandates under which the actor may do this together with somebody else."""
    _, in_force = _mandates(session, actor, client_id, on=on)
    return frozenset(mandate.id or 0 for mandate in in_force if mandate.joint and power in mandate.powers)


def decides_alone(session: Session, client_id: int, power: Power, *, on: date) -> bool:
    """Whether the client may do this without anybody else: not what a court has left to a guardian."""
    return power not in DECISIONS or power in _left_to_client(session, client_id, on)


def people(session: Session, actor: Actor, *, on: date) -> list[ActsFor]:
    """Whom the actor may act for on the day: oneself first, then by name. Staff find theirs by searching."""
    if actor.user is None:
        return []
    by_client: dict[int, list[Mandate]] = {}
    _, in_force = _mandates(session, actor, on=on)
    for mandate in in_force:
        by_client.setdefault(mandate.client_id, []).append(mandate)
    wanted = (col(Client.user_id) == actor.user) | col(Client.id).in_(by_client)
    found = []
    for client in session.exec(select(Client).where(wanted, col(Client.active))):
        client_id, oneself = client.id or 0, client.user_id == actor.user
        given = tuple(by_client.get(client_id, ()))
        may = acting.allowed(given)
        if oneself:
            may |= _left_to_client(session, client_id, on)
        found.append(ActsFor(client, may, oneself, given))
    return sorted(found, key=lambda each: (not each.oneself, organisations.alphabetical(each.client)))


def ended(session: Session, actor: Actor, *, on: date, days: int) -> list[tuple[Client, Mandate]]:
    """Whom the actor might act for until lately: mandates over for at most so many days, none in their place.

    Nobody is reminded of a mandate that was taken back.
    """
    known, in_force = _mandates(session, actor, on=on)
    still = {mandate.client_id for mandate in in_force}
    latest: dict[int, Mandate] = {}
    for mandate in known:
        last = mandate.valid_until
        if mandate.client_id in still or mandate.revoked_at is not None or last is None:
            continue
        if on - timedelta(days=days) <= last < on:
            before = latest.setdefault(mandate.client_id, mandate)
            if (before.valid_until or last) < last:
                latest[mandate.client_id] = mandate
    clients = session.exec(select(Client).where(col(Client.id).in_(latest), col(Client.active)))
    found = [(client, latest[client.id or 0]) for client in clients if client.user_id != actor.user]
    return sorted(found, key=lambda each: organisations.alphabetical(each[0]))


def acting_for(client: Client, by: Actor) -> Actor:
    """The actor with the name of the client on whatever they do, unless they are the client: so the client sees it."""
    oneself = by.user is not None and by.user == client.user_id
    return by if oneself or by.role is Role.SYSTEM else replace(by, on_behalf_of=client.id)


def grant(
    session: Session,
    client_id: int,
    user_id: int | None = None,
    *,
    kind: MandateKind,
    powers: Iterable[Power],
    valid_from: date,
    by: Actor,
    now: datetime,
    valid_until: date | None = None,
    organisation_id: int | None = None,
    joint: bool = False,
    exclusive: bool = False,
    evidence: str = "",
    invited_contact: str = "",
) -> Mandate:
    """Let a user act for a client, or every member of an organisation; with both, the member in charge.

    Clients give powers of attorney (by word of mouth too) and choose supporters. What comes from the law or a court
    is recorded by our staff, who have seen the `evidence`: what document, of which day, kept where.
    """
    client = _given_by(session, client_id, kind, by, now)
    mandate = Mandate(
        client_id=client_id,
        user_id=user_id,
        organisation_id=organisation_id,
        kind=kind,
        scope=" ".join(sorted(acting.asked_for(powers))),
        joint=joint,
        exclusive=exclusive,
        evidence=" ".join(evidence.split())[:160],
        invited_contact=invited_contact,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    wrong = acting.fault(mandate)
    if wrong is not None:
        raise Invalid(wrong, field=_FIELDS[wrong])
    if user_id is not None and client.user_id == user_id:
        raise Invalid("mandate.for_oneself", field="user")
    _belongs(session, mandate)
    session.add(mandate)
    session.flush()
    _record(session, happened.MANDATE_GRANTED, mandate, client, by, now)
    return mandate


def revoke(session: Session, mandate: Mandate, *, by: Actor, now: datetime) -> None:
    """End a mandate at once: by the client, our staff, or the representative. Twice is once.

    What a court or the law gave is ended by our staff only: nobody frees themselves of a guardian by two clicks.
    """
    if by.user is None or by.user != mandate.user_id or mandate.kind not in BY_CLIENT:
        client = _given_by(session, mandate.client_id, mandate.kind, by, now)
    else:
        client = session.get_one(Client, mandate.client_id)
    if mandate.revoked_at is not None:
        return
    mandate.revoked_at = now
    session.add(mandate)
    session.flush()
    _record(session, happened.MANDATE_REVOKED, mandate, client, by, now)


def note_evidence(session: Session, mandate: Mandate, evidence: str, *, by: Actor, now: datetime) -> None:
    """Our staff have seen the document: which, of which day, kept where. Raises Invalid("mandate.evidence_missing")."""
    client = _given_by(session, mandate.client_id, MandateKind.GUARDIAN, by, now)
    said = " ".join(evidence.split())[:160]
    if not said:
        raise Invalid("mandate.evidence_missing", field="evidence")
    mandate.evidence = said
    session.add(mandate)
    session.flush()
    _record(session, happened.MANDATE_EVIDENCED, mandate, client, by, now)


def expiring(session: Session, *, on: date, days: int) -> list[Mandate]:
    """Mandates in force whose last day comes within so many days, the soonest first: time to ask for a new one."""
    last = col(Mandate.valid_until)
    soon = select(Mandate).where(last >= on, last <= on + timedelta(days=days), col(Mandate.revoked_at).is_(None))
    return [mandate for mandate in session.exec(soon.order_by(last, col(Mandate.id))) if mandate.in_force(on)]


_FIELDS = {
    "mandate.for_nobody": "user",
    "mandate.supporter_only_prepares": "powers",
    "mandate.exclusive_without_court": "exclusive",
    "mandate.evidence_missing": "evidence",
    "mandate.ends_before_start": "valid_until",
}


def _given_by(session: Session, client_id: int, kind: MandateKind, by: Actor, now: datetime) -> Client:
    client = session.get(Client, client_id)
    if client is not None and by.role in _EVERY_CLIENT:
        return client
    today = local_day(now)
    oneself = client is not None and by.user is not None and client.user_id == by.user
    if client is None or not (oneself or _mandates(session, by, client_id, on=today)[0]):
        raise NotFound("client.unknown")
    if not oneself:
        raise Forbidden("mandate.not_yours_to_give")
    if kind not in BY_CLIENT:
        raise Forbidden("mandate.only_staff")
    if not decides_alone(session, client_id, Power.MANAGE, on=today):
        raise Forbidden("mandate.guardian_decides", power=Power.MANAGE.value)
    return client


def _belongs(session: Session, mandate: Mandate) -> None:
    """The member in charge must be a member, or nobody could use the mandate."""
    if mandate.user_id is None or mandate.organisation_id is None:
        return
    employers = organisations.standing(session, mandate.user_id, on=mandate.valid_from).organisations
    if mandate.organisation_id not in employers:
        raise Invalid("mandate.not_a_member", field="user")


def _mandates(
    session: Session, actor: Actor, client_id: int | None = None, *, on: date
) -> tuple[list[Mandate], list[Mandate]]:
    """What the actor has: given to them by name on whatever days, or through an organisation; and what is in force."""
    if actor.user is None:
        return [], []
    standing = organisations.standing(session, actor.user, on=on)
    through = or_(col(Mandate.user_id).is_(None), col(Mandate.user_id).in_(standing.stands_in_for))
    ours = and_(col(Mandate.organisation_id).in_(standing.organisations), through)
    statement = select(Mandate).where(or_(col(Mandate.user_id) == actor.user, ours)).order_by(col(Mandate.id))
    if client_id is not None:
        statement = statement.where(Mandate.client_id == client_id)
    known = list(session.exec(statement))
    return known, [mandate for mandate in known if mandate.in_force(on) and acting.usable(mandate, standing)]


def _left_to_client(session: Session, client_id: int, on: date) -> frozenset[Power]:
    exclusive = select(Mandate).where(Mandate.client_id == client_id, col(Mandate.exclusive))
    return acting.left_to_client(mandate for mandate in session.exec(exclusive) if mandate.in_force(on))


def _record(session: Session, kind: str, mandate: Mandate, client: Client, by: Actor, now: datetime) -> None:
    facts = {
        "mandate": mandate.id,
        "user": mandate.user_id,
        "organisation": mandate.organisation_id,
        "kind": mandate.kind.value,
        "powers": sorted(power.value for power in mandate.powers),
    }
    by = acting_for(client, by)
    events.record(session, kind, subject=("client", mandate.client_id), by=by, now=now, facts=facts)
