"""Doors for clients and those who act for them: my rides, ordering, one ride."""

from fastapi import APIRouter

from transport.api.client import book, offer, ride, start

router = APIRouter()
for door in (start, offer, book, ride):  # `offer` names its steps, `book` takes all others
    router.include_router(door.router)
