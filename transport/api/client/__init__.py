"""Doors for clients and those who act for them: my rides, ordering, one ride."""

from fastapi import APIRouter, Depends

from transport.api.client import book, offer, people, ride, start, waiting
from transport.kernel.i18n import Lang


def _language(lang: Lang) -> Lang:
    """The language in the address; any other word there is no page of ours."""
    return lang


router = APIRouter(prefix="/{lang}", dependencies=[Depends(_language)])
# `offer` and `waiting` name their steps, `book` takes all others
for door in (start, people, offer, waiting, book, ride):
    router.include_router(door.router)
