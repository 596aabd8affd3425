"""Doors: standing orders, from the first question to the last ride."""

from fastapi import APIRouter

from transport.api.client.regular import changes, orders, wizard

router = APIRouter()
for door in (wizard, orders, changes):
    router.include_router(door.router)
