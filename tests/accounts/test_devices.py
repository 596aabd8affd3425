"""Remembered devices: one button, for ninety days, for those who asked for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.builders.clients import a_user, acting
from transport.accounts import devices, users
from transport.accounts.models import LoginDevice, User
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.errors import Forbidden, NotFound
from transport.kernel.events import Event

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def jana(session: Session) -> User:
    return a_user(session, Role.CLIENT, "Jana Nová")


@pytest.fixture
def karel(session: Session) -> User:
    return a_user(session, Role.CLIENT, "Karel Nový")


def remembered(session: Session, user: User, token: str = "", now: datetime = NOW) -> str:
    return devices.remember(session, user, token, name="Chrome, Android", by=acting(user), now=now)


def names(session: Session, token: str, now: datetime = NOW) -> list[str]:
    return [each.name for each in devices.known(session, token, now=now)]


def test_a_device_knows_its_owner_for_ninety_days_since_the_last_use(session: Session, jana: User) -> None:
    token = remembered(session, jana)
    devices.enter(session, token, jana.id or 0, now=NOW + 80 * DAY)
    assert names(session, token, NOW + 169 * DAY) == ["Jana Nová"]
    assert names(session, token, NOW + 170 * DAY) == []
    with pytest.raises(Forbidden, match=r"login\.device_unknown"):
        devices.enter(session, token, jana.id or 0, now=NOW + 170 * DAY)


def test_two_people_may_share_a_device(session: Session, jana: User, karel: User) -> None:
    token = remembered(session, jana)
    assert remembered(session, karel, token) == token
    assert remembered(session, jana, token) == token
    assert names(session, token) == ["Jana Nová", "Karel Nový"]


def test_a_device_that_was_over_is_remembered_anew(session: Session, jana: User) -> None:
    old = remembered(session, jana)
    new = remembered(session, jana, old, NOW + 91 * DAY)
    assert new != old
    assert names(session, new, NOW + 91 * DAY) == ["Jana Nová"]


def test_a_cookie_of_somebodys_own_making_is_not_taken_over(session: Session, jana: User) -> None:
    assert remembered(session, jana, "chosen by a thief") != "chosen by a thief"


def test_a_device_lets_in_nobody_else(session: Session, jana: User, karel: User) -> None:
    token = remembered(session, jana)
    remembered(session, karel)
    with pytest.raises(Forbidden):
        devices.enter(session, token, karel.id or 0, now=NOW)


def test_the_token_is_not_kept(session: Session, jana: User) -> None:
    token = remembered(session, jana)
    (kept,) = session.exec(select(LoginDevice)).all()
    assert token not in {str(value) for value in kept.model_dump().values()}


def test_whoever_is_shut_out_is_not_on_the_button(session: Session, jana: User) -> None:
    token = remembered(session, jana)
    users.disable(session, jana, by=SYSTEM, now=NOW)
    assert names(session, token) == []


def test_a_device_is_taken_away_by_its_owner_only(session: Session, jana: User, karel: User) -> None:
    token = remembered(session, jana)
    (device,) = devices.of(session, jana.id or 0, now=NOW)
    with pytest.raises(NotFound, match=r"login\.device"):
        devices.remove(session, karel.id or 0, device.id or 0, by=acting(karel), now=NOW)
    devices.remove(session, jana.id or 0, device.id or 0, by=acting(jana), now=NOW)
    assert names(session, token) == []
    assert session.exec(select(Event.kind).order_by(col(Event.id))).all() == ["DeviceRemembered", "DeviceForgotten"]


def test_old_devices_are_dropped(session: Session, jana: User, karel: User) -> None:
    remembered(session, jana)
    remembered(session, karel, now=NOW + DAY)
    devices.forget(session, now=NOW + 90 * DAY)
    assert [each.user_id for each in session.exec(select(LoginDevice))] == [karel.id]
