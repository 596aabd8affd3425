"""The people around a client: a supporter whose order waits for a yes, a day centre, somebody who was invited."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from tests.builders.booking import a_draft, chosen
from tests.builders.clients import a_client, a_mandate, a_user, acting, an_organisation
from tests.builders.town import NOW, Town
from transport.accounts.models import User
from transport.booking.clients import organisations
from transport.booking.clients.models import Client, MandateKind, Power
from transport.booking.rides import consents
from transport.kernel.actor import SYSTEM, Actor, Role


@dataclass(frozen=True, slots=True)
class Circle:
    """Numbers as they stand in addresses; `marta` works for the organisation."""

    consent: str
    organisation: str
    invitation: str
    marta: Actor


def a_circle(session: Session, town: Town, client: Client, *, at: str = "7:00", member: Actor | None = None) -> Circle:
    """Somebody has prepared a ride at this time. `member` works for the day centre, and acted for somebody lately."""
    ivo = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
    a_mandate(session, client, ivo, Power.PREPARE, kind=MandateKind.SUPPORTER)
    draft = a_draft(session, town, client, at, by=acting(ivo))
    chosen(session, town, draft, by=acting(ivo))
    consent = consents.ask(session, draft, world=town.world, by=acting(ivo), now=NOW)
    if member is not None:
        over = NOW.date() - timedelta(days=1)
        a_mandate(session, a_client(session, "Zdeněk Minulý"), session.get_one(User, member.user), valid_until=over)
    marta = a_user(session, Role.REPRESENTATIVE, "Marta Pečující")
    centre = an_organisation(session, marta, name="Stacionář Slunce")
    a_mandate(session, client, None, organisation_id=centre.id)
    if member is not None:
        since = NOW.date() - timedelta(days=30)
        organisations.join(session, centre.id or 0, member.user or 0, valid_from=since, by=SYSTEM, now=NOW)
    invitation = a_mandate(session, client, None, Power.SEE, invited_contact="+420700000777")
    return Circle(str(consent.id), str(centre.id), str(invitation.id), acting(marta))
