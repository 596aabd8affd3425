"""A browser without a screen: it opens pages, fills in their forms, and is strict with every page it sees.

    anna = Browser(app)
    anna.login("anna", "heslo heslo").follow("Objednat jízdu").post(name="Anna")

Redirects are followed. The token of a form and its hidden fields come from the page on which the form is.
"""

import warnings
from typing import Any, Self
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from fastapi import FastAPI
from httpx import Response
from starlette.routing import Match

from tests.api import markup
from transport.api import security
from transport.kernel.i18n import LANGUAGES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette announces another HTTP client
    from starlette.testclient import TestClient


KNOWN: dict[tuple[FastAPI, str], bool] = {}
"""Which addresses lead to a page of an application: the same links stand on every page."""


class Browser:
    """One person at one browser; `page` is what it shows."""

    def __init__(self, app: FastAPI, token: str = "") -> None:
        self.app = app
        self.client = TestClient(
            app, base_url="http://testserver", follow_redirects=False, raise_server_exceptions=False
        )
        if token:
            self.client.cookies.set(security.SESSION, token)
        self.page: Response | None = None
        self._read: tuple[Response, Element] | None = None

    @property
    def shown(self) -> Response:
        assert self.page is not None, "no page is open yet"
        return self.page

    @property
    def path(self) -> str:
        return self.shown.url.path

    @property
    def root(self) -> Element:
        """The page as a tree; read once, as reading takes longer than answering."""
        if self._read is None or self._read[0] is not self.shown:
            self._read = (self.shown, html5lib.parse(self.shown.text, namespaceHTMLElements=False))
        return self._read[1]

    @property
    def heading(self) -> str:
        first = self.root.find(".//h1")
        assert first is not None
        return markup.words(first)

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        body = self.root.find("body")
        assert body is not None
        return markup.words(body)

    def value(self, field: str) -> str:
        """What stands in a field of the page."""
        found = self.root.find(f".//input[@id='{field}']")
        assert found is not None, f"no field {field} on {self.path}"
        return found.get("value", "")

    @property
    def errors(self) -> list[str]:
        """What the summary of errors says."""
        return [markup.words(each) for each in self.root.iterfind(".//div[@role='alert']//li")]

    def get(self, url: str, status: int = 200) -> Self:
        """Open an address."""
        return self._show(self.client.get(url), status)

    def post(self, url: str | None = None, status: int = 200, **data: str) -> Self:
        """Send the form of this page that goes to `url`, by default the last one in its main part."""
        form = self._form(url)
        hidden = {
            each.get("name", ""): each.get("value", "") for each in form.iter("input") if each.get("type") == "hidden"
        }
        return self._show(self.client.post(url or form.get("action", ""), data={**hidden, **data}), status)

    def follow(self, words: str) -> Self:
        """Click the link with these words."""
        links = [each.get("href", "") for each in self.root.iter("a") if words in markup.words(each)]
        assert links, f"no link {words!r} on {self.path}"
        return self.get(links[0])

    def login(self, name: str, password: str, lang: str = "cs", status: int = 200) -> Self:
        """Log in by the form, as people do."""
        return self.get(f"/{lang}/prihlaseni/heslo").post(login=name, password=password, status=status)

    def _form(self, url: str | None) -> Element:
        main = self.root.find(".//main")
        forms = self.root.iter("form") if url or main is None else main.iter("form")
        fitting = [each for each in forms if url in {None, each.get("action")}]
        assert fitting, f"no form to {url} on {self.path}"
        return fitting[-1]

    def _show(self, response: Response, status: int) -> Self:
        while response.is_redirect:
            self._strict_with_headers(response)
            response = self.client.get(response.headers["location"])
        self.page = response
        assert response.status_code == status, f"{response.status_code} {self.path}: {response.text[:2000]}"
        self._strict_with_headers(response)
        if response.headers["content-type"].startswith("text/html"):
            faults = markup.faults(response.text, self.knows)
            assert not faults, "\n".join([self.path, *faults])
        return self

    def _strict_with_headers(self, response: Response) -> None:
        wanted = security.headers(response.url.path)
        missing = {name for name, value in wanted.items() if response.headers.get(name) != value}
        assert not missing, f"{response.url.path} lacks {missing}"

    def knows(self, address: str) -> bool:
        """Whether the application has a page at this address."""
        path = urlsplit(address).path
        if (self.app, path) not in KNOWN:
            KNOWN[self.app, path] = any(self._leads(path, method) for method in ("GET", "POST"))
        return KNOWN[self.app, path]

    def _leads(self, path: str, method: str) -> bool:
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        for route in self.app.router.routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                return found.get("path_params", {}).get("lang", "cs") in LANGUAGES
        return False
