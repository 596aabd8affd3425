"""Passkeys: a key in somebody's telephone or computer logs them in, opened there by a finger, a face or a PIN.

We send a random question (challenge), the device signs it, we check the signature with the public half we keep. Nothing
that a thief could use elsewhere travels or is stored, and no biometrics leave the device. Never the only way in.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

import webauthn
from sqlmodel import Session, col, delete, select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)

from transport.accounts import events as happened
from transport.accounts import secret
from transport.accounts.models import Passkey, PasskeyChallenge, User
from transport.kernel import events
from transport.kernel.actor import Actor
from transport.kernel.errors import NotFound

__all__ = ["LASTS", "Passkey", "Site", "add", "ask", "forget", "of", "offer", "recognise", "remove"]

LASTS = timedelta(minutes=5)
_LONGEST = 20_000
"""Characters of an answer; a passkey needs a tenth of it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are for: a passkey made for one site is of no use to another that looks like it."""

    origin: str
    name: str

    @classmethod
    def at(cls, public_url: str, name: str) -> Self:
        """The site at this address."""
        parts = urlsplit(public_url)
        return cls(f"{parts.scheme}://{parts.netloc}", name)

    @property
    def host(self) -> str:
        """The name of the machine, which passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def can_have_passkeys(self) -> bool:
        """Browsers make passkeys for names only, never for bare numbers such as 127.0.0.1."""
        try:
            ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False


def offer(session: Session, user: User, site: Site, *, now: datetime) -> str:
    """What the browser needs to make a passkey for the user, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=str(user.id).encode(),
        user_name=user.name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
            for each in of(session, user.id or 0)
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED),
    )
    _keep(session, options.challenge, user.id, now)
    return webauthn.options_to_json(options)


def add(
    session: Session, user: User, answer: str, site: Site, *, name: str, by: Actor, now: datetime
) -> Passkey | None:
    """Keep the passkey that the browser has made; None if the answer does not fit a question of ours.

    The question is used up either way, so nothing is raised.
    """
    challenge = _taken(session, answer, user.id, now)
    if challenge is None:
        return None
    try:
        seen = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
        )
    except WebAuthnException:
        return None
    credential_id = bytes_to_base64url(seen.credential_id)
    if session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is not None:
        return None
    passkey = Passkey(
        user_id=user.id or 0,
        credential_id=credential_id,
        public_key=seen.credential_public_key,
        sign_count=seen.sign_count,
        name=name[:80],
        created_at=now,
    )
    session.add(passkey)
    session.flush()
    facts = {"passkey": passkey.id}
    events.record(session, happened.PASSKEY_ADDED, subject=("user", user.id), by=by, now=now, facts=facts)
    return passkey


def ask(session: Session, site: Site, *, now: datetime) -> str:
    """What the browser needs to log somebody in by whichever passkey they have, as JSON."""
    options = webauthn.generate_authentication_options(rp_id=site.host)
    _keep(session, options.challenge, None, now)
    return webauthn.options_to_json(options)


def recognise(session: Session, answer: str, site: Site, *, now: datetime) -> User | None:
    """Whose passkey has signed a question of ours; None if none has. The question is used up either way."""
    challenge = _taken(session, answer, None, now)
    if challenge is None:
        return None
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
        kept = select(Passkey).where(Passkey.credential_id == bytes_to_base64url(credential.raw_id))
        passkey = session.exec(kept).first()
        if passkey is None:
            return None
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except WebAuthnException:
        return None
    user = session.get(User, passkey.user_id)
    if user is None or not user.active:
        return None
    passkey.sign_count, passkey.used_at = seen.new_sign_count, now
    session.add(passkey)
    return user


def of(session: Session, user_id: int) -> list[Passkey]:
    """The passkeys of a user, in the order they were added."""
    return list(session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.id))))


def remove(session: Session, user_id: int, passkey_id: int, *, by: Actor, now: datetime) -> None:
    """Take one of the user's passkeys away; somebody else's is not found."""
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.user_id != user_id:
        raise NotFound("login.passkey")
    session.delete(passkey)
    facts = {"passkey": passkey_id}
    events.record(session, happened.PASSKEY_REMOVED, subject=("user", user_id), by=by, now=now, facts=facts)


def forget(session: Session, *, now: datetime) -> None:
    """Drop questions that nobody has answered in time."""
    session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now))


def _keep(session: Session, challenge: bytes, user_id: int | None, now: datetime) -> None:
    digest = secret.digest(bytes_to_base64url(challenge))
    session.add(PasskeyChallenge(challenge_hash=digest, user_id=user_id, expires_at=now + LASTS))


def _taken(session: Session, answer: str, user_id: int | None, now: datetime) -> bytes | None:
    """The challenge the answer is about, if we asked it of this user lately; nobody can take it again."""
    try:
        told = json.loads(answer[:_LONGEST])["response"]["clientDataJSON"]
        challenge = base64url_to_bytes(json.loads(base64url_to_bytes(told))["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    asked = delete(PasskeyChallenge).where(
        col(PasskeyChallenge.challenge_hash) == secret.digest(bytes_to_base64url(challenge)),
        col(PasskeyChallenge.user_id) == user_id,
        col(PasskeyChallenge.expires_at) > now,
    )
    return challenge if session.exec(asked).rowcount else None
