"""Devices for tests: browser profiles with real keys, a PIN, a vault and a kit, in the formats of webapp.client."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity, new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key, sign
from webapp.client.device.lock import Place, make_keyslot, pin_proof, stretch, unlock_key
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import Body, DeviceEntry, Item, KeyPin
from webapp.client.formats.encoding import moment, new_id, to_base64
from webapp.crypto.signatures import request_bytes

PIN = "271828"


@dataclass
class MadeDevice:
    """A browser profile: its keys, what it remembers, and what of the vault it holds open."""

    origin: str
    organisation: str
    user: str
    account: str = "alice@example.org"
    name: str = "Firefox on Linux"
    pin: str = PIN
    id: str = field(default_factory=new_id)
    seed: bytes = field(default_factory=new_seed)
    identity: Identity = field(default_factory=new_identity)
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    server_share: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    vault_key: Identity = field(default_factory=new_identity)
    kit: Identity = field(default_factory=new_identity)
    epoch: int = 1
    counter: int = 1
    document: documents.Document | None = None
    file: bytes = b""
    listed: list[DeviceEntry] = field(default_factory=list)
    """Other devices that the vault’s own list names."""

    @property
    def sign_public(self) -> bytes:
        """Its Ed25519 key as the server knows it."""
        return public_key(self.seed)

    @property
    def recipient(self) -> str:
        """Its age recipient."""
        return recipient_of(self.identity)

    @property
    def place(self) -> Place:
        """Where its lock belongs."""
        return Place(self.origin, self.user, self.id)

    @property
    def verify_key(self) -> bytes:
        """What the server registers for the epoch of `vault_key`."""
        return epochs.verify_key(self.vault_key, self.user)

    def entry(self) -> DeviceEntry:
        """How manifests and the server are told of it."""
        return {"id": self.id, "sign": to_base64(self.sign_public), "recipient": self.recipient, "name": self.name}

    def proof(self, pin: str | None = None) -> bytes:
        """What it shows the server for a PIN; its own where none is given."""
        return pin_proof(stretch(pin or self.pin, self.salt), self.place)

    def lock(self) -> dict[str, bytes]:
        """keyslot, server_share and proof of its PIN."""
        stretched = stretch(self.pin, self.salt)
        key = unlock_key(stretched, self.server_share, self.place)
        keyslot = make_keyslot(self.vault_key, key, self.recipient, self.place)
        return {"keyslot": keyslot, "server_share": self.server_share, "proof": pin_proof(stretched, self.place)}

    def write(
        self, items: list[Item] | None = None, *, base_sha256: str = "", kit: int = 1, pin: KeyPin | None = None
    ) -> bytes:
        """A vault file of this device with these items; `document` and `file` are kept."""
        keyring: Any = {"number": kit, "recipient": recipient_of(self.kit), "made_at": moment()}
        body: Body = {
            "items": items or [],
            "tombstones": [],
            "keyring": {"epochs": [{"epoch": self.epoch, "key": self.vault_key}], "kit": keyring},
        }
        self.document = documents.write(
            {
                "organisation": self.organisation,
                "user": self.user,
                "account": self.account,
                "epoch": self.epoch,
                "counter": self.counter,
                "made_at": moment(),
                "device": self.id,
                "base_sha256": base_sha256,
                "devices": [self.entry(), *self.listed],
                "kit": kit,
                "organisation_key": pin,
            },
            body,
            self.seed,
        )
        self.file = documents.seal_document(self.document, [recipient_of(self.vault_key), recipient_of(self.kit)])
        return self.file

    def signature_headers(self, path: str, body: bytes, challenge: bytes) -> dict[str, str]:
        """The headers that make a POST of `body` a request of this device."""
        exact = request_bytes(self.origin, "POST", path, self.id, challenge, body)
        signature = to_base64(sign(self.seed, "spare-key/v1/request", exact))
        return {"Spare-Device": self.id, "Spare-Challenge": to_base64(challenge), "Spare-Signature": signature}


def login(title: str = "Example", username: str = "alice", password: str = "correct horse") -> Item:
    """A login."""
    times = {"created_at": moment(), "updated_at": moment()}
    texts = {"title": title, "username": username, "password": password, "url": "https://example.org", "notes": ""}
    return {"id": new_id(), "kind": "login", **texts, **times}  # type: ignore[typeddict-item]
