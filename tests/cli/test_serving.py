"""What the serving command writes down of who came by."""

import logging

import pytest
from fastapi import FastAPI
from httpx import get

from tests.api.served import served
from transport.cli.serving import mask_keys

LOG = logging.getLogger("uvicorn.access")


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("/cs/prihlaseni/odkaz/TheSecretOfJana", "/cs/prihlaseni/odkaz/…"),
        ("/cs/prihlaseni/odkaz/TheSecretOfJana?x=1", "/cs/prihlaseni/odkaz/…?x=1"),
        ("/j/TheSecretOfJana/zrusit", "/j/…/zrusit"),
        ("/ridic/s/TheSecretOfAShift", "/ridic/s/…"),
        ("/brana/poloha/traccar?id=secret&lat=49.7&lon=13.4", "/brana/poloha/traccar?…"),
        ("/cs/jizdy/ABC", "/cs/jizdy/ABC"),
    ],
)
def test_the_access_log_keeps_no_key(asked: str, written: str, caplog: pytest.LogCaptureFixture):
    """By a real server, as it is the one who writes this log and sets it up when it starts."""
    LOG.addFilter(mask_keys)
    try:
        with served(FastAPI()) as address:
            LOG.addHandler(caplog.handler)
            LOG.setLevel(logging.INFO)
            get(address + asked)
    finally:
        LOG.removeFilter(mask_keys)
        LOG.removeHandler(caplog.handler)
        LOG.setLevel(logging.NOTSET)
    (line,) = [record.getMessage() for record in caplog.records if record.name == LOG.name]
    assert f'"GET {written} HTTP/1.1" 404' in line
