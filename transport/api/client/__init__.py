"""Doors for clients and those who act for them: my rides, ordering, one ride."""

from fastapi import APIRouter, Depends

from transport.api.client import (
    appointment,
    book,
    cancel,
    change,
    consent,
    devices,
    different,
    home,
    links,
    offer,
    organisation,
    past,
    people,
    profile,
    regular,
    representatives,
    ride,
    start,
    waiting,
    way_home,
)
from transport.kernel.i18n import Lang


def _language(lang: Lang) -> Lang:
    """The language in the address; any other word there is no page of ours."""
    return lang


router = APIRouter(prefix="/{lang}", dependencies=[Depends(_language)])
# `offer` and `waiting` name their steps, `book` takes all others
for door in (
    regular,
    home,
    start,
    devices,
    people,
    representatives,
    profile,
    organisation,
    consent,
    offer,
    waiting,
    different,
    book,
    ride,
    cancel,
    change,
    way_home,
    links,
    appointment,
    past,
):
    router.include_router(door.router)
