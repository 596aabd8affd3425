"""Several workers write and hand on messages at once: each is written once and leaves once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client
from tests.builders.town import NOW, a_town, the_policies
from tests.cast import gather
from tests.races.runners import RACERS
from transport.accounts.contacts import Way
from transport.api.render import CATALOGUES
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.messages import outbox, reminding
from transport.operations.messages.models import Message, MessageKind, MessageState
from transport.operations.messages.writing import Voice

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


def remind(engine: Engine, now: datetime) -> int:
    """As a worker does: look who is to be reminded, then write it, unless another one was quicker."""
    with reading(engine) as session:
        waiting = reminding.to_remind(session, now)
    try:
        with writing(engine) as session:
            return reminding.remind(session, waiting, voice=Voice(CATALOGUES, the_policies()), now=now)
    except IntegrityError:
        return 0


def test_each_ride_is_reminded_of_once(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        for client, wall in ((cast.anna, "9:00"), (cast.bedrich, "11:00")):
            a_confirmed_ride(session, town, client, wall, by=cast.dana)
    eve = at(town.day, 0) - timedelta(hours=7)
    race(remind, [(eve,)] * RACERS)
    with reading(database) as session:
        told = session.exec(select(Message.promise_id).where(Message.kind == MessageKind.DAY_BEFORE)).all()
        assert len(told) == len(set(told)) == 2
