"""The cast in the town, ready to play; conftest files of the folders that want them import these fixtures."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session

from tests.builders.town import Town, a_town
from tests.cast import Cast, gather


@dataclass(frozen=True, slots=True)
class Stage:
    """A session with the cast in the town."""

    session: Session
    town: Town
    cast: Cast


@pytest.fixture
def cast(session: Session) -> Cast:
    return gather(session)


@pytest.fixture
def town(session: Session, cast: Cast) -> Town:
    """Open for orders, nothing booked; Emil drives the car."""
    return a_town(session, emil=cast.emil)
