"""The roster on pages: whoever changes it sees first whom it touches; nobody loses a promise by a click."""

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import a_driver
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.models import AwayKind, Driver, Provider, Shift, Vehicle
from transport.routing.planning import runs


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


@pytest.fixture
def annas(house):
    """Anna's ride in her wheelchair: only the van can take it."""
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana)


@pytest.fixture
def bedrichs(house):
    with writing(house.database) as session:
        return a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.hana)


def shift_of(house, ride):
    with reading(house.database) as session:
        return runs.shift_of(session, ride.promise_id)


def on_duty(house, day=None):
    with reading(house.database) as session:
        return [shift.id for shift in fleet.on_duty(session, day or house.town.day)]


def nothing_impossible(house):
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_a_shift_is_taken_out_after_a_look_at_whom_it_touches(house, dana, bedrichs):
    shift = shift_of(house, bedrichs)
    there = f"/disp/smeny/{shift}"
    page = dana.get(there).post(f"{there}/zrusit")
    assert page.path == f"{there}/kontrola"
    assert bedrichs.code in page.html
    assert on_duty(house) == [house.town.car_shift, house.town.van_shift]
    page.post(f"{there}/zrusit")
    assert shift not in on_duty(house)
    assert shift_of(house, bedrichs) in on_duty(house)
    nothing_impossible(house)


def test_a_page_that_was_read_too_long_ago_is_shown_again(house, dana, bedrichs):
    shift = shift_of(house, bedrichs)
    page = dana.get(f"/disp/smeny/{shift}/kontrola?out=yes")
    with writing(house.database) as session:
        a_confirmed_ride(session, house.town, house.cast.bedrich, "14:00", by=house.cast.hana)
    page.post(f"/disp/smeny/{shift}/zrusit")
    assert page.path.endswith("/kontrola")
    assert shift in on_duty(house)


def test_a_shift_stays_while_somebody_would_have_no_place(house, dana, annas):
    there = f"/disp/smeny/{house.town.van_shift}"
    page = dana.get(there).send(f"{there}/zrusit")
    assert annas.code in page.html
    assert page.root.find(".//main").find(".//form") is None
    page.send(f"{there}/zrusit", seen="1")
    assert house.town.van_shift in on_duty(house)


def test_who_is_touched_by_nothing_changes_a_shift_at_once(house, dana):
    there = f"/disp/smeny/{house.town.car_shift}"
    page = dana.get(there).post(there, ends="20:00", starts="6:00", driver=page_driver(house), crew="2")
    assert page.path == "/disp/smeny"
    with reading(house.database) as session:
        shift = session.get_one(Shift, house.town.car_shift)
        assert (shift.ends, shift.crew) == (house.town.second("20:00"), 2)


def page_driver(house):
    with reading(house.database) as session:
        return str(session.get_one(Shift, house.town.car_shift).driver_id)


def test_a_shift_begins_before_it_ends(house, dana):
    there = f"/disp/smeny/{house.town.car_shift}"
    page = dana.get(there)
    page.post(there, 422, starts="20:00", ends="6:00")
    assert page.errors
    assert page.value("starts") == "20:00"


def test_a_short_rest_is_said_before_the_shift_is_opened(house, dana):
    form = {"day": "25. 11. 2026", "vehicle": "car", "starts": "5:00", "ends": "12:00", "driver": page_driver(house)}
    page = dana.get("/disp/smeny/nova").post("/disp/smeny/nova", 422, **form)
    day = house.town.day.replace(day=25)
    assert on_duty(house, day) == []
    page.post("/disp/smeny/nova", **form)
    assert len(on_duty(house, day)) == 1
    assert page.path == "/disp/smeny"


def test_a_week_is_copied_but_for_what_cannot_be(house, dana):
    with writing(house.database) as session:
        emil = session.get_one(Driver, session.get_one(Shift, house.town.car_shift).driver_id)
        availability.be_away(
            session,
            emil,
            first=house.town.day.replace(day=30),
            last=house.town.day.replace(month=12),
            kind=AwayKind.ILL,
        )
        name = emil.name
    page = dana.get(f"/disp/smeny/kopirovat?z={house.town.day}&na=2026-12-01")
    assert name in page.text
    page.post("/disp/smeny/kopirovat")
    copied = on_duty(house, house.town.day.replace(month=12, day=1))
    assert len(copied) == 1
    again = dana.get(f"/disp/smeny/kopirovat?z={house.town.day}&na=2026-12-01")
    assert [form.get("method") for form in again.root.find(".//main").iter("form")] == ["get"]


def test_the_list_of_shifts_can_be_brought_back(house, dana):
    text = dana.get(f"/disp/smeny.csv?od={house.town.day}").shown.text
    with writing(house.database) as session:
        a_driver(session, session.exec(select(Provider.id)).one() or 0, name="Gizela Řidičová")
    row = "26. 11. 2026;van;Gizela Řidičová;7:00;15:00;1"
    page = dana.get("/disp/smeny/vlozit")
    page.post("/disp/smeny/vlozit", 422, rows=f"{text}\n{row}\n26. 11. 2026;nowhere;Gizela Řidičová;7:00;15:00;1")
    assert on_duty(house, house.town.day.replace(day=26)) == []
    page.post("/disp/smeny/vlozit", rows=f"{text}\n{row}")
    assert len(on_duty(house, house.town.day.replace(day=26))) == 1
    assert on_duty(house) == [house.town.car_shift, house.town.van_shift]


def test_a_vehicle_keeps_what_a_promise_needs(house, dana, annas):
    page = dana.get("/disp/vozy/van/zmenit")
    depot = next(option.get("value") for option in page.root.iter("option") if option.get("value"))
    form = {"code": "van", "kind": "van", "depot": depot, "class": "car"}
    line = {"name_0": "layout 0", "seats_0": "3", "chairs_0": "1", "kg_0": "300"}
    page.post("/disp/vozy/van/zmenit", 409, **form, **line)
    with reading(house.database) as session:
        assert session.get_one(Vehicle, house.town.van).features == "ramp"
    page.post("/disp/vozy/van/zmenit", **form, **{**line, "seats_0": "2"}, features="ramp")
    assert page.path == "/disp/vozy/van"


def test_a_vehicle_on_duty_is_not_retired(house, dana):
    dana.get("/disp/vozy/car").post("/disp/vozy/car/pouzivat", 409)


def test_a_vehicle_out_of_service_leaves_its_riders_to_the_others(house, dana, bedrichs):
    code = "car" if shift_of(house, bedrichs) == house.town.car_shift else "van"
    there = f"/disp/vozy/{code}/odstavka"
    page = dana.get(there).post(there, starts="24. 11. 2026", ends="25. 11. 2026", reason="repair")
    assert bedrichs.code in page.html
    page.post(there)
    assert page.path == f"/disp/vozy/{code}"
    assert len(on_duty(house)) == 1
    nothing_impossible(house)


def test_a_new_vehicle_and_a_new_driver_are_on_duty_together(house, dana):
    page = dana.get("/disp/vozy/novy")
    depot = next(option.get("value") for option in page.root.iter("option") if option.get("value"))
    form = {"code": "7P2 0001", "kind": "minibus", "depot": depot, "class": "bus", "features": "lift"}
    page.post("/disp/vozy/novy", 422, **form)
    assert page.errors
    page.post("/disp/vozy/novy", **form, name_0="all", seats_0="8", chairs_0="2", kg_0="350")
    page = dana.get("/disp/ridici/novy")
    provider = next(option.get("value") for option in page.root.iter("option") if option.get("value"))
    page.post("/disp/ridici/novy", name="Gizela Řidičová", phone="777 123 456", provider=provider)
    driver = page.path.rpartition("/")[2]
    page.post(f"{page.path}/kvalifikace", kind="wheelchair_lashing", until="1. 12. 2026")
    page.post(f"{page.path}/kvalifikace", kind="bus")
    form = {"day": "24. 11. 2026", "vehicle": "7P2 0001", "driver": driver, "starts": "7:00", "ends": "15:00"}
    assert dana.get("/disp/smeny/nova").post("/disp/smeny/nova", **form).path == "/disp/smeny"
    assert "Gizela" in dana.get("/disp/ridici").root.findtext(".//section//li/a")


def test_a_driver_who_is_away_has_shifts_that_cannot_stay(house, dana):
    driver = page_driver(house)
    page = dana.get(f"/disp/ridici/{driver}")
    page.post(f"/disp/ridici/{driver}/nepritomnost", 422, first="24. 11. 2026")
    page.post(f"/disp/ridici/{driver}/nepritomnost", first="24. 11. 2026", away="ill")
    marks = dana.get("/disp/smeny?od=2026-11-24").root.iterfind(".//span[@class='aid-level aid-level--no']")
    assert len(list(marks)) == 1


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "emil", "frantiska", "hana"])
def test_nobody_else_comes_in(house, who):
    visit = house.visit(getattr(house.cast, who))
    for path in ("/disp/vozy", "/disp/ridici", "/disp/smeny", "/disp/smeny.csv", "/disp/pravidelne", "/disp/mista"):
        visit.get(path, 403)


def test_what_is_not_there_is_not_found(dana):
    for path in ("/disp/vozy/none", "/disp/ridici/9999", "/disp/smeny/9999", "/disp/smeny?od=x", "/disp/mista/9999"):
        dana.get(path, 404)
