"""The door for programs of others: the day under way as GTFS-Realtime has it, in JSON.

    GET /brana/provoz.json
    Authorization: Bearer <token>

403: another token. Where vehicles are is told roughly, and not while they stand at somebody's door.
"""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from transport.api.deps import Now, Reading, feed_checked
from transport.kernel.clock import local_day
from transport.operations.driving import feed

router = APIRouter(dependencies=[Depends(feed_checked)])


@router.get("/brana/provoz.json", name="gateway:feed")
def of_today(session: Reading, now: Now) -> Response:
    """The trips of today and where their vehicles are."""
    return JSONResponse(feed.of_day(session, local_day(now), now=now, for_others=True))
