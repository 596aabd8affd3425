"""Doors for whoever takes the telephone: find the client, see the card, order with the same steps as everybody."""

from transport.api.operator.desk import router

__all__ = ["router"]
