"""Doors: the profile of one client: needs, places, contacts, messages, the card."""

from fastapi import APIRouter, Depends

from transport.api.client.profile import card, contacts, needs, overview, places
from transport.api.deps import csrf_checked

router = APIRouter(dependencies=[Depends(csrf_checked)])
for door in (needs, places, contacts, card, overview):
    router.include_router(door.router)
