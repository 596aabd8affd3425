"""Doors for drivers: the next stop and nothing to read while driving; dispatchers may look."""

from fastapi import APIRouter

from transport.api.driver import entry, frame, reports, shell, shift

router = APIRouter()
for part in (shell, entry, frame, shift, reports):
    router.include_router(part.router)

__all__ = ["router"]
