"""Doors for whoever looks after the house: who may log in, the rules, the trail of what happened, its health."""

from fastapi import APIRouter, Depends

from transport.api.admin import people, rules, start, texts, trail
from transport.api.deps import csrf_checked, require
from transport.kernel.actor import Role

router = APIRouter(dependencies=[require(Role.ADMIN), Depends(csrf_checked)])
router.include_router(start.router)
for doors in (people, rules, texts, trail):
    router.include_router(doors.router, prefix="/sprava")

__all__ = ["router"]
