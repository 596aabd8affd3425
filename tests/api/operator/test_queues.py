"""What waits for somebody at the call centre: who has it, how it ends, and that nobody is forgotten."""

from datetime import timedelta

from tests.api.client.conftest import House
from transport.api.operator import queues
from transport.booking.clients import calls
from transport.kernel.db import reading, writing


def test_every_queue_has_a_page(house: House):
    hana = house.visit(house.cast.hana)
    with reading(house.database) as session:
        for queue in queues.waiting_counts(session, house.clock()):
            hana.get(queue.address)
    for path in (
        "/op/fronta",
        "/op/hovory/novy",
        "/op/klient/novy",
        "/op/nazory",
        "/op/oznameni",
        "/op/fraze",
        "/op/konci?dni=60",
        f"/op/klient/{house.cast.anna.code}/pravidelne",
    ):
        hana.get(path)
