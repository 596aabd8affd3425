"""Opinions and complaints by their forms: whatever people write, a clear page, nothing lost, nothing doubled."""

from typing import Any

import pytest
from sqlmodel import select

from tests.api.browser import Browser
from tests.api.client.conftest import House
from tests.api.markup import words
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.operations.quality import feedback
from transport.operations.quality.models import Complaint, Feedback

STORY = "The car came an hour late.\n\nI missed my doctor."
HOSTILE = {
    "too long": "x" * 10_000,
    "emoji": "🚐🔥👩‍🦽" * 50,
    "right to left": "\u202eالسيارة لم تأتِ",
    "script": "<script>alert(1)</script></textarea><img src=x onerror=alert(1)>",
    "template": "{{ 7 * 7 }} {% raw %} %(name)s",
    "nul": "late\x00r",
}


def kept(house: House, table: Any) -> list[Any]:
    with reading(house.database) as session:
        return list(session.exec(select(table)))


def written(browser: Browser, field: str = "text") -> str:
    area = browser.root.find(f".//textarea[@id='{field}']")
    assert area is not None
    return area.text or ""


@pytest.mark.parametrize("lang", ["cs", "en", "uk", "de"])
def test_a_complaint_gets_a_number_and_a_day(house: House, lang: str):
    writer = Browser(house.app).get(f"/{lang}/stiznost")
    writer.post(tell="write", text=STORY, happened="Tuesday", ride="1042", answer_by="email", contact="z@example.cz")
    [complaint] = kept(house, Complaint)
    assert str(complaint.id) in writer.heading
    assert (complaint.text.replace("\r\n", "\n"), complaint.ride, complaint.language) == (STORY, "1042", lang)
    assert "2027" in writer.text
    assert "z@example.cz" not in writer.text
    assert "doctor" not in writer.text


def test_a_page_of_a_complaint_says_later_that_it_was_answered(house: House):
    writer = Browser(house.app).get("/en/stiznost").post(text=STORY)
    [complaint] = kept(house, Complaint)
    with writing(house.database) as session:
        feedback.mark_answered(session, session.get_one(Complaint, complaint.id), by=house.cast.dana, now=house.clock())
    assert "We answered it on Fri 20 Nov." in writer.get(writer.path).text


def test_a_complaint_may_be_told_on_the_phone(house: House):
    writer = Browser(house.app).get("/en/stiznost").post(tell="call", contact="777 123 456", status=200)
    [complaint] = kept(house, Complaint)
    assert (complaint.oral, complaint.contact) == (True, "777 123 456")
    assert "We call you on the next working day" in writer.text


def test_a_doubled_click_and_the_back_button_make_one_complaint(house: House):
    writer = Browser(house.app).get("/en/stiznost")
    form = {
        each.get("name", ""): each.get("value", "") for each in writer.root.iterfind(".//main//input[@type='hidden']")
    }
    where = {writer.client.post("/en/stiznost", data={**form, "text": STORY}).headers["location"] for _ in range(3)}
    assert len(where) == 1
    assert len(kept(house, Complaint)) == 1
    assert len([each for each in kept(house, Event) if each.kind == "complaint_received"]) == 1


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_written_is_kept_or_still_in_the_form(house: House, what: str):
    text = HOSTILE[what]
    for path, table in (("stiznost", Complaint), ("nazor", Feedback)):
        writer = Browser(house.app).get(f"/en/{path}")
        if len(text) > 5000:
            writer.post(status=422, text=text)
            assert written(writer) == text
            assert writer.errors == ["Shorten the text to 5000 characters. It has 10000 now."]
            assert kept(house, table) == []
            continue
        writer.post(text=text)
        assert [each.text for each in kept(house, table)] == [text.replace("\x00", "")]


@pytest.mark.parametrize("what", ["script", "template"])
def test_what_is_shown_again_is_words_and_nothing_else(house: House, what: str):
    writer = Browser(house.app).get("/en/stiznost")
    writer.page = writer.client.post(
        "/en/stiznost", data={"csrf": writer.client.cookies["guest"], "text": HOSTILE[what], "answer_by": "email"}
    )
    assert writer.shown.status_code == 422
    assert written(writer) == HOSTILE[what]
    assert writer.root.find(".//main//img") is None


def test_every_fault_is_told_at_once_and_nothing_is_lost(house: House):
    writer = Browser(house.app).get("/en/stiznost")
    writer.post(status=422, tell="write", name="Zdena", happened="x" * 201, answer_by="letter")
    assert len(writer.errors) == 3
    assert writer.value("name") == "Zdena"
    assert writer.value("happened") == "x" * 201
    assert [each.get("value") for each in writer.root.iterfind(".//input[@checked]")] == ["write", "letter"]
    fields = {each.get("href", "")[1:] for each in writer.root.iterfind(".//div[@role='alert']//a")}
    assert fields == {"text", "contact", "happened"}
    writer.post(tell="write", text=STORY, answer_by="none")
    assert len(kept(house, Complaint)) == 1


def test_a_flood_is_told_until_when_to_wait_and_whom_to_call(house: House):
    writer = Browser(house.app)
    for _ in range(feedback.OFTEN):
        writer.get("/en/nazor").post(rating="good")
    writer.get("/en/stiznost").post(status=422, text=STORY)
    assert writer.errors == ["You have sent us several messages. Send the next one after 11:00, or call us."]
    assert written(writer).replace("\r\n", "\n") == STORY
    house.clock.forward(hours=1)
    writer.post(text=STORY)
    assert len(kept(house, Complaint)) == 1


def test_an_opinion_is_a_word_and_needs_no_name(house: House):
    reader = Browser(house.app).get("/en/nazor")
    labels = [words(each) for each in reader.root.iterfind(".//fieldset[@id='rating']//label")]
    assert labels == ["1 – good", "2 – so-so", "3 – bad"]
    reader.post(rating="so_so")
    assert reader.path == "/en/nazor/dekujeme"
    [opinion] = kept(house, Feedback)
    assert (opinion.rating, opinion.contact) == ("so_so", "")


def test_an_empty_opinion_is_asked_for_a_word(house: House):
    writer = Browser(house.app).get("/en/nazor").post(status=422, rating="excellent")
    assert writer.errors == ["Choose one of the words, or write what you think."]


@pytest.mark.parametrize("path", ["nazor", "stiznost"])
def test_the_number_of_the_ride_comes_along(house: House, path: str):
    assert Browser(house.app).get(f"/en/{path}?jizda=1042").value("ride") == "1042"


@pytest.mark.parametrize("key", ["", "../../etc", "x" * 65, "á"])
def test_a_form_with_a_key_that_is_none_is_taken_all_the_same(house: House, key: str):
    writer = Browser(house.app).get("/en/stiznost").post(key=key, text=STORY)
    assert writer.path.startswith("/en/stiznost/")
    assert len(kept(house, Complaint)) == 1


def test_nobody_finds_somebody_else_s_complaint(house: House):
    Browser(house.app).get("/en/stiznost").post(text=STORY)
    [complaint] = kept(house, Complaint)
    Browser(house.app).get(f"/en/stiznost/{complaint.id}", 404)


def test_an_anonymous_complaint_of_somebody_logged_in_does_not_name_them(house: House):
    house.visit(house.cast.anna_herself).get("/en/stiznost").post(text=STORY)
    assert {each.actor for each in kept(house, Event) if each.kind == "complaint_received"} == {"system"}
