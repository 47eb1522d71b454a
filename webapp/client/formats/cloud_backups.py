"""Cloud backups: a document under a one-time key, whose secret is split between the organisation and the server.

b = A xor S. Share A is sealed to the organisation recovery key, share S is given to the server; either alone is noise.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.client.crypto.identities import Identity, identity_of, recipient_of
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.crypto.signatures import sign, verify
from webapp.client.errors import KeyMismatch, Malformed, ShareMismatch
from webapp.client.formats.documents import Document, seal_document
from webapp.client.formats.encoding import from_base64, from_json, moment, new_id, sha256_hex, to_base64, to_json
from webapp.client.formats.key_successions import SUCCESSION, Succession, leads_to, read_successions
from webapp.client.formats.recovery_keys import OrganisationKey, PublicKey
from webapp.client.formats.shapes import (
    Check,
    each,
    exactly,
    fingerprint,
    identifier,
    number,
    octets,
    recipient,
    require,
    sha256,
    text,
)

LABEL = "spare-key/v1/backup"
META: dict[str, Check] = {
    "v": exactly(1),
    "type": exactly("cloud-backup"),
    **{name: identifier for name in ("organisation", "user", "backup", "device")},
    **{name: number for name in ("epoch", "counter", "items", "kit")},
    "account?": text,
    "made_at": text,
    "file_sha256": sha256,
    "a_sha256": sha256,
    "organisation_key": fingerprint,
}
SHARE_A: dict[str, Check] = {
    **{"meta": text, "signature": octets(64), "share_a": octets(32), "recipient": recipient},
    "successions?": each(SUCCESSION),
}


@dataclass(frozen=True)
class CloudBackup:
    """A backup as it is uploaded; nothing here names the recipient of its key in clear."""

    id: str
    meta: str
    meta_signature: bytes
    share_a: bytes
    share_s: bytes
    file: bytes

    def header(self) -> dict[str, Any]:
        """What stands before the file when it is uploaded."""
        octets = {"meta_signature": self.meta_signature, "share_a": self.share_a, "share_s": self.share_s}
        return {"meta": self.meta, **{name: to_base64(value) for name, value in octets.items()}}


@dataclass(frozen=True)
class ShareA:
    """Share A as it was sealed, with the metadata that says which backup it belongs to."""

    meta: str
    signature: bytes
    share: bytes
    recipient: str
    successions: tuple[Succession, ...] = ()
    """Of a share that was re-wrapped: what leads from the key in its metadata to the one it is sealed to."""

    def fields(self) -> dict[str, Any]:
        """As JSON has it, in the share A file and wrapped for a device."""
        signature = to_base64(self.signature)
        share = to_base64(self.share)
        fields = {"meta": self.meta, "signature": signature, "share_a": share, "recipient": self.recipient}
        more = {"successions": [one.fields() for one in self.successions]} if self.successions else {}
        return {**fields, **more}

    def require_made_for(self, fingerprint: str) -> None:
        """Return if the member’s device made the backup for this organisation key, or for one that was followed by it
        with a signature; else raise KeyMismatch."""
        meta = read_meta(self.meta)
        if not leads_to(self.successions, meta["organisation"], meta["organisation_key"], fingerprint):
            raise KeyMismatch


def make_backup(document: Document, account: str, key: PublicKey, device: str, seed: bytes) -> CloudBackup:
    """A cloud backup of this document, by a device of its list, whose Ed25519 seed this is.

    `account`: the member’s address, as the device knows it; an admin is shown it out of share A.
    """
    secret = secrets.token_bytes(32)
    share_s = secrets.token_bytes(32)
    share_a = xor(secret, share_s)
    one_time = recipient_of(identity_of(secret))
    file = seal_document(document, [one_time, document.body["keyring"]["kit"]["recipient"]])
    backup = new_id()
    meta = write_meta(document, account, {"backup": backup, "device": device}, {"file": file, "a": share_a}, key)
    signature = sign(seed, LABEL, meta.encode())
    inside = ShareA(meta, signature, share_a, one_time)
    return CloudBackup(backup, meta, signature, seal(to_json(inside.fields()).encode(), [key.recipient]), share_s, file)


def write_meta(
    document: Document, account: str, ids: Mapping[str, str], parts: Mapping[str, bytes], key: PublicKey
) -> str:
    """The exact metadata of a backup; `ids` are those of `backup` and `device`, `parts` the `file` and share `a`."""
    manifest = document.manifest
    return to_json(
        {
            "v": 1,
            "type": "cloud-backup",
            "organisation": manifest["organisation"],
            "user": manifest["user"],
            "account": account,
            "backup": ids["backup"],
            "epoch": manifest["epoch"],
            "counter": manifest["counter"],
            "items": manifest["items"],
            "made_at": moment(),
            "device": ids["device"],
            "file_sha256": sha256_hex(parts["file"]),
            "a_sha256": sha256_hex(parts["a"]),
            "organisation_key": key.fingerprint,
            "kit": manifest["kit"],
        }
    )


def read_meta(exact: str) -> dict[str, Any]:
    """The metadata of a backup; raises Malformed."""
    return require(from_json(exact), META)


def read_share_a(value: object) -> ShareA:
    """Share A from its JSON; raises Malformed, ShareMismatch where it isn't the share its metadata names."""
    fields = require(value, SHARE_A)
    share = from_base64(fields["share_a"])
    signature = from_base64(fields["signature"])
    if sha256_hex(share) != read_meta(fields["meta"])["a_sha256"]:
        raise ShareMismatch
    successions = tuple(read_successions(fields.get("successions")))
    return ShareA(fields["meta"], signature, share, fields["recipient"], successions)


def open_share_a(file: bytes, key: OrganisationKey) -> ShareA:
    """Share A of a backup, by the organisation recovery key; raises WrongKey, KeyMismatch, Malformed, ShareMismatch."""
    share_a = read_share_a(from_json(unseal(file, [key.identity])))
    share_a.require_made_for(key.public.fingerprint)
    return share_a


def backup_identity(share_a: ShareA, share_s: bytes) -> Identity:
    """The key of the backup, from its two shares; raises ShareMismatch where they don't belong together."""
    if len(share_s) != 32:
        raise Malformed("share S")
    identity = identity_of(xor(share_a.share, share_s))
    if recipient_of(identity) != share_a.recipient:
        raise ShareMismatch
    return identity


def require_writer(share_a: ShareA, document: Document) -> None:
    """Return if the metadata is signed by a device of the document and speaks of it; else BadSignature or Malformed."""
    meta = read_meta(share_a.meta)
    manifest = document.manifest
    keys = [device["sign"] for device in manifest["devices"] if device["id"] == meta["device"]]
    agreeing = ("organisation", "user", "epoch", "counter", "items", "kit")
    if len(keys) != 1 or any(meta[name] != manifest[name] for name in agreeing):  # type: ignore[literal-required]
        raise Malformed("the metadata speaks of another document")
    verify(from_base64(keys[0], 32), LABEL, share_a.meta.encode(), share_a.signature)


def xor(one: bytes, other: bytes) -> bytes:
    """Byte by byte."""
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
