"""A passkey in a real browser with an authenticator of its own: added on one's page, used to log in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.api.client.conftest import House
from tests.api.served import served
from transport.api import security

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The house under a name, as passkeys are for names only."""
    with served(house.app) as numbers:
        named = numbers.replace("127.0.0.1", "localhost")
        services = house.app.state.services
        house.app.state.services = replace(
            services, settings=services.settings.model_copy(update={"public_url": named})
        )
        yield named


def with_authenticator(page: Page) -> Page:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    return page


def test_a_passkey_is_added_and_logs_one_in(house: House, address: str, page: Page):
    with_authenticator(page)
    token = house.visit(house.cast.anna_herself).client.cookies[security.SESSION]
    page.context.add_cookies([{"name": security.SESSION, "value": token, "url": address}])
    page.goto(f"{address}/en/profil/zarizeni")
    page.get_by_label("What shall we call it?").fill("telefon")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="telefon")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{address}/en/prihlaseni?dal=/en/profil/zarizeni")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("Last used Fri")).to_be_visible()
    page.get_by_role("button", name="Remove telefon").click()
    expect(page.get_by_text("You have no passkey.")).to_be_visible()


def test_without_a_passkey_the_page_says_what_else_there_is(house: House, address: str, page: Page):
    with_authenticator(page)
    page.goto(f"{address}/en/prihlaseni")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("have a code sent")


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize("page", ["/en/prihlaseni", "/en/profil/zarizeni"])
def test_without_scripts_the_passkey_is_hidden(house: House, page: str):
    visitor = house.visit(house.cast.anna_herself if "profil" in page else None).get(page)
    (form,) = visitor.root.iterfind(".//form[@data-passkey]")
    assert form.get("hidden") is not None
