"""What people wrote to the service."""

from datetime import timedelta

from sqlmodel import Session

from tests.builders.town import NOW
from transport.kernel.actor import SYSTEM
from transport.operations.quality import feedback
from transport.operations.quality.letters import Grievance
from transport.operations.quality.models import Complaint


def a_complaint(session: Session, text: str = "The car came an hour late.", key: str = "a-form") -> Complaint:
    days = timedelta(days=60)
    return feedback.complain(
        session,
        Grievance(text=text),
        key=key,
        sender="a browser",
        language="cs",
        answer_within=days,
        by=SYSTEM,
        now=NOW,
    )
