"""Doors for whoever takes the telephone: find the client, see the card, order with the same steps as everybody."""

from fastapi import APIRouter

from transport.api.operator import (
    booking,
    calls,
    desk,
    endings,
    letters,
    newcomers,
    notice,
    phrases,
    placing,
    queues,
    registrations,
    standing,
    texts_in,
    told,
    when,
)

router = APIRouter()
for doors in (
    queues,
    calls,
    texts_in,
    told,
    newcomers,
    registrations,
    endings,
    letters,
    notice,
    standing,
    phrases,
    desk,
    placing,
    when,
    booking,
):
    router.include_router(doors.router)

__all__ = ["router"]
