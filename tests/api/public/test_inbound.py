"""The gateway hands over what people write, with a token, once each."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.api.client.conftest import House
from transport.kernel.db import reading
from transport.operations.messages import inbox

TOKEN = "the gateway's token"
MESSAGE = {"id": "7", "from": "+420700000001", "text": "Kde je auto?", "received_at": "2026-11-20T08:31:00+01:00"}


@pytest.fixture
def gateway(house: House) -> House:
    house.app.state.services = replace(house.app.state.services, inbound_token=TOKEN)
    return house


def handed(house: House, content: Any, token: str = TOKEN, door: str = "sms") -> int:
    browser = house.visit(None).client
    how = {"content": content} if isinstance(content, bytes) else {"json": content}
    return int(
        browser.post(f"/brana/{door}", headers={b"Authorization": f"Bearer {token}".encode()}, **how).status_code
    )


def texts(house: House) -> list[str]:
    with reading(house.database) as session:
        return [each.text for each in inbox.unhandled(session)]


def test_a_message_is_kept_once_and_its_sender_is_known(gateway: House):
    assert [handed(gateway, MESSAGE) for _ in range(2)] == [200, 200]
    assert texts(gateway) == ["Kde je auto?"]
    thread = gateway.visit(gateway.cast.hana).get("/op/sms").follow("Anna Vozková")
    assert f"/op/klient/{gateway.cast.anna.code}" in thread.html


@pytest.mark.parametrize("token", ["", "another token", "ěščř"])
def test_without_the_token_nothing_is_taken(gateway: House, token: str):
    assert handed(gateway, MESSAGE, token) == 403
    assert texts(gateway) == []


def test_without_a_token_in_the_settings_the_door_is_shut(house: House):
    assert handed(house, MESSAGE, "") == 403


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"{}", {**MESSAGE, "id": ""}, b'{"id": ' + b"[" * 50_000], ids=lambda _: ""
)
def test_what_is_no_message_is_refused(gateway: House, content: Any):
    assert handed(gateway, content) == 422


@pytest.mark.parametrize(
    "strange",
    [
        {"received_at": "yesterday"},
        {"received_at": "9999-12-31T23:59:59-12:00"},
        {"received_at": "0001-01-01T00:00:00+14:00"},
        {"text": {"a": 1}},
        {"id": 8},
        {"text": None},
    ],
)
def test_strange_fields_are_kept_all_the_same(gateway: House, strange: dict[str, Any]):
    assert handed(gateway, {**MESSAGE, **strange}) == 200
    assert len(texts(gateway)) == 1


@pytest.mark.parametrize("door", ["stav", "hlas"])
def test_a_report_of_a_gateway_is_taken_with_its_token_only(gateway: House, door: str):
    report = {"key": "confirmed:1", "state": "delivered", "pressed": "0"}
    assert handed(gateway, report, door=door) == 200
    assert handed(gateway, report, "another token", door=door) == 403


HOSTILE = ["x" * 100_000, "\ud800", "a\x00b\x07", {"a": [1]}, 10**40, None, -1.5, "\u202e", True]


def test_no_gateway_makes_us_stumble(gateway: House):
    answers = set()
    for said, door in itertools.product(HOSTILE, ("sms", "stav", "hlas")):
        fields = ("id", "key", "from", "text", "received_at", "reason", "at", "pressed", "state")
        for state in ("delivered", said):
            body = {**dict.fromkeys(fields, said), "state": state}
            answers.add(handed(gateway, json.dumps(body).encode(), door=door))
    assert answers == {200, 422}


def test_the_day_under_way_is_read_with_its_token_only(house: House):
    client = house.visit(None).client
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/brana/provoz.json", headers=headers).status_code == 403
    house.app.state.services = replace(house.app.state.services, feed_token=TOKEN)
    assert client.get("/brana/provoz.json").status_code == 403
    assert client.get("/brana/provoz.json", headers=headers).json()["entity"] == []
    day = house.visit(house.cast.dana).client.get(f"/disp/{house.town.day}/provoz.json")
    assert day.json()["header"]["gtfs_realtime_version"] == "2.0"
