"""Text messages and calls through a gateway that speaks HTTP: one JSON object for each message.

    POST <url>
    Authorization: Bearer <token>
    Idempotency-Key: <the same for a second try of the same message>
    {"to": "+420777123456", "text": "…", "language": "cs"}

Any answer from 200 to 299 means that the gateway has taken the message. A gateway that does not answer or fails by its
own fault is asked once more; the key keeps it from sending twice. One that refuses is not asked again.
"""

import uuid
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from transport.kernel.errors import Exhausted

SECONDS = 6.0
"""For each of the two tries: somebody waits at the page meanwhile."""
TRIES = 2


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway for text messages, or one that calls and reads the text out."""

    url: str
    token: str = field(default="", repr=False)
    seconds: float = SECONDS

    def send(self, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Hand the message to the gateway; raises Exhausted("message.not_sent") if it does not take it."""
        del subject
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        content = {"to": to, "text": text, "language": language}
        fault: Exception | None = None
        for _ in range(TRIES):
            try:
                answer = httpx.post(self.url, json=content, headers=headers, timeout=self.seconds)
            except httpx.HTTPError as error:
                fault = error
                continue
            if answer.is_success:
                return
            if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Exhausted("message.refused")
        raise Exhausted("message.not_sent") from fault
