"""`transport serve` and `transport worker`: the pages, and the background work."""

import logging
import re
import signal
import threading
from typing import Annotated

import typer
import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler

from transport import jobs
from transport.api.app import create_app
from transport.bootstrap import Services
from transport.cli.refusals import plugged
from transport.kernel.clock import LOCAL
from transport.kernel.errors import Conflict
from transport.migrations import chain
from transport.routing.engine import warm_up

DOORS = (
    ("start", "/cs/"),
    ("book, my rides", "/cs/moje"),
    ("operator", "/op"),
    ("dispatcher", "/disp"),
    ("driver", "/ridic"),
    ("contract manager", "/smlouva"),
    ("administration", "/sprava"),
)

_KEYS = re.compile(r"(/prihlaseni/odkaz/|/j/|/ridic/s/|/brana/poloha/traccar\?)[^/?\s\"]+")
"""Addresses whose last part is a key: whoever has it may log in, see one ride, or say where a vehicle is."""

app = typer.Typer()

WithWorker = Annotated[bool, typer.Option("--with-worker", help="Do the background work in this process too.")]


@app.command()
def serve(*, with_worker: WithWorker = False) -> None:
    """Serve the pages on TRANSPORT_HOST:TRANSPORT_PORT."""
    with plugged() as services:
        _check_shape(services)
        run(services, with_worker=with_worker)


@app.command()
def worker() -> None:
    """Do the background work until stopped; any number of workers may run."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with plugged() as services:
        _check_shape(services)
        warm_up()
        clock = _start_clock(services)
        typer.echo("worker: at work")
        stop.wait()
        clock.shutdown(wait=True)


def run(services: Services, *, with_worker: bool) -> None:
    """Serve until stopped. The planner is compiled before the first caller comes, not while one waits."""
    typer.echo("getting the planner ready (a minute on a new machine, then two seconds)")
    warm_up()
    clock = _start_clock(services) if with_worker else None
    logging.getLogger("uvicorn.access").addFilter(mask_keys)
    settings = services.settings
    typer.echo(f"serving on http://{settings.host}:{settings.port}/")
    uvicorn.run(
        create_app(services),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,  # the streams of the dispatchers' days never end by themselves
    )
    if clock is not None:
        clock.shutdown(wait=False)


def mask_keys(line: logging.LogRecord) -> bool:
    """Take keys out of a line of the access log, so that nobody who reads it can use them."""
    if isinstance(line.args, tuple):
        line.args = tuple(_KEYS.sub(r"\1…", each) if isinstance(each, str) else each for each in line.args)
    line.msg = _KEYS.sub(r"\1…", str(line.msg))
    return True


def _check_shape(services: Services) -> None:
    if not chain.is_current(services.database):
        raise Conflict("database.not_upgraded")


def _start_clock(services: Services) -> BackgroundScheduler:
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=LOCAL)
    jobs.schedule(scheduler, services)
    scheduler.start()
    return scheduler
