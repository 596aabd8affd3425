"""E-mail through a server of the city or of its provider."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Self
from urllib.parse import unquote, urlsplit

from transport.kernel.errors import Exhausted

PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""Encrypted from the start, encrypted after greeting (STARTTLS), or not at all: only for a relay on this machine."""
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server: how to reach it, as whom to log in (nobody if `user` is empty), and who writes."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @classmethod
    def at(cls, url: str, *, sender: str, password: str = "") -> Self:
        """A server written as `smtp://user@host:587`, with smtps:// or smtp+plain:// as the case may be."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            message = f"a mail server is written as {' or '.join(f'{scheme}://host' for scheme in PORTS)}, not {url!r}"
            raise ValueError(message)
        port = parts.port or PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, port, sender, unquote(parts.username or ""), password)

    def send(self, to: str, text: str, subject: str = "", language: str = "cs", key: str = "") -> None:
        """Hand the message to the server; raises Exhausted("message.not_sent") if it does not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        named = f"<{key.replace(':', '.')}@{self._domain}>"  # a second try of the same message has the same name
        message["Message-ID"] = named if key and self._domain else make_msgid(domain=self._domain)
        message["Content-Language"] = language
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise Exhausted("message.not_sent") from error

    @property
    def _domain(self) -> str | None:
        return self.sender.rpartition("@")[2] or None

    def _connected(self) -> smtplib.SMTP:
        name = self._domain  # or else this machine would be looked up by name first, for as long as that takes
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, name, timeout=SECONDS, context=self.trust)
        else:
            server = smtplib.SMTP(self.host, self.port, name, timeout=SECONDS)
        try:
            if self.scheme == "smtp":
                server.starttls(context=self.trust)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server
