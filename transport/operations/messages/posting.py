"""What we answer to a complaint: it closes the complaint, and goes by post where the writer wants a letter.

The words of such a letter stay with the complaint; the message only says that they are to be printed, and for whom.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from transport.accounts.contacts import Way
from transport.kernel.actor import Actor
from transport.operations.messages.models import Message
from transport.operations.messages.models import MessageKind as Kind
from transport.operations.quality import feedback
from transport.operations.quality.letters import AnswerBy, ComplaintState
from transport.operations.quality.models import Complaint


def by_post(complaint: Complaint) -> bool:
    """Whether the answer to a complaint goes to an address of the post."""
    return complaint.answer_by is AnswerBy.LETTER and bool(complaint.contact)


def close_complaint(
    session: Session, complaint: Complaint, *, answer: str, subject: str, by: Actor, now: datetime
) -> None:
    """Close a complaint with what we said to it; where a letter is wanted, one waits to be printed, under `subject`.

    Closing it twice changes nothing. Raises as `feedback.mark_answered` does.
    """
    if complaint.state is ComplaintState.ANSWERED:
        return
    feedback.mark_answered(session, complaint, answer=answer, by=by, now=now)
    if not by_post(complaint):
        return
    letter = Message(
        key=f"{Kind.COMPLAINT_ANSWERED.value}:{complaint.id}",
        kind=Kind.COMPLAINT_ANSWERED,
        way=Way.LETTER,
        to=complaint.contact,
        language=complaint.language,
        subject=subject,
        text="",
        queued_at=now,
        not_before=now,
        due_at=now,
    )
    try:
        with session.begin_nested():
            session.add(letter)
    except IntegrityError:  # somebody else has answered at the same moment: one letter, with the words that stand
        return


def complaints(session: Session, letters: Iterable[Message]) -> dict[int, Complaint]:
    """The complaint that each of these letters answers, by the id of the letter; other letters are left out."""
    numbers = {
        letter.id or 0: int(letter.key.partition(":")[2])
        for letter in letters
        if letter.kind is Kind.COMPLAINT_ANSWERED
    }
    mine = select(Complaint).where(col(Complaint.id).in_(set(numbers.values())))
    complaints = {each.id: each for each in session.exec(mine)}
    return {letter: complaints[number] for letter, number in numbers.items()}
