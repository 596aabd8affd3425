"""Messages leave by real servers of this machine; what cannot leave is said at once, and to nobody twice."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from tests.operations.messages.servers import HOST, certificate, free_port, gateway, mail_server
from transport.accounts.contacts import Way
from transport.bootstrap import channels
from transport.kernel.errors import Exhausted
from transport.kernel.settings import Settings
from transport.operations.messages.channels import Channels, simulated
from transport.operations.messages.gateway import Gateway
from transport.operations.messages.mail import Mail

MOBILE, MAILBOX, SENDER = "+420777111222", "jana@example.org", "doprava@example.org"
SOON = 0.3


def mail(scheme: str, port: int, trust: ssl.SSLContext | None = None, user: str = "", password: str = "") -> Mail:
    found = Mail(scheme, HOST, port, SENDER, user, password)
    return found if trust is None else replace(found, trust=trust)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("certificate"))


def test_an_e_mail_arrives_as_it_was_written():
    with mail_server() as box:
        mail("smtp+plain", box.port).send(MAILBOX, "Váš kód: 482913\nhttp://doprava.example/odkaz", "Přihlášení")
    (letter,) = box.taken
    assert (letter["To"], letter["From"], letter["Subject"]) == (MAILBOX, SENDER, "Přihlášení")
    assert letter.get_content().splitlines() == ["Váš kód: 482913", "http://doprava.example/odkaz"]
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # with smtps the server does not see that TLS is there already
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_an_e_mail_travels_encrypted_and_logged_in(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str, monkeypatch: pytest.MonkeyPatch
):
    shows, trusts = trusted
    monkeypatch.setattr("transport.operations.messages.mail.SECONDS", 1.0)  # this server never ends one way of asking
    with mail_server(tls=shows, from_the_start=scheme == "smtps", user="doprava", password="secret-of-a-test") as box:
        mail(scheme, box.port, trusts, user="doprava", password="secret-of-a-test").send(MAILBOX, "Dobrý den", "Zpráva")
        with pytest.raises(Exhausted, match=r"message\.not_sent"):
            mail(scheme, box.port, trusts, user="doprava", password="another").send(MAILBOX, "Dobrý den", "Zpráva")
    assert len(box.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_nothing_is_said_to_a_mail_server_that_cannot_show_who_it_is(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
):
    with mail_server(tls=trusted[0], from_the_start=scheme == "smtps") as box, pytest.raises(Exhausted):
        mail(scheme, box.port).send(MAILBOX, "Dobrý den", "Zpráva")
    assert box.taken == []


def test_a_server_without_encryption_is_not_used_by_mistake():
    with mail_server() as box, pytest.raises(Exhausted):
        mail("smtp", box.port).send(MAILBOX, "Dobrý den", "Zpráva")
    assert box.taken == []


def test_a_mail_server_that_refuses_or_is_away_is_said():
    with mail_server() as box:
        box.refuses = "550 no such mailbox"
        with pytest.raises(Exhausted):
            mail("smtp+plain", box.port).send(MAILBOX, "Dobrý den", "Zpráva")
    with pytest.raises(Exhausted):
        mail("smtp+plain", free_port()).send(MAILBOX, "Dobrý den", "Zpráva")


def test_an_address_may_have_letters_with_marks():
    with mail_server() as box:
        mail("smtp+plain", box.port).send("jana.nováková@plzeň.example", "Dobrý den", "Zpráva")
    assert len(box.taken) == 1


def test_the_address_of_a_mail_server_is_read_or_refused():
    there = Mail.at("smtp://doprava%40plzen@mail.example", sender=SENDER, password="secret")
    assert (there.host, there.port, there.user, there.password) == (
        "mail.example",
        587,
        "doprava@plzen",
        "secret",
    )
    assert Mail.at("smtps://mail.example:4465", sender=SENDER).port == 4465
    assert "secret" not in repr(there)
    for wrong in ("mail.example", "https://mail.example", "smtp://"):
        with pytest.raises(ValueError, match="a mail server is written as"):
            Mail.at(wrong, sender=SENDER)


def test_a_text_message_is_handed_to_the_gateway_with_its_token():
    with gateway() as there:
        Gateway(there.url, "secret-of-a-test").send(MOBILE, "Kód: 482913", language="cs")
    (sent,) = there.taken
    assert (sent["to"], sent["text"], sent["language"]) == (MOBILE, "Kód: 482913", "cs")
    assert sent["headers"]["Authorization"] == "Bearer secret-of-a-test"


def test_a_gateway_that_stumbles_is_asked_again_about_the_same_message():
    with gateway() as there:
        there.answers = [500, 202]
        Gateway(there.url).send(MOBILE, "Kód: 482913")
        Gateway(there.url).send(MOBILE, "Kód: 111222")
    first, again, other = (each["headers"]["Idempotency-Key"] for each in there.taken)
    assert first == again != other


@pytest.mark.parametrize(("status", "asked", "code"), [(503, 2, "not_sent"), (400, 1, "refused"), (401, 1, "refused")])
def test_a_gateway_that_fails_or_refuses_is_said(status: int, asked: int, code: str):
    with gateway() as there:
        there.answers = [status]
        with pytest.raises(Exhausted, match=rf"message\.{code}"):
            Gateway(there.url, "secret-of-a-test").send(MOBILE, "Kód: 482913")
    assert len(there.taken) == asked


def test_a_gateway_that_is_silent_or_away_keeps_nobody_waiting():
    with gateway() as there:
        there.silent_for = 3 * SOON
        with pytest.raises(Exhausted, match=r"message\.not_sent"):
            Gateway(there.url, seconds=SOON).send(MOBILE, "Kód: 482913")
    with pytest.raises(Exhausted):
        Gateway(f"http://{HOST}:{free_port()}/", seconds=SOON).send(MOBILE, "Kód: 482913")


def test_a_refusal_tells_neither_the_words_nor_the_number():
    with gateway() as there:
        there.answers = [500]
        with pytest.raises(Exhausted) as refused:
            Gateway(there.url, "secret-of-a-test").send(MOBILE, "Kód: 482913")
    assert not [word for word in (MOBILE, "482913", "secret-of-a-test") if word in f"{refused.value!r} {refused.value}"]


def test_without_channels_messages_are_shown_and_said_to_be_simulated(capsys: pytest.CaptureFixture[str]):
    ways = simulated()
    ways.send(Way.EMAIL, MAILBOX, "Kód: 482913", "Přihlášení")
    ways.send(Way.SMS, MOBILE, "Kód: 111222")
    assert "simulated, not sent: E-MAIL to jana@example.org" in capsys.readouterr().out
    assert ways.kept is not None
    last = ways.kept.last_to(MAILBOX)
    assert last is not None
    assert last.text == "Kód: 482913"
    assert ways.kept.last_to("somebody@else.example") is None


def test_a_way_the_house_does_not_have_does_not_work():
    with pytest.raises(Exhausted, match=r"message\.not_sent"):
        Channels().send(Way.SMS, MOBILE, "Kód: 482913")


def test_channels_are_chosen_by_the_settings(tmp_path: Path):
    secret = tmp_path / "token"
    secret.write_text("secret-of-a-test\n", encoding="utf-8")
    chosen = channels(
        Settings(sms_url="https://sms.example/v1", sms_token_file=secret, smtp_url="smtp://mail.example"), SENDER
    )
    assert chosen.sms == Gateway("https://sms.example/v1", "secret-of-a-test")
    assert isinstance(chosen.email, Mail)
    assert chosen.email.sender == SENDER
    assert (chosen.voice, chosen.kept) == (None, None)


@pytest.mark.parametrize(("https", "shown"), [(False, True), (True, False)])
def test_behind_tls_nothing_is_simulated(https: bool, shown: bool):
    assert (channels(Settings(https=https), SENDER).kept is not None) is shown
