"""Doors for whoever dispatches: the day, its rides, its plan, its sheets of paper."""

from fastapi import APIRouter, Depends

from transport.api.deps import csrf_checked, require
from transport.api.dispatcher import (
    breakdown,
    checklist,
    closing,
    day,
    day_map,
    deciding,
    exceptions,
    fleet,
    live,
    moving,
    plan,
    ride,
    scenario,
    sheets,
)
from transport.kernel.actor import Role

router = APIRouter(dependencies=[require(Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
for doors in (
    fleet,
    day_map,
    day,
    live,
    plan,
    scenario,
    breakdown,
    sheets,
    deciding,
    ride,
    moving,
    exceptions,
    checklist,
    closing,
):
    router.include_router(doors.router)

__all__ = ["router"]
