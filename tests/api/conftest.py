"""What every test of a door may ask for."""

from tests.api.client.conftest import house

__all__ = ["house"]
