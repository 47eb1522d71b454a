"""A device's lock and a new epoch's vault: what joining and every recovery make anew."""

import secrets
from dataclasses import dataclass
from typing import Any

from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity, new_identity, read_identity, recipient_of
from webapp.client.device import lock
from webapp.client.device.pins import weakness
from webapp.client.device.state import DeviceState
from webapp.client.errors import WeakPin
from webapp.client.formats import recovery_kits
from webapp.client.formats.document_shapes import Body, Draft, EpochKey, Item, KeyPin, KitEntry, Tombstone
from webapp.client.formats.documents import Document, seal_document, write
from webapp.client.formats.encoding import from_base64, moment, sha256_hex, to_base64


@dataclass(frozen=True)
class NewLock:
    """A device lock as the server gets it; its salt is in the device's state."""

    keyslot: bytes
    server_share: bytes
    proof: bytes

    def fields(self) -> dict[str, str]:
        """As JSON has it."""
        parts = {"keyslot": self.keyslot, "server_share": self.server_share, "proof": self.proof}
        return {name: to_base64(value) for name, value in parts.items()}


def make_lock(state: DeviceState, pin: str, vault_key: Identity, version: int) -> NewLock:
    """Lock the vault key behind this PIN; the salt is kept in `state`, so save that before sending the lock.

    Raises WeakPin.
    """
    weak = weakness(pin)
    if weak:
        raise WeakPin(weak)
    salt = secrets.token_bytes(16)
    share = secrets.token_bytes(32)
    stretched = lock.stretch(pin, salt)
    state.salts[str(version)] = to_base64(salt)
    key = lock.unlock_key(stretched, share, state.place)
    keyslot = lock.make_keyslot(vault_key, key, state.recipient, state.place)
    return NewLock(keyslot, share, lock.pin_proof(stretched, state.place))


def stretched_pin(state: DeviceState, pin: str, version: int) -> bytes:
    """The PIN stretched under the salt of this lock version."""
    return lock.stretch(pin, from_base64(state.salts[str(version)], 16))


@dataclass(frozen=True)
class Base:
    """What a new epoch begins from."""

    epoch: int = 0
    next: int = 1
    """The number of the epoch that begins: more than one after `epoch` where recoveries were undone."""
    counter: int = 0
    sha256: str = ""
    items: tuple[Item, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    epochs: tuple[EpochKey, ...] = ()
    kit: int = 0
    pin: KeyPin | None = None
    unconfirmed_since: str = ""
    """Where there is no pin because nobody compared the key: since when."""
    account: str = ""
    """As the former vault names it; where it names nobody, what the device was told."""


@dataclass(frozen=True)
class NewEpoch:
    """A vault under a fresh vault key and a fresh kit, whose only device is this one."""

    vault_key: Identity
    document: Document
    file: bytes

    def header(self, state: DeviceState) -> dict[str, Any]:
        """What the server is told of it."""
        verify_key = to_base64(epochs.verify_key(self.vault_key, state.user))
        manifest = self.document.manifest
        kit = read_identity(self.document.body["keyring"]["kit"]["identity"])
        kit_key = to_base64(recovery_kits.verify_key(kit, state.user))
        named = {
            "kit": manifest["kit"],
            "kit_verify_key": kit_key,
            "items": manifest["items"],
            "file_sha256": sha256_hex(self.file),
            "organisation_key": manifest["organisation_key"] and manifest["organisation_key"]["fingerprint"],
        }
        return {"verify_key": verify_key, **named}


def begin_epoch(state: DeviceState, base: Base) -> NewEpoch:
    """The first vault file of the epoch after `base`."""
    state.account = base.account or state.account
    vault_key = new_identity()
    kit = new_identity()
    number = base.kit + 1
    entry: KitEntry = {"number": number, "recipient": recipient_of(kit), "made_at": moment(), "identity": kit}
    ring = [*base.epochs, EpochKey(epoch=base.next, key=vault_key)]
    items = list(base.items)
    tombstones = list(base.tombstones)
    body: Body = {"items": items, "tombstones": tombstones, "keyring": {"epochs": ring, "kit": entry}}
    draft: Draft = {
        "organisation": state.organisation,
        "user": state.user,
        "account": state.account,
        "epoch": base.next,
        "counter": base.counter + 1,
        "made_at": moment(),
        "device": state.id,
        "base_sha256": base.sha256,
        "devices": [state.entry],
        "kit": number,
        "organisation_key": base.pin,
    }
    if base.unconfirmed_since and not base.pin:
        draft["unconfirmed_since"] = base.unconfirmed_since
    document = write(draft, body, state.signer.seed)
    return NewEpoch(vault_key, document, seal_document(document, [recipient_of(vault_key), recipient_of(kit)]))
