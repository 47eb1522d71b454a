"""The restore request: what a device without the vault key asks for, signed by that device."""

import secrets
from dataclasses import dataclass
from typing import Any

from webapp.client.encoding import from_base64, from_json, moment, new_id, sha256_hex, to_base64, to_json
from webapp.client.errors import WrongFingerprint
from webapp.client.shapes import Check, demand, exactly, identifier, octets, recipient, sha256, text
from webapp.client.signatures import public_key, sign, verify
from webapp.crypto.fingerprints import from_typed, restore_request_fingerprint

LABEL = "spare-key/v1/restore-request"
SHAPE: dict[str, Check] = {
    "v": exactly(1),
    "type": exactly("restore-request"),
    **{name: identifier for name in ("organisation", "user", "request", "backup", "device")},
    **{name: text for name in ("origin", "browser", "made_at")},
    "file_sha256": sha256,
    "sign": octets(32),
    "recipient": recipient,
}


@dataclass(frozen=True)
class RestoreRequest:
    """A request: its exact text and the signature over it."""

    exact: str
    signature: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """What it says."""
        return read_request(self.exact)

    @property
    def fingerprint(self) -> str:
        """The 16 characters to read out to the admin."""
        return restore_request_fingerprint(self.exact)

    @property
    def sha256(self) -> str:
        """What an approval names."""
        return sha256_hex(self.exact.encode())

    def require_fingerprint(self, typed: str) -> None:
        """Return if the admin typed this request's fingerprint; else raise WrongFingerprint."""
        if not secrets.compare_digest(from_typed(typed).encode(), self.fingerprint.encode()):
            raise WrongFingerprint


@dataclass(frozen=True)
class Asker:
    """Who asks: a member, from a browser with fresh keys."""

    origin: str
    organisation: str
    user: str
    device: str
    recipient: str
    browser: str


def make_request(asker: Asker, backup: str, file_sha256: str, seed: bytes) -> RestoreRequest:
    """A request for this backup, signed by the seed of the asking device."""
    exact = to_json(
        {
            "v": 1,
            "type": "restore-request",
            "origin": asker.origin,
            "organisation": asker.organisation,
            "user": asker.user,
            "request": new_id(),
            "backup": backup,
            "file_sha256": file_sha256,
            "device": asker.device,
            "sign": to_base64(public_key(seed)),
            "recipient": asker.recipient,
            "browser": asker.browser,
            "made_at": moment(),
        }
    )
    return RestoreRequest(exact, sign(seed, LABEL, exact.encode()))


def read_request(exact: str) -> dict[str, Any]:
    """What a request says; raises Malformed."""
    return demand(from_json(exact), SHAPE)


def verify_request(request: RestoreRequest) -> dict[str, Any]:
    """What a request says, if the device it names signed it; raises Malformed, BadSignature."""
    fields = read_request(request.exact)
    verify(from_base64(fields["sign"], 32), LABEL, request.exact.encode(), request.signature)
    return fields
