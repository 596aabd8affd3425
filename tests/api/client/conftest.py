"""The cast in the town behind the real doors; everybody can be logged in."""

import hashlib
import re
import warnings
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import Engine
from sqlmodel import select

from tests.builders.clients import a_card, a_user
from tests.builders.town import NOW, Town, a_town
from tests.cast import Cast, gather
from transport.accounts.models import LoginSession
from transport.api.app import create_app
from transport.booking.clients import clients
from transport.booking.clients.eligibility import Ground
from transport.bootstrap import Services
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.db import writing
from transport.kernel.settings import Settings
from transport.routing.geo.gazetteer import FILE, Gazetteer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


@dataclass
class Clock:
    """The time at which the doors answer."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **ahead: int) -> None:
        self.now += timedelta(**ahead)


class Visit:
    """One person at one browser: reads pages, fills in the forms that are on them."""

    def __init__(self, app: FastAPI, token: str) -> None:
        self.client = TestClient(app, base_url="http://testserver", follow_redirects=False)
        if token:
            self.client.cookies.set("session", token)
        self.page: Response | None = None

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        without = re.sub(r"<(script|style|head)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).replace("\u00a0", " ").split())

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.url.path

    @property
    def heading(self) -> str:
        found = re.findall(r"<h1[^>]*>(.*?)</h1>", self.html, flags=re.DOTALL)
        assert len(found) == 1, f"{len(found)} headings on {self.path}"
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).replace("\u00a0", " ").split())

    def get(self, path: str, status: int = 200) -> "Visit":
        self.page = self.client.get(path)
        self._follow()
        assert self.page.status_code == status, f"{self.page.status_code} {self.path}: {self.text[:600]}"
        return self

    def post(
        self, path: str | None = None, *, said: dict[str, str] | None = None, status: int = 200, **fields: str
    ) -> "Visit":
        """Send the form of this page (or another address with this page's token), and go where it leads."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.html))
        self.page = self.client.post(path or self.path, data={**hidden, **(said or {}), **fields})
        self._follow()
        assert self.page.status_code == status, f"{self.page.status_code} {self.path}: {self.text[:600]}"
        return self

    def options(self, name: str) -> list[str]:
        """What the radios of this name offer."""
        inputs = re.findall(r"<input[^>]*>", self.html)
        return [
            value[1]
            for each in inputs
            if f'name="{name}"' in each and 'type="radio"' in each and (value := re.search(r'value="([^"]*)"', each))
        ]

    def _follow(self) -> None:
        while self.page is not None and self.page.status_code == 303:
            self.page = self.client.get(self.page.headers["location"])
        assert self.heading, "every page has one heading"
        ids = re.findall(r' id="([^"]+)"', self.html)
        assert len(ids) == len(set(ids)), f"an id stands twice on {self.path}"


@dataclass
class House:
    """Everything behind the doors."""

    database: Engine
    cast: Cast
    town: Town
    app: FastAPI
    clock: Clock = field(default_factory=Clock)

    def visit(self, actor: Actor | None) -> Visit:
        if actor is None:
            return Visit(self.app, "")
        token = f"token of {actor.user}"
        digest = hashlib.sha256(token.encode()).hexdigest()
        with writing(self.database) as session:
            if session.exec(select(LoginSession).where(LoginSession.token_hash == digest)).first() is None:
                session.add(
                    LoginSession(
                        token_hash=digest,
                        user_id=actor.user or 0,
                        csrf=f"csrf of {actor.user}",
                        created_at=NOW,
                        expires_at=NOW + timedelta(days=30),
                    )
                )
        return Visit(self.app, token)


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    """Anna lives at “home”; the town's day is open, nothing is booked."""
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        clients.add_place(session, cast.anna, town.places["home"], label="Domů", is_home=True, by=SYSTEM, now=NOW)
        a_card(session, cast.anna, Ground.ZTP_P)
        a_user(session)
    app = create_app(
        Services(
            settings=Settings(local_dir=tmp_path),
            database=database,
            world=town.world,
            addresses=Gazetteer(tmp_path / FILE),
        )
    )
    there = House(database, cast, town, app)
    app.state.clock = there.clock
    return there
