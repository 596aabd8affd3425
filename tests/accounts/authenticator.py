"""A telephone with passkeys, in software: it makes keys and signs what a browser would have it sign."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40
"""Flags of the authenticator: somebody is there, was recognised, and a key is enclosed."""


@dataclass
class Authenticator:
    """One key for one site; `counts` is False for telephones that do not count, as most do not."""

    origin: str
    counts: bool = True
    uses: int = 0
    user_handle: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """The answer to navigator.credentials.create."""
        asked = json.loads(options)
        self.user_handle = asked["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        enclosed = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + encode_cbor(public)
        data = self._data(asked["rp"]["id"], PRESENT | VERIFIED | NEW_KEY) + enclosed
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", asked["challenge"]), attestationObject=attestation
        )

    def get(self, options: str) -> str:
        """The answer to navigator.credentials.get."""
        asked = json.loads(options)
        self.uses += self.counts
        client = self._client("webauthn.get", asked["challenge"])
        data = self._data(asked["rpId"], PRESENT | VERIFIED)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response: dict[str, Any] = {part: bytes_to_base64url(value) for part, value in parts.items()}
        if self.user_handle:
            response["userHandle"] = self.user_handle
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
