"""Devices tell where a vehicle is, in the formats of the programs that people have."""

import base64
import json
from typing import Any

import pytest

from tests.api.client.conftest import House
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.driving import positions
from transport.routing.fleet.models import Vehicle

NEAR = {"lat": 49.7475, "lon": 13.3776}


@pytest.fixture
def token(house: House) -> str:
    """A device in the van, at nine on the day of its shift."""
    house.clock.now = at(house.town.day, house.town.second("9:00"))
    with writing(house.database) as session:
        van = session.get_one(Vehicle, house.town.van)
        return positions.make_device(session, van, by=house.cast.dana, now=house.clock.now)


def trail(house: House) -> list[tuple[float, float]]:
    with reading(house.database) as session:
        return [(row.lat, row.lon) for row in positions.trail(session, house.town.van_shift)]


def owntracks(house: House, token: str, body: Any = None) -> Any:
    said = {"_type": "location", **NEAR, "tst": int(house.clock.now.timestamp()), "acc": 9, "tid": "v1"}
    basic = base64.b64encode(f"van-1:{token}".encode()).decode()
    content = json.dumps(said if body is None else body) if not isinstance(body, bytes) else body
    headers = {"Authorization": f"Basic {basic}"}
    return house.visit(None).client.post("/brana/poloha/owntracks", content=content, headers=headers)


def test_owntracks_is_listened_to_and_answered_with_a_list(house: House, token: str):
    assert [owntracks(house, token).json() for _ in range(2)] == [[], []]
    assert owntracks(house, token, {"_type": "lwt", "tst": 1}).json() == []
    assert owntracks(house, token, b"").status_code == 200
    assert trail(house) == [(49.7475, 13.3776)]


@pytest.mark.parametrize("how", ["json", "form", "address", "bearer"])
def test_traccar_is_listened_to(house: House, token: str, how: str):
    now = house.clock.now
    flat = {**{name: str(value) for name, value in NEAR.items()}, "timestamp": str(int(now.timestamp())), "speed": "5"}
    coords: dict[str, Any] = {
        "latitude": NEAR["lat"],
        "longitude": NEAR["lon"],
        "accuracy": 5,
        "speed": 3,
        "heading": 90,
    }
    ways: dict[str, dict[str, Any]] = {
        "json": {"json": {"device_id": token, "location": {"timestamp": now.isoformat(), "coords": coords}}},
        "form": {"data": {**flat, "id": token}},
        "address": {"params": {**flat, "id": token}},
        "bearer": {"params": {**flat, "id": "van-1"}, "headers": {"Authorization": f"Bearer {token}"}},
    }
    assert house.visit(None).client.post("/brana/poloha/traccar", **ways[how]).status_code == 200
    assert len(trail(house)) == 1


def test_a_wrong_secret_is_refused_and_a_get_is_not_taken(house: House, token: str):
    assert owntracks(house, "another").status_code == 403
    client = house.visit(None).client
    assert client.post("/brana/poloha/traccar", params={"id": "another", "lat": "1", "lon": "2"}).status_code == 403
    assert client.post("/brana/poloha/traccar").status_code == 403
    assert client.get("/brana/poloha/traccar", params={"id": token, "lat": "1", "lon": "2"}).status_code == 404
    assert trail(house) == []


def test_off_duty_not_even_nonsense_is_read(house: House, token: str):
    assert owntracks(house, token, b"nonsense").status_code == 422
    house.clock.forward(hours=15)
    assert owntracks(house, token).json() == owntracks(house, token, b"nonsense").json() == []
    assert trail(house) == []


HOSTILE: list[Any] = [
    None,
    "x" * 30_000,
    "\ud800",
    "a\x00b",
    [[]],
    {"a": 1},
    10**400,
    -1,
    True,
    "NaN",
    "1e999",
    "9999-12-31",
    1e300,
]


def test_no_device_makes_us_stumble(house: House, token: str):
    client, answers = house.visit(None).client, set()
    for said in HOSTILE:
        known = {"_type": "location", **NEAR, "tst": int(house.clock.now.timestamp())}
        answers.add(owntracks(house, token, {**known, "lat": said, "acc": said}).status_code)
        answers.add(owntracks(house, token, {**known, "tst": said, "vel": said, "cog": said}).status_code)
        place = {"timestamp": said, "coords": {"latitude": said, "longitude": said, "speed": said}}
        for location in (said, [place]):
            sent = json.dumps({"device_id": token, "location": location})
            answers.add(client.post("/brana/poloha/traccar", content=sent).status_code)
    for raw in (b"\xff", b"{", b"[]", b'{"location": ' + b"[" * 9_000, b"id=%ff&lat=1", b"&" * 200, b"{}"):
        query = {"id": token, "lat": "x", "timestamp": "1e400"}
        answers.add(client.post("/brana/poloha/traccar", content=raw, params=query).status_code)
    assert answers == {200, 403, 422}
