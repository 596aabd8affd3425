"""What every test of the worker may ask for."""

from dataclasses import replace

import pytest

from tests.builders.town import a_world
from transport.bootstrap import Services, plug
from transport.kernel.settings import Settings


@pytest.fixture
def services(database, database_url, tmp_path) -> Services:
    plugged = plug(Settings(database_url=database_url, local_dir=tmp_path))
    plugged.database.dispose()
    return replace(plugged, database=database, world=a_world())
