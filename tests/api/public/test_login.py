"""Logging in without a password: a contact, a way, a code or a link, and who is there."""

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select

from tests.api.browser import Browser
from tests.api.client.conftest import House
from tests.builders.clients import a_client, a_user
from tests.operations.messages.servers import gateway
from transport.accounts.models import LoginCode, User
from transport.api import security
from transport.booking.clients.models import Client
from transport.kernel import events
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.messages.channels import Channels
from transport.operations.messages.console import Message
from transport.operations.messages.demo import BUILT
from transport.operations.messages.gateway import Gateway

MOBILE, LANDLINE, MAILBOX = "+420777111222", "+420377333444", "jana@example.org"


def jana(house: House, phone: str = MOBILE, email: str = "") -> None:
    """A client who was registered over the phone and has never logged in."""
    with writing(house.database) as session:
        a_client(session, "Jana Nová", phone=phone, email=email)


def asked(house: House, contact: str, way: str = "", onward: str = "") -> Browser:
    """A browser on which a code was asked for."""
    browser = Browser(house.app).get(f"/en/prihlaseni{onward}").post(contact=contact)
    assert browser.path == "/en/prihlaseni/jak"
    return browser.post(way=way) if way else browser.post()


def sent(house: House) -> Message:
    kept = house.app.state.services.channels.kept
    newest: Message = kept.messages[-1]
    return newest


def code(house: House) -> str:
    found = re.search(r"\b[0-9]{6}\b", sent(house).text.replace(", ", ""))
    assert found
    return found.group()


def link(house: House) -> str:
    found = re.search(r"http://\S+", sent(house).text)
    assert found
    return found.group().removeprefix("http://127.0.0.1:8000")


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


def other_device(house: House, browser: Browser) -> Browser:
    """The browser as it is tomorrow: logged out, with the cookies that stay."""
    token = browser.client.cookies.get(security.DEVICE)
    later = Browser(house.app)
    if token:
        later.client.cookies.set(security.DEVICE, token)
    return later


@pytest.mark.parametrize("typed", ["777 111 222", "+420777111222", "00420 777-111-222"])
def test_a_client_who_never_logged_in_enters_with_a_code(house: House, typed: str):
    jana(house)
    browser = asked(house, typed, "sms").post(url="/en/prihlaseni/kod", code=f" {code(house)[:3]}-{code(house)[3:]} ")
    assert browser.path == "/en/prihlaseni/vitejte"
    assert browser.follow("Continue").path.startswith("/en/moje")
    with reading(house.database) as session:
        client = session.exec(select(Client).where(Client.phone == MOBILE)).one()
        assert session.get_one(User, client.user_id).role is Role.CLIENT


def test_the_second_time_nobody_is_offered_a_passkey_again(house: House):
    jana(house)
    for page in ("/en/prihlaseni/vitejte", "/en/moje"):
        browser = asked(house, MOBILE, "sms").post(url="/en/prihlaseni/kod", code=code(house))
        assert browser.path.startswith(page)


def test_one_is_where_one_wanted_to_be(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms", "?dal=/en/kdo-a-za-kolik").post(url="/en/prihlaseni/kod", code=code(house))
    assert browser.follow("Continue").path == "/en/kdo-a-za-kolik"


@pytest.mark.parametrize(
    ("contact", "ways"), [(MOBILE, ["sms", "call"]), (LANDLINE, ["call"]), (MAILBOX, ["email"]), ("+420906112233", [])]
)
def test_only_ways_that_lead_there_are_offered(house: House, contact: str, ways: list[str]):
    browser = Browser(house.app).get("/en/prihlaseni").post(contact=contact)
    fields = browser.root.iterfind(".//main//input[@name='way']")
    assert [each.get("value") for each in fields] == ways


def test_a_way_that_does_not_lead_there_cannot_be_forced(house: House):
    browser = Browser(house.app).get("/en/prihlaseni").post(contact=LANDLINE)
    browser.post(way="sms", status=422)
    assert browser.errors == ["Choose how the code should come."]
    assert not house.app.state.services.channels.kept.messages


def test_nothing_shows_whether_a_contact_is_known(house: House):
    jana(house)
    known, unknown = asked(house, MOBILE, "sms"), asked(house, "+420777999888", "sms")
    shown = [re.sub(r"777 \d{3} \d{3}", "", each.text) for each in (known, unknown)]
    assert shown[0] == shown[1]
    assert unknown.post(url="/en/prihlaseni/kod", code=code(house)).path == "/en/prihlaseni/nikdo"
    assert unknown.client.cookies.get(security.SESSION) is None


def test_people_who_share_a_landline_say_who_they_are(house: House):
    jana(house, phone=LANDLINE)
    with writing(house.database) as session:
        a_user(session, Role.REPRESENTATIVE, "Karel Nový", phone=LANDLINE)
    browser = asked(house, LANDLINE).post(url="/en/prihlaseni/kod", code=code(house))
    assert browser.path == "/en/prihlaseni/kdo"
    assert {"Jana Nová", "Karel Nový"} <= {name.strip() for name in re.findall(r"(?:Jana|Karel) Nov\w", browser.text)}
    browser.post(status=422)
    assert browser.errors == ["Choose who you are."]
    karel = browser.root.find(".//label[.='Karel Nový']")
    assert karel is not None
    chosen = browser.root.find(f".//input[@id='{karel.get('for')}']")
    assert chosen is not None
    browser.post(person=chosen.get("value", ""))
    assert "Karel Nový" in browser.text


def test_nobody_becomes_somebody_who_is_not_at_the_contact(house: House):
    jana(house, phone=LANDLINE)
    with writing(house.database) as session:
        a_user(session, Role.REPRESENTATIVE, "Karel Nový", phone=LANDLINE)
        stranger = a_user(session, Role.REPRESENTATIVE, "Cizí Člověk", phone=MOBILE)
    browser = asked(house, LANDLINE).post(url="/en/prihlaseni/kod", code=code(house))
    browser.post(person=f"user-{stranger.id}", status=422)
    assert browser.client.cookies.get(security.SESSION) is None


def test_who_is_at_a_contact_is_asked_only_after_the_code(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms")
    assert browser.get("/en/prihlaseni/kdo").path == "/en/prihlaseni"


def test_our_staff_do_not_enter_with_a_code(house: House):
    with writing(house.database) as session:
        a_user(session, Role.DISPATCHER, "Dana", phone=MOBILE)
    browser = asked(house, MOBILE, "sms").post(url="/en/prihlaseni/kod", code=code(house))
    assert browser.path == "/en/prihlaseni/nikdo"


def test_a_wrong_code_is_said_at_the_field_and_what_was_ticked_stays(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms").post(
        url="/en/prihlaseni/kod", code=wrong(code(house)), here="shared", status=422
    )
    assert browser.errors == ["This is not the code we sent. Look at the message again, or have a new code sent."]
    box = browser.root.find(".//input[@value='shared']")
    assert box is not None
    assert box.get("checked") is not None


@pytest.mark.parametrize("typed", ["", "12345", "123456789", "🙂🙂🙂🙂🙂🙂", "heslo?", "1" * 10_000])
def test_what_is_no_code_uses_up_no_try(house: House, typed: str):
    jana(house)
    browser = asked(house, MOBILE, "sms")
    for _ in range(6):
        browser.post(url="/en/prihlaseni/kod", code=typed, status=422)
    assert browser.post(url="/en/prihlaseni/kod", code=code(house)).path == "/en/prihlaseni/vitejte"


def test_too_many_messages_say_when_the_next_one_goes_and_whom_to_call(house: House):
    browser = asked(house, MOBILE, "sms")
    browser.post(url="/en/prihlaseni/jak").post(url="/en/prihlaseni/jak")
    browser.post(url="/en/prihlaseni/jak", status=422)
    assert browser.path == "/en/prihlaseni/jak"
    (said,) = browser.errors
    assert re.search(r"Ask for another one after \d+:\d\d, or call us", said)
    assert browser.root.find(".//a[@href='tel:+420800000000']") is not None
    house.clock.forward(minutes=16)
    assert browser.post(way="call").path == "/en/prihlaseni/kod"


def test_an_e_mail_has_a_link_that_only_a_button_uses_up(house: House):
    jana(house, email="Jana@Example.org")
    asked(house, MAILBOX)
    address = link(house)
    for _ in range(3):
        Browser(house.app).get(address)
    telephone = Browser(house.app).get(address).post()
    assert telephone.path == "/en/prihlaseni/vitejte"
    used = Browser(house.app).get(address, 404)
    assert used.follow("Log in").path == "/en/prihlaseni"


def test_a_link_that_works_no_more_says_so_at_the_button_too(house: House):
    jana(house, email=MAILBOX)
    asked(house, MAILBOX)
    late = Browser(house.app).get(link(house))
    house.clock.forward(minutes=16)
    late.post(status=404)
    assert late.heading == "This link does not work any more"


def test_a_link_leads_people_of_one_mailbox_to_the_question_who_they_are(house: House):
    jana(house, email=MAILBOX)
    jana(house, phone=LANDLINE, email=MAILBOX)
    asked(house, MAILBOX)
    assert Browser(house.app).get(link(house)).post().path == "/en/prihlaseni/kdo"


def test_a_remembered_device_needs_one_button(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms").post(url="/en/prihlaseni/kod", code=code(house), here="remember")
    later = other_device(house, browser).get("/en/prihlaseni")
    house.clock.forward(days=1)
    button = later.root.find(".//button[@name='user']")
    assert button is not None
    later.post(url="/en/prihlaseni/zarizeni", user=button.get("value", ""))
    assert later.path.startswith("/en/moje")


def test_somebody_else_does_not_enter_by_that_button(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms").post(url="/en/prihlaseni/kod", code=code(house), here="remember")
    later = other_device(house, browser).get("/en/prihlaseni")
    other = house.cast.anna_herself.user
    later.post(url="/en/prihlaseni/zarizeni", user=str(other), status=422)
    assert later.client.cookies.get(security.SESSION) is None


def test_a_public_computer_forgets_after_half_an_hour(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms")
    browser.client.post(
        "/en/prihlaseni/kod",
        data={"csrf": browser.client.cookies[security.GUEST], "code": code(house), "here": ["remember", "shared"]},
    )
    assert browser.client.cookies.get(security.DEVICE) is None
    house.clock.forward(minutes=29)
    assert browser.get("/en/profil/zarizeni").path == "/en/profil/zarizeni"
    house.clock.forward(minutes=2)
    assert browser.get("/en/profil/zarizeni").path == "/en/prihlaseni"


def test_a_code_is_in_no_event_and_in_no_table(house: House):
    jana(house)
    asked(house, MOBILE, "sms").post(url="/en/prihlaseni/kod", code=code(house))
    with reading(house.database) as session:
        rows = [*session.exec(select(LoginCode)), *session.exec(select(Event).order_by(col(Event.id)))]
    assert rows
    assert not [row for row in rows if code(house) in row.model_dump_json(exclude={"occurred_at", "recorded_at"})]


def test_pages_without_a_visit_lead_to_the_first_one(house: House):
    for page in ("jak", "kod", "kdo"):
        assert Browser(house.app).get(f"/en/prihlaseni/{page}").path == "/en/prihlaseni"


def test_a_visit_is_over_after_an_hour(house: House):
    browser = asked(house, MOBILE, "sms")
    house.clock.forward(minutes=61)
    assert browser.get("/en/prihlaseni/kod").path == "/en/prihlaseni"


@pytest.mark.parametrize("typed", ["", "jana", "12", "<script>alert(1)</script>", "7" * 10_000, "\u202e777"])
def test_what_is_no_contact_is_said_at_the_field(house: House, typed: str):
    browser = Browser(house.app).get("/en/prihlaseni").post(contact=typed, status=422)
    assert browser.errors == ["Write a telephone number or an e-mail address, for example 777 123 456."]
    assert browser.value("contact") == typed.strip()


def test_only_an_invented_service_shows_the_message_on_the_page(house: House):
    jana(house)
    browser = asked(house, MOBILE, "sms")
    assert code(house) not in browser.text
    with writing(house.database) as session:
        events.record(session, BUILT, subject=("service_day", "2026-11-21"), by=SYSTEM, now=house.clock())
    assert code(house) in browser.get("/en/prihlaseni/kod").text


def test_a_service_with_real_channels_shows_nothing_on_the_page(house: House):
    jana(house)
    with writing(house.database) as session:
        events.record(session, BUILT, subject=("service_day", "2026-11-21"), by=SYSTEM, now=house.clock())
    browser = asked(house, MOBILE, "sms")
    services = house.app.state.services
    real = replace(services.channels, kept=None)
    house.app.state.services = replace(services, channels=real)
    assert "Demonstration" not in browser.get("/en/prihlaseni/kod").text


def test_a_message_that_cannot_be_sent_says_so_and_leaves_the_other_ways(house: House):
    jana(house)
    services = house.app.state.services
    with gateway() as away:
        away.answers = [500]
        broken = replace(services.channels, sms=Gateway(away.url))
        house.app.state.services = replace(services, channels=broken)
        browser = Browser(house.app).get("/en/prihlaseni").post(contact=MOBILE)
        browser.post(way="sms", status=422)
    assert browser.errors == ["We could not send the message now. Choose another way, or call us."]
    assert browser.post(way="call").path == "/en/prihlaseni/kod"
    assert browser.post(url="/en/prihlaseni/kod", code=code(house)).path == "/en/prihlaseni/vitejte"


def test_a_house_without_channels_says_whom_to_call(house: House):
    house.app.state.services = replace(house.app.state.services, channels=Channels())
    browser = Browser(house.app).get("/en/prihlaseni").post(contact=MOBILE)
    assert "We cannot send a code" in browser.text
    assert not list(browser.root.iterfind(".//main//button"))
