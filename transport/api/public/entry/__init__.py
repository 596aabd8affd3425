"""Doors for logging in: a contact, a way, a code or a link, and who is there; a device, a passkey, a password."""

from fastapi import APIRouter, Depends

from transport.api.deps import visitor
from transport.api.public.entry import code, contact, link, passkey, password, people

router = APIRouter(dependencies=[Depends(visitor)])
for door in (contact, code, link, people, passkey, password):
    router.include_router(door.router)
