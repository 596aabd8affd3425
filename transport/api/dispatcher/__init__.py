"""Doors for whoever dispatches: the day, its rides, its plan, its sheets of paper."""

from fastapi import APIRouter, Depends

from transport.api.deps import csrf_checked, require
from transport.api.dispatcher import (
    boarding,
    breakdown,
    calls,
    checklist,
    closing,
    day,
    day_map,
    deciding,
    exceptions,
    feed,
    fleet,
    live,
    moving,
    papers,
    plan,
    reports,
    ride,
    scenario,
    sheets,
    taxi,
)
from transport.kernel.actor import Role

router = APIRouter(dependencies=[require(Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
for doors in (
    fleet,
    boarding,
    day_map,
    feed,
    day,
    live,
    plan,
    scenario,
    breakdown,
    taxi,
    sheets,
    papers,
    calls,
    deciding,
    ride,
    moving,
    exceptions,
    checklist,
    closing,
    reports,
):
    router.include_router(doors.router)

__all__ = ["router"]
