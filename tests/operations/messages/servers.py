"""Real servers on this machine: one that takes mail, one that takes text messages and calls."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Caller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Mailbox:
    """A mail server and what it has taken; `refuses` is what it says instead."""

    port: int = 0
    user: str = ""
    password: str = ""
    refuses: str = ""
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: object, caller: Caller, envelope: Envelope) -> str:  # noqa: N802 - their name
        del server, caller
        if self.refuses:
            return self.refuses
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def knows(self, server: object, caller: object, envelope: object, mechanism: str, told: object) -> AuthResult:
        del server, caller, envelope, mechanism
        assert isinstance(told, LoginPassword)
        return AuthResult(success=(told.login, told.password) == (self.user.encode(), self.password.encode()))


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, from_the_start: bool = False, user: str = "", password: str = ""
) -> Iterator[Mailbox]:
    box = Mailbox(port=free_port(), user=user, password=password)
    controller = Controller(
        box,
        hostname=HOST,
        port=box.port,
        ssl_context=tls if from_the_start else None,
        tls_context=None if from_the_start else tls,
        require_starttls=tls is not None and not from_the_start,
        authenticator=box.knows if user else None,
        auth_required=bool(user),
        auth_require_tls=False,
        server_hostname=HOST,  # or else this machine would be looked up by name first
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Exchange:
    """A gateway: the address, what it was sent, and how it answers, the last answer again and again."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [202])
    silent_for: float = 0.0
    taken: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def gateway() -> Iterator[Exchange]:
    there = Exchange()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.taken.append({**content, "headers": dict(self.headers)})
            time.sleep(there.silent_for)
            status = there.answers.pop(0) if len(there.answers) > 1 else there.answers[0]
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    there.url = f"http://{HOST}:{server.server_address[1]}/messages"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows for this machine, and what trusts it."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail of a test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    shown = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = shown.public_bytes(serialization.Encoding.PEM)
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(kept + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
