"""One simulated day from its first minute to its last."""

from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Engine

from tests.builders.town import a_world
from tests.simulation.desk import Desk
from tests.simulation.devices import Gateway
from tests.simulation.street import a_street
from tests.simulation.witness import Witness
from transport.bootstrap import Services
from transport.operations.messages.channels import Channels

AnyWitness = TypeVar("AnyWitness", bound=Witness)


def played(database: Engine, plugged: Services, gateway: Gateway, seed: int, looks: type[AnyWitness]) -> AnyWitness:
    """Play it in an empty database and close it; who has looked at it tells what was true."""
    plugged.database.dispose()
    channels = Channels(sms=gateway, email=gateway, voice=gateway)
    street = a_street(replace(plugged, database=database, world=a_world(), channels=channels), seed)
    desk = Desk(street)
    witness = looks(street, desk)
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
    return witness
