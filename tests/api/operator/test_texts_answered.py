"""What a text message asked for and what came of it is seen by whoever reads it, and a cry for help by everybody."""

from sqlmodel import select

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride
from transport import jobs
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.operations.messages import inbox


def came(house: House, text: str, sender: str) -> int:
    with writing(house.database) as session:
        now = house.clock.now
        row = inbox.receive(session, gateway_id=text, sender=sender, text=text, received_at=now, now=now)
    jobs.react(house.app.state.services, house.clock.now)
    return row.id or 0


def test_a_cancelled_ride_is_seen_in_the_thread_with_its_answer(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, by=house.cast.hana)
        code = ride.code
    message = came(house, f"Zrus {code}", house.cast.anna.phone)
    with reading(house.database) as session:
        assert session.exec(select(Ride.status).where(Ride.code == code)).one() is Status.CANCELLED
    sent = jobs.send(house.app.state.services, house.clock.now)
    thread = house.visit(house.cast.hana).get(f"/op/sms/{message}")
    lines = ["".join(each.itertext()) for each in thread.root.iterfind(".//ol[@class='govuk-list aid-thread']/li")]
    assert sent >= 1
    assert len(lines) == 2
    assert code in lines[1]


def test_a_cry_for_help_stands_first_among_the_calls_and_over_the_day(house: House):
    came(house, "POMOC", "+420777999888")
    calls = house.visit(house.cast.hana).get("/op/hovory")
    assert "777 999 888" in "".join(next(calls.root.iterfind(".//tbody/tr")).itertext()).replace("\u00a0", " ")
    day = house.visit(house.cast.dana).get(f"/disp/{local_day(house.clock.now)}/vyjimky")
    (banner,) = day.root.findall(".//*[@role='alert']")
    assert "777" in "".join(banner.itertext())
    assert [link.get("href") for link in day.root.iter("a") if link.get("href") == "tel:+420777999888"]
