"""Several workers hand on messages at once: each leaves once."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from tests.builders.clients import a_client
from tests.builders.town import NOW
from tests.races.runners import RACERS
from transport.accounts.contacts import Way
from transport.kernel.db import reading, writing
from transport.operations.messages import outbox
from transport.operations.messages.models import Message, MessageKind, MessageState

pytestmark = pytest.mark.race
MANY = 40


def empty(engine: Engine) -> list[int]:
    """Take and hand on until nothing is left; says which messages were."""
    mine: list[int] = []
    while True:
        with writing(engine) as session:
            message = outbox.take(session, NOW)
        if message is None:
            return mine
        mine.append(message.id or 0)
        with writing(engine) as session:
            outbox.handed_on(session, message.id or 0, now=NOW)


def test_each_message_leaves_once(database, race):
    with writing(database) as session:
        client = a_client(session, "Anna Malá")
        session.add_all(
            Message(
                key=f"ride_confirmed:{number}",
                kind=MessageKind.RIDE_CONFIRMED,
                client_id=client.id or 0,
                way=Way.SMS,
                to="+420777111222",
                language="cs",
                text="Jízda",
                queued_at=NOW,
                not_before=NOW,
            )
            for number in range(MANY)
        )
    found = race(empty, [()] * RACERS)
    assert len({each for mine in found for each in mine}) == sum(map(len, found)) == MANY
    with reading(database) as session:
        assert set(session.exec(select(Message.state))) == {MessageState.SENT}
        assert set(session.exec(select(Message.tries))) == {1}
