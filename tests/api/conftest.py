"""What every test of a door may ask for."""

from pathlib import Path

import pytest

from tests.api.client.conftest import house
from tests.api.scene import scene

__all__ = ["house", "scene"]

HERE = Path(__file__).resolve().parent
AUDIENCES = ("client", "operator", "dispatcher", "driver", "manager", "admin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test behind a door opens a whole house; together they take more than the quick run has."""
    folders = {HERE / audience for audience in AUDIENCES}
    for item in items:
        if folders & set(item.path.parents):
            item.add_marker(pytest.mark.slow)
