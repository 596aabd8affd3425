"""What waits for somebody at the call centre: who has it, how it ends, and that nobody is forgotten."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.letters import a_complaint
from tests.builders.registrations import a_registration
from transport.api.operator import queues
from transport.booking.clients import calls, clients, intake, registering
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client, Registration
from transport.kernel.actor import SYSTEM
from transport.kernel.db import reading, writing
from transport.operations.messages import inbox
from transport.operations.messages.channels import Channels, simulated
from transport.operations.messages.models import Message
from transport.operations.quality import announcements, feedback
from transport.operations.quality.letters import AnswerBy, ComplaintState, Grievance
from transport.operations.quality.models import Complaint


@pytest.fixture
def channels(house: House) -> Channels:
    found = simulated()
    house.app.state.services = replace(house.app.state.services, channels=found)
    return found


@pytest.fixture
def hana(house: House) -> Visit:
    return house.visit(house.cast.hana)


def waiting(house: House) -> dict[str, int]:
    with reading(house.database) as session:
        return {each.address: each.count for each in queues.waiting_counts(session, house.clock())}


def hidden(visit: Visit) -> dict[str, str]:
    """What the forms of the page carry without being seen."""
    fields = visit.root.iterfind(".//main//input[@type='hidden']")
    return {each.get("name", ""): each.get("value", "") for each in fields}


def written(house: House, text: str = "Kde je auto?", sender: str = "+420700000001") -> int:
    now = house.clock()
    with writing(house.database) as session:
        row = inbox.receive(session, gateway_id="1", sender=sender, text=text, received_at=now, now=now)
        return row.id or 0


def registered(house: House, **said: Any) -> int:
    now = house.clock()
    with writing(house.database) as session:
        registration = a_registration(session, house.town, now=now, **said)
        registering.send(session, registration, language="cs", now=now)
        return registration.id or 0


def test_the_start_page_leads_to_every_queue(house: House, hana: Visit):
    hana.get("/op/fronta")
    links = {link.get("href") for link in hana.root.iter("a")}
    assert set(waiting(house)) <= links
    for address in links & {*waiting(house), "/op/fraze", "/op/oznameni", "/op/nazory"}:
        hana.get(address or "")


def test_a_call_is_promised_taken_tried_again_and_done(house: House, hana: Visit):
    hana.get(f"/op/hovory/novy?klient={house.cast.anna.code}").post(reason="nothing", status=422)
    hana.post(reason="order", at="10:30", note="zítra na rehabilitaci", language="cs")
    assert waiting(house)["/op/hovory"] == 0
    house.clock.forward(hours=1)
    assert waiting(house)["/op/hovory"] == 1
    hana.get("/op/hovory").post()
    assert hana.path.startswith("/op/hovory/")
    iva = house.visit(house.cast.dana).get(hana.path)
    assert "Hana Sluchátková" in iva.text
    assert "vysledek" not in iva.html
    result = f"{hana.path}/vysledek"
    hana.get(hana.path).post(result, result="not_reached", again="8:00", status=422)
    assert hana.value("again") == "8:00"
    hana.post(result, result="not_reached", again="16:30")
    iva.get(result.removesuffix("/vysledek")).post()
    iva.post(result, result="settled")
    with reading(house.database) as session:
        assert calls.waiting(session) == []


def test_whoever_complains_by_telephone_is_called_and_the_call_leads_to_the_complaint(house: House, hana: Visit):
    now = house.clock()
    with writing(house.database) as session:
        told = Grievance(oral=True, answer_by=AnswerBy.PHONE, contact="777 123 456 (dcera)")
        how = {"key": "a", "sender": "b", "language": "cs", "answer_within": timedelta(days=60)}
        number = feedback.complain(session, told, by=SYSTEM, now=now, **how).id  # type: ignore[arg-type]
    hana.get("/op/hovory").post()
    assert f"/op/stiznosti/{number}" in hana.html
    hana.get(f"/op/stiznosti/{number}").post(f"/op/stiznosti/{number}/volat")
    with reading(house.database) as session:
        assert len(calls.waiting(session)) == 1


def test_a_complaint_is_answered_by_e_mail_and_closed_once(house: House, hana: Visit, channels: Channels):
    now = house.clock()
    with writing(house.database) as session:
        told = Grievance(text="Late.", answer_by=AnswerBy.EMAIL, contact="jan@example.org")
        how = {"key": "a", "sender": "b", "language": "de", "answer_within": timedelta(days=60)}
        number = feedback.complain(session, told, by=SYSTEM, now=now, **how).id  # type: ignore[arg-type]
    page = f"/op/stiznosti/{number}"
    hana.get(page).post(answer="", status=422)
    hana.post(answer="Omlouváme se.")
    house.visit(house.cast.dana).get("/op/stiznosti").send(f"{page}/odpoved", answer="Again")
    assert channels.kept is not None
    assert [(each.to, each.text) for each in channels.kept.messages] == [("jan@example.org", "Omlouváme se.")]
    with reading(house.database) as session:
        [row] = session.exec(select(Complaint)).all()
        assert (row.state, row.answer, row.answered_by) == (
            ComplaintState.ANSWERED, "Omlouváme se.", house.cast.hana.user,
        )  # fmt: skip


def test_an_answer_that_is_wanted_by_post_is_printed_with_the_letters(house: House, hana: Visit):
    now, long = house.clock(), "Je nám to líto.\n" + "Auto uvízlo v závěji. " * 80 + "\nS pozdravem"
    with writing(house.database) as session:
        told = Grievance(text="Late.", answer_by=AnswerBy.LETTER, contact="Polní 3, Plzeň", name="Jan Starý")
        how = {"key": "a", "sender": "b", "language": "cs", "answer_within": timedelta(days=60)}
        number = feedback.complain(session, told, by=SYSTEM, now=now, **how).id  # type: ignore[arg-type]
    hana.get(f"/op/stiznosti/{number}").post(answer=long)
    assert 'href="/op/dopisy"' in hana.html
    hana.send(f"/op/stiznosti/{number}/odpoved", answer="Again")
    assert all(words in hana.get("/op/dopisy").text for words in ("Jan Starý", "Polní 3, Plzeň"))
    printed = hana.get("/op/dopisy/tisk")
    assert printed.html.count("Jan Starý") == 1
    assert all(line.strip() in printed.text for line in long.splitlines())
    with reading(house.database) as session:
        [letter] = session.exec(select(Message)).all()
    hana.get("/op/dopisy").post("/op/dopisy/vytisteno", letter=str(letter.id))
    assert "Jan Starý" not in hana.html
    assert "Jan Starý" not in hana.get("/op/zpravy").html


def test_a_list_for_a_spreadsheet_has_no_names_and_no_formulas(house: House, hana: Visit):
    with writing(house.database) as session:
        a_complaint(session, "=1+1")
    assert "'=1+1" in hana.get("/op/stiznosti.csv").shown.text


def test_a_call_that_is_promised_by_text_message_is_sent_once_and_stands_on_the_list(
    house: House, hana: Visit, channels: Channels
):
    with writing(house.database) as session:
        session.get_one(Client, house.cast.anna.id).language = "uk"
    number = written(house)
    hana.get(f"/op/sms/{number}")
    sent = {**hidden(hana), "language": "uk", "quick": "call"}
    for _ in range(2):
        assert hana.client.post(f"/op/sms/{number}/odpovedet", data=sent).status_code == 303
    assert channels.kept is not None
    assert [each.to for each in channels.kept.messages] == ["+420700000001"]
    assert waiting(house)["/op/sms"] == 0
    hana.get("/op/hovory").follow("Anna Vozková")
    assert f"/op/sms/{number}" in hana.html


def test_an_answer_that_cannot_be_sent_is_kept_in_the_form(house: House, hana: Visit):
    house.app.state.services = replace(house.app.state.services, channels=Channels())
    number = written(house)
    hana.get(f"/op/sms/{number}").send(f"/op/sms/{number}/odpovedet", text="Jede k vám.", language="cs", status=422)
    assert "Jede k vám." in hana.html
    assert waiting(house)["/op/sms"] == 1


def test_a_registration_is_asked_about_then_verified(house: House, hana: Visit):
    number = registered(house, born="1990-05-17", ground="ZTP", card_number="A 1", valid_until="2027-12-31")
    page = f"/op/registrace/{number}"
    hana.get("/op/registrace").follow("Jan Novák").post(decision="asked", reason="", status=422)
    hana.post(f"{page}/rozhodnout", decision="asked", reason="Které patro?")
    assert (waiting(house)["/op/registrace"], waiting(house)["/op/hovory"]) == (1, 1)
    hana.get(page).post(f"{page}/prukaz", card_number="B 2", valid_until="někdy", status=422)
    hana.post(f"{page}/prukaz", card_number="B 2", valid_until="12/2028")
    hana.get(page).post(f"{page}/rozhodnout", decision="verified")
    assert waiting(house)["/op/registrace"] == 0
    house.visit(house.cast.dana).get(page).send(f"{page}/rozhodnout", decision="not_entitled", reason="x", status=409)


NEW: dict[str, Any] = {
    "first_name": "Marie", "last_name": "Nová", "born": "2. 2. 1949", "phone": "777 222 333", "address": "station",
    "mobility": "walker", "assistance": "door", "companions": "0", "language": "cs", "resident": "", "ground": "",
}  # fmt: skip


def test_a_new_client_is_entered_in_one_form_and_may_order_at_once(house: House, hana: Visit):
    hana.get("/op/klient/novy?tel=777222333").post(**{**NEW, "last_name": "", "mobility": ""}, status=422)
    assert (hana.value("first_name"), len(hana.errors)) == ("Marie", 2)
    hana.post(**NEW)
    with reading(house.database) as session:
        marie = session.exec(select(Client).where(Client.phone == "+420777222333")).one()
        assert (marie.name, marie.born, marie.municipality) == ("Marie Nová", date(1949, 2, 2), "Plzeň")
        assert intake.count(session) == 0
    hana.get("/op/klient/novy").post(**NEW, status=422)
    hana.post(**NEW, another="yes")


def test_an_address_that_is_not_found_is_looked_for_later(house: House, hana: Visit):
    said = {
        **NEW,
        "born": "1990-02-02",
        "address": "Nikde 7",
        "resident": "yes",
        "ground": "ZTP",
        "valid_until": "12/2028",
    }
    hana.get("/op/klient/novy").post(**said, status=422)
    assert hana.options("pick") == ["not_here"]
    hana.post(**said, pick="not_here")
    with reading(house.database) as session:
        [registration] = session.exec(select(Registration)).all()
        assert registering.answers(registration) == {"address": "Nikde 7", "card_to_driver": True}


def test_what_ends_is_one_press_from_its_call(house: House, hana: Visit):
    now = house.clock()
    last = now.date() + timedelta(days=20)
    with writing(house.database) as session:
        bedrich = session.get_one(Client, house.cast.bedrich.id)
        clients.entitle(session, bedrich, Ground.ZTP, valid_from=date(2020, 1, 1), valid_until=last, by=SYSTEM, now=now)
    assert waiting(house)["/op/konci"] == 1
    hana.get("/op/konci").post("/op/konci/volat")
    assert hana.path.startswith("/op/hovory/")
    assert waiting(house)["/op/konci"] == 0
    assert house.cast.bedrich.code in hana.get("/op/konci.csv").shown.text


def test_todays_notice_is_put_and_ended(house: House, hana: Visit):
    hana.get("/op/oznameni").post("/op/oznameni", cs="", status=422)
    hana.post("/op/oznameni", cs="Sněží.", en="It snows.", until="18")
    now = house.clock()

    def said() -> announcements.Said | None:
        with reading(house.database) as session:
            return announcements.current(session, "en", now=now)

    assert said() == announcements.Said("It snows.", "en")
    hana.get("/op/oznameni").post("/op/oznameni/konec")
    assert said() is None


def test_whoever_asks_on_the_pages_to_be_called_is_on_the_list_once(house: House, hana: Visit):
    stranger = house.visit(None).get("/en/zavolejte-mi").post(phone="", status=422)
    sent = hidden(stranger)
    for _ in range(2):
        told = {**sent, "phone": "777 123 456", "name": "Jan", "note": ""}
        assert stranger.client.post("/en/zavolejte-mi", data=told).status_code == 303
    with reading(house.database) as session:
        assert [(each.name, each.call.language) for each in calls.waiting(session)] == [("Jan", "en")]
    for number in range(6):
        status = 422 if number >= 4 else 200
        stranger.get("/en/zavolejte-mi").post(phone=f"77712300{number}", status=status)
