"""Doors: the day on a map, and the roads under it in square pieces, as maps on the web are cut."""

import gzip
import json
from math import atan, cos, degrees, log, pi, radians, sinh, tan
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from transport.api import security
from transport.api.deps import Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.render import page
from transport.booking.rides import queries
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.operations.dispatch import mapping
from transport.operations.dispatch.mapping import Box, lines

router = APIRouter()
ACROSS = 1024
"""Into so many steps the side of a square is divided: four to a dot of the screen."""
DOTS = 256
"""How wide a square is drawn on the screen."""
MOST_VEHICLES = 100
COLOURS, DASHES = 7, 4
"""How many colours and kinds of dashes tell runs apart; each pair comes up once before any comes up again."""
Zoom = Annotated[int, Path(ge=8, le=18)]
Column = Annotated[int, Path(ge=0, lt=2**18)]
VersionId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/disp/{day}/mapa", name="disp:map")
def map_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged) -> Response:
    """Every run as a list of its stops and as a line on the map; ?vuz= shows some vehicles only."""
    wanted = request.query_params.getlist("vuz")[:MOST_VEHICLES]
    drawn = mapping.day_map(session, day, queries.on_day(session, day), wanted)
    roads = mapping.travel_of(session, day)
    here = mapping.where(session, drawn, now=now) if day == local_day(now) else {}
    settings = services.settings
    response = page(
        request,
        "dispatcher/map.html",
        day=day,
        now=now,
        drawn=drawn,
        chosen=wanted,
        here=here,
        box=mapping.box_of(drawn, here.values()),
        roads=None if settings.tiles_url else roads,
        attribution=settings.tiles_attribution if settings.tiles_url else lines.ATTRIBUTION if roads else "",
        tiles=settings.tiles_url,
        colour=lambda number: (number - 1) % COLOURS + 1,
        dash=lambda number: (number - 1) // COLOURS % DASHES + 1,
    )
    if settings.tiles_url:
        response.headers["Content-Security-Policy"] = security.with_images_from(settings.tiles_origin)
    return response


@router.get("/disp/silnice/{version_id}/{zoom}/{column}/{row}.json", name="disp:roads")
def roads(
    request: Request,
    version_id: VersionId,
    zoom: Zoom,
    column: Column,
    row: Column,
    session: Reading,
    services: Plugged,
) -> Response:
    """The roads in one square: each road its points one after the other, in steps from the square's north-west.

    What a version says never changes, so a browser keeps it.
    """
    version = mapping.version(session, version_id)
    if version is None or max(column, row) >= 2**zoom:
        raise NotFound("page")
    mark = f'"{version.digest[:16]}-{zoom}-{column}-{row}"'
    headers = {"ETag": mark, "Cache-Control": "private, max-age=604800", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    network = lines.network_of(version, services.settings.geo_dir)
    found = [] if network is None else lines.within(network, _box(zoom, column, row), across=DOTS)
    steps = [_steps(line, zoom, column, row) for line in found]
    body = json.dumps({"across": ACROSS, "roads": steps}, separators=(",", ":")).encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, 6)
    return Response(body, media_type="application/json", headers=headers)


def _box(zoom: int, column: int, row: int) -> Box:
    """What lies in the square (the projection of web maps)."""
    count = 2**zoom

    def lat(down: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * down / count))))

    return Box(lat(row + 1), column / count * 360 - 180, lat(row), (column + 1) / count * 360 - 180)


def _steps(line: lines.Line, zoom: int, column: int, row: int) -> list[int]:
    """The road in whole steps to the east and to the south: the first point, then how far each one is from the last."""
    scale = 2**zoom
    steps: list[int] = []
    x = y = 0
    for lat, lon in line:
        north = radians(lat)
        across = round(((lon + 180) / 360 * scale - column) * ACROSS)
        down = round(((1 - log(tan(north) + 1 / cos(north)) / pi) / 2 * scale - row) * ACROSS)
        steps += [across - x, down - y]
        x, y = across, down
    return steps
