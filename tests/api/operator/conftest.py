"""The same house as for clients, entered by whoever takes the telephone."""

from tests.api.client.conftest import house

__all__ = ["house"]
