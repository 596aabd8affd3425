import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from transport.kernel.errors import Exhausted, Invalid
from transport.kernel.values import Point
from transport.routing.geo import geocoding
from transport.routing.geo.places import Hit

NOMINATIM = [
    {
        "lat": "49.7474",
        "lon": "13.3776",
        "name": "",
        "display_name": "1, náměstí Republiky, Plzeň, Česko",
        "address": {"road": "náměstí Republiky", "house_number": "1/1", "city": "Plzeň"},
    },
    {
        "lat": "49.75",
        "lon": "13.38",
        "name": "Náměstí",
        "display_name": "Náměstí, Nýřany",
        "address": {"road": "Náměstí", "town": "Nýřany"},
    },
]
PHOTON = {
    "features": [
        {
            "geometry": {"coordinates": [13.3776, 49.7474]},
            "properties": {"name": "Radnice", "street": "náměstí Republiky", "housenumber": "1", "city": "Plzeň"},
        }
    ]
}
PELIAS = {
    "features": [
        {
            "geometry": {"coordinates": [13.3776, 49.7474]},
            "properties": {
                "label": "Klatovská 12, Plzeň",
                "name": "Klatovská 12",
                "street": "Klatovská",
                "housenumber": "12",
                "locality": "Plzeň",
            },
        }
    ]
}


@dataclass
class Answers:
    """What the server on this machine says next, and what it was asked."""

    url: str = ""
    status: int = 200
    body: Any = None
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Answers]:
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append(self.path)
            answers.agents.append(self.headers["User-Agent"])
            body = answers.body if isinstance(answers.body, bytes) else json.dumps(answers.body).encode()
            self.send_response(answers.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        answers.url = f"http://127.0.0.1:{listening.server_port}"
        yield answers
        listening.shutdown()
        thread.join()


MAKERS = [geocoding.nominatim, geocoding.photon, geocoding.pelias]
Maker = Callable[[str], geocoding.Server]


@pytest.mark.parametrize(
    ("make", "body", "address"),
    [
        (geocoding.nominatim, NOMINATIM, "náměstí Republiky 1/1, Plzeň"),
        (geocoding.photon, PHOTON, "Radnice, náměstí Republiky 1, Plzeň"),
        (geocoding.pelias, PELIAS, "Klatovská 12, Plzeň"),
    ],
)
def test_a_server_is_asked_by_its_url_and_its_answer_is_understood(
    server: Answers, make: Maker, body: Any, address: str
):
    server.body = body
    hit = make(server.url).find("nám. Republiky 1", 1)[0]
    assert (hit.address, hit.municipality, hit.precise) == (address, "Plzeň", True)
    assert hit.point == Point(49.7474, 13.3776)
    assert hit.place_id is None
    assert "127.0.0.1" in hit.source
    query = parse_qs(urlsplit(server.asked[0]).query)
    assert ["nám. Republiky 1"] in query.values()
    assert server.agents == [geocoding.USER_AGENT]


def test_a_square_without_a_number_is_not_precise(server: Answers):
    server.body = NOMINATIM
    first, second = geocoding.nominatim(server.url).find("náměstí")
    assert (first.precise, second.precise) == (True, False)


def test_a_server_below_a_path_is_reached(server: Answers):
    server.body = PHOTON
    assert geocoding.photon(f"{server.url}/geo/").find("radnice")
    assert server.asked[0].startswith("/geo/api?")


@pytest.mark.parametrize("make", MAKERS)
def test_no_find_is_an_empty_list(server: Answers, make: Maker):
    server.body = [] if make is geocoding.nominatim else {"features": []}
    assert make(server.url).find("xyzzy") == []


@pytest.mark.parametrize("make", MAKERS)
def test_an_empty_question_is_not_sent(server: Answers, make: Maker):
    assert make(server.url).find("  ") == []
    assert server.asked == []


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (500, {}, Invalid, "geocoder.failed"),
        (403, {}, Invalid, "geocoder.failed"),
        (429, {}, Exhausted, "geocoder.busy"),
        (200, b"<html>maintenance</html>", Invalid, "geocoder.failed"),
        (200, 7, Invalid, "geocoder.not_understood"),
        (200, {"features": [{"geometry": {"coordinates": [13.3, 49.7]}}]}, Invalid, "geocoder.not_understood"),
    ],
)
def test_trouble_at_the_server_is_a_clear_refusal(
    server: Answers, make: Maker, status: int, body: Any, error: type[Invalid | Exhausted], code: str
):
    server.status, server.body = status, body
    with pytest.raises(error) as refusal:
        make(server.url).find("Plzeň")
    assert refusal.value.code == code
    assert "127.0.0.1" in refusal.value.facts["server"]


@pytest.mark.parametrize("make", MAKERS)
def test_a_server_that_does_not_answer_is_a_clear_refusal(make: Maker):
    with pytest.raises(Invalid, match=r"geocoder\.failed"):
        make("http://127.0.0.1:9").find("Plzeň")


@pytest.mark.parametrize("url", ["", "nominatim.example.org", "ftp://example.org", "http://"])
def test_a_url_that_is_none_is_refused_at_once(url: str):
    with pytest.raises(Invalid, match=r"geocoder\.url_broken"):
        geocoding.nominatim(url)


class Fixed:
    def __init__(self, answer: list[Hit] | Invalid) -> None:
        self.answer = answer

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        if isinstance(self.answer, Invalid):
            raise self.answer
        return self.answer


HIT = Hit("Radnice", "Radnice, Plzeň", "Plzeň", Point(49.7, 13.3))


def test_the_next_geocoder_is_asked_when_one_finds_nothing_or_fails():
    failing = Fixed(Invalid("geocoder.failed"))
    assert geocoding.OneAfterAnother([Fixed([]), failing, Fixed([HIT])]).find("radnice") == [HIT]
    assert geocoding.OneAfterAnother([Fixed([]), Fixed([])]).find("radnice") == []
    with pytest.raises(Invalid, match=r"geocoder\.failed"):
        geocoding.OneAfterAnother([Fixed([]), failing]).find("radnice")
