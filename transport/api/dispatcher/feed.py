"""Doors: the day under way as GTFS-Realtime has it, for the programs of the house."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from transport.api.deps import Now, Reading
from transport.api.dispatcher.asked import Day
from transport.operations.driving import feed

router = APIRouter()


@router.get("/disp/{day}/provoz.json", name="disp:feed")
def of_day(day: Day, session: Reading, now: Now) -> Response:
    """The trips of a day and where their vehicles are."""
    return JSONResponse(feed.of_day(session, day, now=now))
