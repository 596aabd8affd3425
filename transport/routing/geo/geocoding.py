"""Geocoding servers on the network, behind the same question as the gazetteer: Nominatim, Photon, Pelias.

They are asked by the URL of one's own server; no server is asked unless it is configured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from geopy.exc import GeocoderQuotaExceeded, GeocoderRateLimited, GeopyError
from geopy.geocoders import Nominatim, Pelias, Photon
from geopy.location import Location

from transport.kernel.errors import Exhausted, Invalid
from transport.kernel.values import Point
from transport.routing.geo.places import Hit

USER_AGENT = "assisted-transport"
TIMEOUT = 5  # seconds: somebody is waiting at the page or on the telephone
LANGUAGE = "cs"


class Geocoder(Protocol):
    """Whatever finds addresses for a text: the gazetteer, a server, or several one after another."""

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """The best finds first; empty when there is none. Raises ServiceError when it cannot answer."""


class Server:
    """One geocoding server. A refusal becomes Exhausted, any other failure Invalid; both name the server."""

    def __init__(
        self, name: str, ask: Callable[[str, int], list[Location] | None], read: Callable[[Mapping[str, Any]], Hit]
    ) -> None:
        """`ask` sends a query, `read` understands one answer."""
        self._name = name
        self._ask = ask
        self._read = read

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """Ask the server."""
        if not text.strip() or limit < 1:
            return []
        try:
            answers = self._ask(text, limit) or []
        except (GeocoderRateLimited, GeocoderQuotaExceeded) as error:
            raise Exhausted("geocoder.busy", server=self._name) from error
        except GeopyError as error:
            raise Invalid("geocoder.failed", server=self._name, reason=type(error).__name__) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # an answer that is no answer
            raise Invalid("geocoder.not_understood", server=self._name) from error
        return [self._understood(answer.raw, answer.latitude, answer.longitude) for answer in answers][:limit]

    def _understood(self, raw: Mapping[str, Any], lat: float, lon: float) -> Hit:
        try:
            return self._read({**raw, "point": Point(float(lat), float(lon))})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Invalid("geocoder.not_understood", server=self._name) from error


class OneAfterAnother:
    """Asks each geocoder until one finds something; a server that fails is an error only if nobody finds anything."""

    def __init__(self, geocoders: Sequence[Geocoder]) -> None:
        """The first is asked first."""
        self._geocoders = tuple(geocoders)

    def find(self, text: str, limit: int = 10) -> list[Hit]:
        """The finds of the first geocoder that has any."""
        trouble: Invalid | Exhausted | None = None
        for geocoder in self._geocoders:
            try:
                hits = geocoder.find(text, limit)
            except (Invalid, Exhausted) as error:
                trouble = trouble or error
                continue
            if hits:
                return hits
        if trouble is not None:
            raise trouble
        return []


def nominatim(url: str) -> Server:
    """A Nominatim server at a URL such as `https://nominatim.example.org`."""
    scheme, domain = _address(url)
    server = Nominatim(domain=domain, scheme=scheme, user_agent=USER_AGENT, timeout=TIMEOUT)

    def ask(text: str, limit: int) -> list[Location] | None:
        answers: list[Location] | None = server.geocode(
            text, exactly_one=False, limit=limit, addressdetails=True, language=LANGUAGE
        )
        return answers

    def read(raw: Mapping[str, Any]) -> Hit:
        where = raw["address"]
        road = where.get("road") or where.get("suburb") or where.get("village") or ""
        return _hit(
            label=raw["display_name"],
            name=raw.get("name") or "",
            road=road,
            house=where.get("house_number") or "",
            municipality=_first(where, "city", "town", "village", "municipality"),
            point=raw["point"],
            source=f"Nominatim {domain}",
        )

    return Server(domain, ask, read)


def photon(url: str) -> Server:
    """A Photon server."""
    scheme, domain = _address(url)
    server = Photon(domain=domain, scheme=scheme, user_agent=USER_AGENT, timeout=TIMEOUT)

    def ask(text: str, limit: int) -> list[Location] | None:
        answers: list[Location] | None = server.geocode(text, exactly_one=False, limit=limit)
        return answers

    def read(raw: Mapping[str, Any]) -> Hit:
        where = raw["properties"]
        return _hit(
            label="",
            name=where.get("name") or "",
            road=where.get("street") or "",
            house=where.get("housenumber") or "",
            municipality=_first(where, "city", "town", "village", "county"),
            point=raw["point"],
            source=f"Photon {domain}",
        )

    return Server(domain, ask, read)


def pelias(url: str) -> Server:
    """A Pelias server."""
    scheme, domain = _address(url)
    server = Pelias(domain=domain, scheme=scheme, user_agent=USER_AGENT, timeout=TIMEOUT)

    def ask(text: str, limit: int) -> list[Location] | None:
        del limit  # Pelias decides itself; the surplus is cut
        answers: list[Location] | None = server.geocode(text, exactly_one=False, language=LANGUAGE)
        return answers

    def read(raw: Mapping[str, Any]) -> Hit:
        where = raw["properties"]
        return _hit(
            label=where.get("label") or "",
            name=where.get("name") or "",
            road=where.get("street") or "",
            house=where.get("housenumber") or "",
            municipality=_first(where, "locality", "localadmin", "county"),
            point=raw["point"],
            source=f"Pelias {domain}",
        )

    return Server(domain, ask, read)


def _address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Invalid("geocoder.url_broken", url=url)
    return parts.scheme, parts.netloc + parts.path.rstrip("/")


def _first(where: Mapping[str, Any], *keys: str) -> str:
    return next((str(where[key]) for key in keys if where.get(key)), "")


def _hit(*, label: str, name: str, road: str, house: str, municipality: str, point: Point, source: str) -> Hit:
    door = " ".join(filter(None, (road, house)))
    shown = name or door or label
    address = ", ".join(dict.fromkeys(filter(None, (name, door, municipality)))) or label
    return Hit(
        name=shown[:200],
        address=address[:300],
        municipality=municipality[:100],
        point=point,
        precise=bool(house or (name and name != road)),
        source=source[:200],
    )
