"""HTML on paper: the same page as a tagged PDF, made without the network and from files of ours only."""

import logging
import mimetypes
from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import Response

from transport.api.render import STATIC
from transport.kernel.errors import Exhausted

BASE = "http://paper.invalid"
"""Where the page thinks it stands; nothing is ever asked of that address."""

log = logging.getLogger(__name__)


def pdf(html: str) -> bytes:
    """The page as PDF/UA: its structure is kept, so that a screen reader can read it.

    Raises Exhausted("paper.no_pdf") where the libraries that lay out text are not installed.
    """
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise Exhausted("paper.no_pdf")
    page = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=_our_files())
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    return made


def download(content: bytes, name: str) -> Response:
    """The PDF as a file that the browser shows; nobody keeps a copy on the way."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@cache
def _weasyprint() -> ModuleType | None:
    """The library, loaded when the first page is printed; None without Pango and its companions."""
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415 - whoever prints nothing needs no Pango
    except OSError as error:
        log.warning("no PDF can be made: %s", error)
        return None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint  # type: ignore[no-any-return]


def _our_files() -> Any:  # noqa: ANN401 - its class is made of one that may not be there
    from weasyprint.urls import (  # type: ignore[import-untyped]  # noqa: PLC0415 - see above
        URLFetcher,
        URLFetcherResponse,
    )

    class OurFiles(URLFetcher):  # type: ignore[misc]
        """Reads what stands under /static and nothing else, from the disk and never over the network."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:  # noqa: ANN401, ARG002
            path = urlsplit(url).path
            file = (STATIC / path.removeprefix("/static/")).resolve()
            if not (url.startswith(f"{BASE}/static/") and file.is_relative_to(STATIC.resolve())):
                message = f"not a file of ours: {url}"
                raise ValueError(message)
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, body=file.read_bytes(), headers={"Content-Type": kind})

    return OurFiles()
