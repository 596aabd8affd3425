"""Doors for clients and those who act for them: my rides, ordering, one ride."""

from fastapi import APIRouter, Depends

from transport.api.client import book, offer, ride, start, waiting
from transport.kernel.i18n import Lang


def _language(lang: Lang) -> Lang:
    """The language in the address; any other word there is no page of ours."""
    return lang


router = APIRouter(prefix="/{lang}", dependencies=[Depends(_language)])
for door in (start, offer, waiting, book, ride):  # `offer` and `waiting` name their steps, `book` takes all others
    router.include_router(door.router)
