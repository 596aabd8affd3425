"""Somebody on the way through the pages of logging in, at the telephone of two people."""

from sqlmodel import Session

from tests.builders.clients import NOW, a_client
from transport.accounts import codes, secret
from transport.accounts.contacts import Way
from transport.accounts.models import LoginVisit

VISIT = "the visit's own secret"
LANDLINE = "+420377333444"


def a_visit(session: Session) -> str:
    """A visit that has proven the contact and is asked who it is; the link that was sent to it."""
    for name in ("Zdena Sousedová", "Zdeněk Soused"):
        a_client(session, name, phone=LANDLINE)
    visit = LoginVisit(
        token_hash=secret.digest(VISIT),
        contact=LANDLINE,
        way=Way.CALL,
        proven_at=NOW,
        created_at=NOW,
        expires_at=NOW.replace(year=NOW.year + 1),
    )
    session.add(visit)
    session.flush()
    return codes.issue(session, visit, VISIT, source="198.51.100.7", now=NOW).link
