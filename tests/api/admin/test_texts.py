"""An administrator words what people are told, sees what it costs, and cannot leave out what they need."""

import pytest

from tests.api.client.conftest import House, Visit
from tests.builders.clients import a_user, acting
from transport.api.render import CATALOGUES
from transport.kernel.actor import Role
from transport.kernel.db import reading, writing
from transport.operations.messages import wording
from transport.operations.messages.models import MessageKind

ONE = "/sprava/texty/ride_confirmed/cs"
MINE = "Jízda {number} {day} {start} až {end}"


@pytest.fixture
def admin(house: House) -> Visit:
    with writing(house.database) as session:
        somebody = acting(a_user(session, role=Role.ADMIN))
    return house.visit(somebody)


def now_worded(house: House) -> wording.Worded:
    with reading(house.database) as session:
        return wording.now_worded(session, MessageKind.RIDE_CONFIRMED, CATALOGUES["cs"])


def test_a_text_is_counted_saved_and_taken_back(house: House, admin: Visit):
    admin.get(ONE).post(ONE, text=MINE, count="yes")
    assert not now_worded(house).own
    assert "Jizda 472180" in admin.text
    admin.post(ONE, text=MINE, save="yes")
    assert (admin.path, now_worded(house).text) == ("/sprava/texty", MINE)
    admin.get(ONE).post(ONE, text=MINE, standard="yes")
    assert not now_worded(house).own


def test_a_text_that_leaves_out_the_time_is_refused_and_kept_on_the_page(house: House, admin: Visit):
    admin.get(ONE).post(ONE, text="Jízda {number} {day}", save="yes", status=422)
    assert "Jízda {number} {day}" in admin.html
    assert len(admin.errors) == 1
    assert not now_worded(house).own


@pytest.mark.parametrize("address", ["/sprava/texty/ride_dreamt/cs", "/sprava/texty/ride_confirmed/xx"])
def test_a_text_that_does_not_exist_is_not_found(admin: Visit, address: str):
    admin.get(address, status=404)
