"""The restore request: what a device without the vault key asks for, signed by that device."""

import secrets
from dataclasses import dataclass
from typing import Any

from webapp.client.crypto.signatures import public_key, sign, verify
from webapp.client.errors import WrongFingerprint
from webapp.client.formats.encoding import from_base64, from_json, moment, new_id, sha256_hex, to_base64, to_json
from webapp.client.formats.key_successions import SUCCESSION, Succession, read_successions
from webapp.client.formats.shapes import (
    Check,
    each,
    exactly,
    fingerprint,
    fits,
    identifier,
    octets,
    recipient,
    require,
    sha256,
    text,
)
from webapp.crypto.fingerprints import from_typed, restore_request_fingerprint
from webapp.limits import APPROVERS_IN_A_REQUEST

LABEL = "spare-key/v1/restore-request"
SHAPE_1: dict[str, Check] = {
    "v": exactly(1),
    "type": exactly("restore-request"),
    **{name: identifier for name in ("organisation", "user", "request", "backup", "device")},
    **{name: text for name in ("origin", "browser", "made_at")},
    "file_sha256": sha256,
    "sign": octets(32),
    "recipient": recipient,
}
"""From before a request named the organisation recovery key. Those that were open then are finished; none is made."""
SHAPE: dict[str, Check] = {
    **SHAPE_1,
    "v": exactly(2),
    "organisation_key": fingerprint,
    "successions": each(SUCCESSION),
    "approvers?": lambda value: isinstance(value, list) and all(identifier(one) for one in value),
}
MOST_SUCCESSIONS = 30
"""More statements than these are left out: the member compares, as if nothing had been known."""


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
    def organisation_key(self) -> str:
        """Fingerprint of the organisation recovery key by which alone it may be approved; "": a version 1 names
        none."""
        return str(self.fields.get("organisation_key", ""))

    @property
    def successions(self) -> list[Succession]:
        """What led from the key that the asking browser knew to the one that the request names."""
        return read_successions(self.fields.get("successions"))

    @property
    def approvers(self) -> list[str]:
        """User ids of who could approve when it was made: theirs are the only digits that count."""
        return list(self.fields.get("approvers", []))[:APPROVERS_IN_A_REQUEST]

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


@dataclass(frozen=True)
class Told:
    """What the asking browser was told: the whole fingerprint of the organisation recovery key of a backup, the
    statements between it and the key that this browser knew before, and the user ids of who may approve, of whom the
    first 20 count. They are named before the request has its id: nobody can look for one with which some digits fit."""

    fingerprint: str
    successions: tuple[Succession, ...] = ()
    approvers: tuple[str, ...] = ()


def make_request(asker: Asker, backup: str, file_sha256: str, seed: bytes, told: Told) -> RestoreRequest:
    """A request for this backup, signed by the seed of the asking device."""
    successions = told.successions if len(told.successions) <= MOST_SUCCESSIONS else ()
    exact = to_json(
        {
            "v": 2,
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
            "organisation_key": told.fingerprint,
            "successions": [each.fields() for each in successions],
            **({"approvers": list(told.approvers[:APPROVERS_IN_A_REQUEST])} if told.approvers else {}),
            "made_at": moment(),
        }
    )
    return RestoreRequest(exact, sign(seed, LABEL, exact.encode()))


def read_request(exact: str) -> dict[str, Any]:
    """What a request of either version says; raises Malformed."""
    fields = from_json(exact)
    return require(fields, SHAPE_1 if fits(fields, SHAPE_1) else SHAPE)


def verify_request(request: RestoreRequest) -> dict[str, Any]:
    """What a request says, if the device it names signed it; raises Malformed, BadSignature."""
    fields = read_request(request.exact)
    verify(from_base64(fields["sign"], 32), LABEL, request.exact.encode(), request.signature)
    return fields
