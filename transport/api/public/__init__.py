"""Doors for everybody: the start, who may ride and for how much, logging in."""

from fastapi import APIRouter

from transport.api.public import login, pages

router = APIRouter()
router.include_router(pages.router)
router.include_router(login.router)
