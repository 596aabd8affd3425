"""Doors for drivers: the next stop and nothing to read while driving; dispatchers may look."""

from transport.api.driver.shift import router

__all__ = ["router"]
