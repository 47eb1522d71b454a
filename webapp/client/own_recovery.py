"""Getting the vault back without anybody's help: with a local backup, with the Recovery Kit, or from nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from webapp.client import documents, epochs, recovery_kits
from webapp.client.device_making import Base, NewEpoch
from webapp.client.device_state import DeviceState
from webapp.client.document_shapes import Body
from webapp.client.encoding import to_base64
from webapp.client.ending import base_of, end
from webapp.client.errors import EpochEnded, NotUnlocked, OlderThanSeen
from webapp.client.http import Browser
from webapp.client.identities import Identity, read_identity
from webapp.client.signatures import public_key, sign
from webapp.client.vaults import Vault
from webapp.crypto.signatures import own_recovery_bytes

LABEL = "spare-key/v1/own-recovery"


class OwnRecovery:
    """One recovery of this new device. `document` is what it goes on with, once something was opened."""

    def __init__(self, browser: Browser, state: DeviceState) -> None:
        self.browser = browser
        self.state = state
        self.document: documents.Document | None = None
        self.current: Mapping[str, Any] = {}
        self._way = ""
        self._ending_key: Identity | None = None
        self._begun: tuple[NewEpoch, dict[str, Any]] | None = None

    def with_kit(self, kit: Identity) -> documents.Document:
        """The newest vault, opened by the Recovery Kit; raises ServerRefused (`wrong_kit`, `kit_unknown`) and what
        opening raises."""
        file = self._begin("recovery_kit", recovery_kits.signing_seed(kit, self.state.user))
        return self._take(file, [kit])

    def with_backup(
        self, file: bytes, identities: Sequence[Identity], *, keep_newer: bool = True
    ) -> documents.Document:
        """The newest vault, opened by the keyring of a local backup; or, not `keep_newer`, the backup itself with the
        newest keyring. Raises ServerRefused (`wrong_epoch`: it is from before the last recovery), OlderThanSeen (the
        server’s is older than the backup) and what opening raises."""
        backup = documents.open_document(file, identities)
        documents.require_account(backup, self.state.organisation, self.state.user)
        ring = backup.body["keyring"]["epochs"]
        newest_key = max(ring, key=lambda entry: entry["epoch"])["key"]
        file = self._begin("local_backup", epochs.signing_seed(read_identity(newest_key), self.state.user))
        present = self.current["epoch"]
        keys = [read_identity(entry["key"]) for entry in ring if entry["epoch"] == present]
        if present < backup.manifest["epoch"] or not keys:
            raise EpochEnded
        newest = self._take(file, keys, backup.manifest["counter"])
        if not keep_newer:
            body: Body = {
                "items": backup.body["items"],
                "tombstones": backup.body["tombstones"],
                "keyring": newest.body["keyring"],
            }
            self.document = replace(newest, body=body)
        assert self.document
        return self.document

    def from_nothing(self) -> None:
        """Begin an empty vault; raises ServerRefused (`password_needed`: it has to be typed again)."""
        self._begin("new_account", None)

    def finish(self, pin: str) -> Vault:
        """Begin the new epoch behind this PIN; harmless to repeat. Returns the open vault; raises WeakPin."""
        if self._begun is None:
            if not self._way or (self._way != "new_account" and self.document is None):
                raise NotUnlocked
            base = base_of(self.document, self.current) if self.document else _nothing(self.current)
            self._begun = end(self.state, pin, base, self._way, self._ending_key)
        begun, header = self._begun
        self.browser.sign_file(self.state.signer, "/recovery/own/finish", header, begun.file)
        self.state.enrolled = True
        vault = Vault(self.browser, self.state, begun.vault_key)
        vault.keep(begun.document, begun.file)
        return vault

    def _begin(self, way: str, seed: bytes | None) -> bytes:
        """The newest vault file, for a proof by `seed`."""
        state = self.state
        device = {key: value for key, value in state.entry.items() if key != "name"}
        asked: dict[str, Any] = {"way": way, "device": device}
        if seed:
            keys = public_key(state.signer.seed), state.recipient
            exact = own_recovery_bytes(state.origin, (state.organisation, state.user), way, state.id, keys)
            asked["proof"] = to_base64(sign(seed, LABEL, exact))
        self.current, file = self.browser.fetch_file(state.signer, "/recovery/own", asked)
        self._way = way
        return file

    def _take(self, file: bytes, identities: Sequence[Identity], at_least: int = 0) -> documents.Document:
        document = documents.open_document(file, identities)
        documents.require_account(document, self.state.organisation, self.state.user)
        if document.manifest["epoch"] != self.current["epoch"]:
            raise EpochEnded
        if document.manifest["counter"] < at_least:
            raise OlderThanSeen
        ring = document.body["keyring"]["epochs"]
        self._ending_key = read_identity(max(ring, key=lambda entry: entry["epoch"])["key"])
        self.document = document
        return document


def _nothing(current: Mapping[str, Any]) -> Base:
    """An empty vault in the place of the one that the server has."""
    place = {name: current[name] for name in ("epoch", "counter", "sha256", "kit")}
    return Base(next=max(current["next_epoch"], current["epoch"] + 1), **place)
