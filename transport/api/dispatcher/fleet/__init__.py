"""Doors for what we drive with: vehicles, drivers, shifts, regular rides by days, places that are closed."""

from fastapi import APIRouter

from transport.api.dispatcher.fleet import (
    closing,
    drivers,
    out,
    passes,
    places,
    shift,
    shifts,
    standing,
    trackers,
    vehicles,
    weeks,
)

router = APIRouter()
for doors in (vehicles, trackers, out, drivers, passes, weeks, shifts, shift, standing, places, closing):
    router.include_router(doors.router)

__all__ = ["router"]
