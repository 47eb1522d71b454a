"""What the devices of a pairing (`pair/v1`) tell each other: exact JSON, the first two messages signed.

N announces itself, O offers a run of CPace, N answers, O sends the key.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.client.crypto.identities import Identity, recipient_of
from webapp.client.crypto.signatures import public_key, sign, verify
from webapp.client.errors import Reflected, WrongAccount, WrongOrigin, WrongPairing
from webapp.client.formats.document_shapes import DeviceEntry
from webapp.client.formats.encoding import from_base64, from_json, moment, new_id, to_base64, to_json
from webapp.client.formats.shapes import Check, accepts, exactly, identifier, octets, recipient, require, text
from webapp.crypto.fingerprints import lv

LABEL = "spare-key/pair/v1/CPACE-RISTR255-SHA512/draft-21"
ANNOUNCEMENT_LABEL = "spare-key/v1/pairing"
OFFER_LABEL = "spare-key/v1/pairing-offer"

KEYS: dict[str, Check] = {"device": identifier, "sign": octets(32), "recipient": recipient}


def _shape(kind: str, **fields: Check) -> dict[str, Check]:
    return {"v": exactly(1), "type": exactly(kind), "pairing": identifier, **fields}


WHERE: dict[str, Check] = {"origin": text, "organisation": identifier, "user": identifier}
ANNOUNCEMENT = _shape("pairing", **WHERE, **KEYS, nonce=octets(16), browser=text, made_at=text)
OFFER = _shape("pairing-offer", **KEYS, nonce=octets(16), share=octets(32))
ANSWER = _shape("pairing-answer", share=octets(32), associated=accepts(from_base64), tag=octets(64))
KEY = _shape("pairing-key", tag=octets(64), sealed=accepts(from_base64))


@dataclass(frozen=True)
class Signed:
    """JSON as it was signed, and the signature by the key that it names."""

    exact: str
    signature: bytes


@dataclass(frozen=True)
class Place:
    """Where a pairing happens, and whose it is."""

    origin: str
    organisation: str
    user: str


@dataclass(frozen=True)
class Keys:
    """A device's own id and keys."""

    device: str
    seed: bytes
    identity: Identity

    def public(self) -> dict[str, str]:
        """What others get to see."""
        sign_key = to_base64(public_key(self.seed))
        return {"device": self.device, "sign": sign_key, "recipient": recipient_of(self.identity)}


@dataclass(frozen=True)
class Transcript:
    """What both sides of a run have to see alike: CI, sid, ADa and ADb of the draft."""

    ci: bytes
    sid: bytes
    ada: bytes
    adb: bytes


def announce(place: Place, new: Keys, browser: str) -> Signed:
    """N says who wants to be paired. It keeps the text: `answer` needs it."""
    fields = {**vars(place), **new.public(), "nonce": fresh_nonce(), "browser": browser, "made_at": moment()}
    return signed(write("pairing", new_id(), fields), ANNOUNCEMENT_LABEL, new.seed)


def read_announcement(announcement: Signed, place: Place, pairing: str) -> dict[str, Any]:
    """Its fields, for O; raises Malformed, BadSignature, WrongOrigin, WrongAccount, WrongPairing."""
    fields = verified(announcement, ANNOUNCEMENT, ANNOUNCEMENT_LABEL)
    if fields["origin"] != place.origin:
        raise WrongOrigin
    if (fields["organisation"], fields["user"]) != (place.organisation, place.user):
        raise WrongAccount
    require_pairing(fields, pairing)
    return fields


def transcript(announcement: Mapping[str, str], offered: Mapping[str, str]) -> Transcript:
    """Of N's announcement and O's offer; raises Reflected where N is O."""
    if any(announcement[name] == offered[name] for name in KEYS):
        raise Reflected("one device on both sides")
    new, old = ((each["device"], from_base64(each["sign"], 32), each["recipient"]) for each in (announcement, offered))
    new_fingerprint, old_fingerprint = (hashlib.sha256(lv(*each[1:])).digest() for each in (new, old))
    where = (announcement["origin"], announcement["user"], announcement["pairing"])
    return Transcript(
        ci=lv(LABEL, *where, old[0], old_fingerprint, new[0], new_fingerprint),
        sid=from_base64(announcement["nonce"], 16) + from_base64(offered["nonce"], 16),
        ada=lv(LABEL, "old", *old),
        adb=lv(LABEL, "new", *new),
    )


def require_pairing(fields: Mapping[str, str], pairing: str) -> None:
    """Return if a message is of this pairing; else raise WrongPairing."""
    if fields["pairing"] != pairing:
        raise WrongPairing


def require_listed(devices: list[DeviceEntry], by: Mapping[str, str]) -> None:
    """Return if the device that paired this one stands in the vault's signed list; else raise WrongPairing."""
    listed = [{"device": each["id"], "sign": each["sign"], "recipient": each["recipient"]} for each in devices]
    if dict(by) not in listed:
        raise WrongPairing


def fresh_nonce() -> str:
    """Half of a run's sid."""
    return to_base64(secrets.token_bytes(16))


def write(kind: str, pairing: str, fields: Mapping[str, str]) -> str:
    """A message."""
    return to_json({"v": 1, "type": kind, "pairing": pairing, **fields})


def read(message: str, shape: Mapping[str, Check]) -> dict[str, Any]:
    """What a message says; raises Malformed."""
    return require(from_json(message), shape)


def signed(exact: str, label: str, seed: bytes) -> Signed:
    """A message with its signature."""
    return Signed(exact, sign(seed, label, exact.encode()))


def verified(message: Signed, shape: Mapping[str, Check], label: str) -> dict[str, Any]:
    """What a message says, if the key that it names signed it; raises Malformed, BadSignature."""
    fields = read(message.exact, shape)
    verify(from_base64(fields["sign"], 32), label, message.exact.encode(), message.signature)
    return fields
