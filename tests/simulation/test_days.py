"""Whole days with breakdowns, delays, wrong clocks and lost signal: nothing lost, nothing doubled, everybody home.

`TRANSPORT_TEST_DAYS` says how many days (one if it does not), `TRANSPORT_TEST_FIGURES` in which file their figures go.
"""

import os
from pathlib import Path
from random import Random

import pytest

from tests.simulation.day import played
from tests.simulation.devices import Gateway
from tests.simulation.witness import Witness, written
from transport.bootstrap import plug
from transport.kernel.settings import Settings

DAYS = int(os.environ.get("TRANSPORT_TEST_DAYS", "1"))
FIGURES = os.environ.get("TRANSPORT_TEST_FIGURES", "")


@pytest.mark.parametrize("seed", range(1, DAYS + 1))
def test_whatever_goes_wrong_everybody_comes_home(database, database_url, tmp_path, seed):
    gateway = Gateway(Random(seed))
    plugged = plug(Settings(database_url=database_url, local_dir=tmp_path))
    witness = played(database, plugged, gateway, seed, Witness)
    figures = witness.figures()
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as file:
            file.write(f"{written({'seed': seed, **figures})}\n")
    assert figures["reports"] > 0
    assert gateway.differently == 0
    assert figures["faults"] == []
