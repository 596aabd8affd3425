"""The demo's letters that wait for a printer: to one who wants them, and to one who complained and wants an answer."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport import jobs
from transport.accounts import users
from transport.booking.clients import preferences
from transport.booking.clients.models import Client
from transport.booking.clients.speaking import MessageChannel
from transport.booking.standing import regular, standing
from transport.bootstrap import Services
from transport.cli.demo import circle
from transport.cli.demo.people import People
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.messages import posting
from transport.operations.quality import feedback
from transport.operations.quality.letters import AnswerBy, Grievance

AWAY = timedelta(days=21), timedelta(days=27)
"""From the day on which he told us: when he goes to a spa."""
COMPLAINED = timedelta(days=9)
WRITES, ADDRESS = circle.VISITORS[0], "Masarykova 27, 312 00 Plzeň"
COMPLAINT = "Řidič zvonil jen jednou a hned odcházel. Než dojdu s holí ke dveřím, chvíli to trvá."
ANSWER = """Vážený pane,
děkujeme za vaši zprávu. Mrzí nás to. S řidičem jsme mluvili: zvoní dvakrát a čeká u dveří, jak stojí v podmínkách.
Vaši jízdu jsme proto prošli a u vašeho zvonku je od teď poznámka, že cesta ke dveřím trvá déle.
S pozdravem dispečink"""


def live(services: Services, people: People, today: date, now: datetime) -> None:
    """He calls off two weeks of his regular ride; the answer to a complaint is written. Neither is printed yet."""
    olga = users.actor(people.logins["olga"])
    with writing(services.database) as session:
        client = session.get_one(Client, people.known[circle.ALONE.name])
        preferences.record(
            session,
            client,
            channel=MessageChannel.VOICE,
            optional=False,
            diacritics=True,
            no_calls=False,
            slowly=True,
            to_representative=False,
            letters=True,
            by=olga,
            now=now,
        )
        order = regular.of_client(session, client.id or 0)[0]
        first, last = (today + ahead for ahead in AWAY)
        standing.pause(session, order, first, last, world=services.world, by=olga, now=now)
        order_id = str(order.id)
        _answered(session, services, olga, now)
    with reading(services.database) as session:
        paused = select(Event.id).where(Event.kind == "standing_order_paused", Event.subject_id == order_id)
        happened = session.exec(paused.order_by(col(Event.id).desc())).first()
    jobs.tell(services, happened or 0, now)


def _answered(session: Session, services: Services, olga: Actor, now: datetime) -> None:
    grievance = Grievance(
        text=COMPLAINT,
        happened="minulý týden ráno",
        answer_by=AnswerBy.LETTER,
        contact=ADDRESS,
        name=WRITES.name,
    )
    complaint = feedback.complain(
        session,
        grievance,
        key="demo-complaint-by-post",
        sender="demo-post",
        language="cs",
        answer_within=timedelta(days=services.policies.service.complaint_days),
        by=olga,
        now=now - COMPLAINED,
    )
    subject = f"Odpověď na vaši stížnost č. {complaint.id}"
    posting.close_complaint(session, complaint, answer=ANSWER, subject=subject, by=olga, now=now)
