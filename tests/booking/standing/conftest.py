"""The cast and the town are on stage here."""

from tests.stage import cast, town

__all__ = ["cast", "town"]
