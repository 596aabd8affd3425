"""The cast in the town behind the real doors; everybody can be logged in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import select

from tests.api.browser import Browser
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
from transport.operations.messages.channels import simulated
from transport.routing.geo.gazetteer import FILE, Gazetteer


@dataclass
class Clock:
    """The time at which the doors answer."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **ahead: int) -> None:
        self.now += timedelta(**ahead)


class Visit(Browser):
    """A browser of somebody who is logged in already; it can also send what no page of ours offers."""

    def send(
        self, url: str | None = None, status: int = 200, *, said: Mapping[str, Any] | None = None, **data: str
    ) -> Self:
        """Send a form of this page; to an address without a form, the token of another form."""
        fields: dict[str, Any] = {**(said or {}), **data}
        actions = {form.get("action") for form in self.root.iter("form")}
        if url is None or url in actions:
            self.post(url, status, **fields)
            return self
        token = self.root.find(".//input[@name='csrf']")
        assert token is not None
        self._show(self.client.post(url, data={"csrf": token.get("value", ""), **fields}), status)
        return self

    @property
    def html(self) -> str:
        return self.shown.text

    def options(self, name: str) -> list[str]:
        """What the radios of this name offer."""
        return [each.get("value", "") for each in self.root.iterfind(f".//input[@name='{name}'][@type='radio']")]


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


DOORS: list[FastAPI] = []
"""The doors once opened stand open for all tests of a process: their first request takes longer than a whole test."""


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    """Anna lives at “home”; the town's day is open, nothing is booked."""
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        clients.add_place(session, cast.anna, town.places["home"], label="Domů", is_home=True, by=SYSTEM, now=NOW)
        a_card(session, cast.anna, Ground.ZTP_P)
        a_user(session)
    services = Services(
        settings=Settings(local_dir=tmp_path),
        database=database,
        world=town.world,
        addresses=Gazetteer(tmp_path / FILE),
        channels=simulated(),
    )
    app = DOORS[0] if DOORS else create_app(services)
    DOORS[:] = [app]
    app.state.services = services
    there = House(database, cast, town, app)
    app.state.clock = there.clock
    return there
