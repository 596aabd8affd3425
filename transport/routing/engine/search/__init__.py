"""The search for good plans. Nothing outside this folder knows OR-Tools."""

from transport.routing.engine.search.solver import Progress, solve

__all__ = ["Progress", "solve"]
