"""The house with all its doors open."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from transport.api import admin, client, dispatcher, driver, errors, manager, operator, public, render, security
from transport.bootstrap import Services


class KeptStatic(StaticFiles):
    """Files whose address carries a mark of their content: a browser may keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the permission to keep it."""
        response = await super().get_response(path, scope)
        marked = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if marked else "no-cache"
        return response


def create_app(services: Services) -> FastAPI:
    """All doors on one set of services; no documentation pages, no address that lists what there is."""
    app = FastAPI(title=services.policies.service.name, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    errors.install(app)
    app.middleware("http")(security.guard)
    app.mount("/static", KeptStatic(directory=render.STATIC), name="static")
    for audience in (admin, dispatcher, driver, manager, operator, client, public):
        app.include_router(audience.router)
    return app
