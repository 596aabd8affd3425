"""Doors for everybody: the start, all there is to read, the checker, opinions and complaints, logging in."""

from fastapi import APIRouter

from transport.api.public import (
    calling,
    checker,
    complaint,
    easy,
    entry,
    feed,
    inbound,
    one_ride,
    opinion,
    pages,
    positions,
    registration,
)

router = APIRouter()
router.include_router(pages.router)
router.include_router(checker.router)
router.include_router(easy.router)
router.include_router(opinion.router)
router.include_router(complaint.router)
router.include_router(calling.router)
router.include_router(entry.router)
router.include_router(registration.router)
router.include_router(one_ride.router)
router.include_router(inbound.router)
router.include_router(positions.router)
router.include_router(feed.router)
