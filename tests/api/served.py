"""The doors on a real port of this machine, for a real browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

STARTS_WITHIN = 10.0


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address at which the application answers until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        port = _port(server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN)


def _port(server: uvicorn.Server) -> int:
    patience = time.monotonic() + STARTS_WITHIN
    while not server.started and time.monotonic() < patience:
        time.sleep(0.01)
    assert server.started, "the server did not start"
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
