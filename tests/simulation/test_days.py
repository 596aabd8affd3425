"""Whole days with breakdowns, delays, wrong clocks and lost signal: nothing lost, nothing doubled, everybody home.

`TRANSPORT_TEST_DAYS` says how many days (one if it does not), `TRANSPORT_TEST_FIGURES` in which file their figures go.
"""

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.builders.town import a_world
from tests.simulation.desk import Desk
from tests.simulation.devices import Gateway
from tests.simulation.street import a_street
from tests.simulation.witness import Witness, written
from transport.bootstrap import plug
from transport.kernel.settings import Settings
from transport.operations.messages.channels import Channels

DAYS = int(os.environ.get("TRANSPORT_TEST_DAYS", "1"))
FIGURES = os.environ.get("TRANSPORT_TEST_FIGURES", "")


@pytest.mark.parametrize("seed", range(1, DAYS + 1))
def test_whatever_goes_wrong_everybody_comes_home(database, database_url, tmp_path, seed):
    plugged = plug(Settings(database_url=database_url, local_dir=tmp_path))
    plugged.database.dispose()
    gateway = Gateway(Random(seed))
    channels = Channels(sms=gateway, email=gateway, voice=gateway)
    street = a_street(replace(plugged, database=database, world=a_world(), channels=channels), seed)
    desk = Desk(street)
    witness = Witness(street, desk)
    for car in street.cars.values():
        street.read(car)
        for process in (car.drive(), street.network(car)):
            street.start(process)
    for person in street.people.values():
        street.start(desk.client(person))
    for process in (desk.worker(), desk.dispatcher(), witness.watch(), witness.alarm()):
        street.start(process)
    street.run()
    if not witness.faults:
        desk.close()
    figures = witness.figures()
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as file:
            file.write(f"{written({'seed': seed, **figures})}\n")
    assert figures["reports"] > 0
    assert gateway.differently == 0
    assert figures["faults"] == []
