"""Whatever is typed into the forms of the public and client pages: a clear page each time, never our own fault."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest

from tests.api import markup
from tests.api.client.conftest import Visit
from tests.api.scene import Scene, cookies, who
from transport.kernel.actor import Role

HOSTILE = {
    "far too long": "x" * 10_000,
    "pictures": "🚐💛" * 40,
    "from right to left": "\u202eאבג مرحبا",
    "a script": "<script>alert(1)</script>",
    "a quotation mark": "'; DROP TABLE client; --\"",
    "unprintable": "a\x00b\x07c\r\nX-Header: 1",
    "nothing": "",
}
TYPED = ("text", "tel", "email", "password", "number", "search", None)
LEAST_FORMS = {"public": 5, Role.CLIENT: 10}


def filled(form: Element, said: str) -> dict[str, str | list[str]]:
    """Every field that can be typed into says this; the first of all choices is taken."""
    data: dict[str, str | list[str]] = {}
    for field in [*form.iter("input"), *form.iter("textarea")]:
        name, kind = field.get("name", ""), field.get("type")
        if kind == "hidden":
            data[name] = field.get("value", "")
        elif kind in {"radio", "checkbox"}:
            data.setdefault(name, field.get("value", "on"))
        elif field.tag == "textarea" or kind in TYPED:
            data[name] = said
    for button in form.iter("button"):
        if button.get("name"):
            data.setdefault(button.get("name", ""), button.get("value", ""))
    return data


def forms(visit: Visit) -> Iterator[Element]:
    main = visit.root.find(".//main")
    if main is not None:
        yield from (form for form in main.iter("form") if form.get("method") == "post")


@pytest.mark.slow
@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("role", ["public", Role.CLIENT])
def test_every_form_answers_with_a_clear_page(scene: Scene, role: str, said: str):
    visit = scene.house.visit(who(scene.house, role))
    for name, value in cookies(scene.house, role).items():
        visit.client.cookies.set(name, value)
    sent, faults = set(), []
    for address in scene.pages(role):
        response = visit.client.get(address)
        if response.status_code != 200 or not response.headers["content-type"].startswith("text/html"):
            continue  # an earlier form has changed what this page was about
        visit.page = response
        for form in list(forms(visit)):
            target = form.get("action", "")
            answer = visit.client.post(target, data=filled(form, said))
            sent.add(target)
            if answer.status_code not in {200, 303, 403, 404, 409, 422, 429}:
                faults.append(f"{answer.status_code} {target}")
            if "<script>alert" in answer.text:
                faults.append(f"{target} shows a script as a script")
            if answer.headers.get("content-type", "").startswith("text/html"):
                faults += [f"{target}: {fault}" for fault in markup.faults(answer.text, visit.knows)]
    assert not faults, "\n".join(faults)
    assert len(sent) >= LEAST_FORMS[role]
