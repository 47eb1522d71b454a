"""Getting the vault back without anybody's help: with a local backup, with the Recovery Kit, or from nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity
from webapp.client.crypto.signatures import public_key, sign
from webapp.client.device.setup import Base, NewEpoch
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault, served_key
from webapp.client.errors import EpochEnded, KeyMismatch, NotUnlocked, OlderThanSeen
from webapp.client.formats import documents, recovery_kits
from webapp.client.formats.document_shapes import Body, KeyPin
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.key_successions import later_of, path_to, read_successions
from webapp.client.recovery.finish import base_of, end
from webapp.client.transport.http import Browser
from webapp.clock import now, stamp
from webapp.crypto.signatures import own_recovery_bytes

LABEL = "spare-key/v1/own-recovery"


class SelfServiceRecovery:
    """One recovery of this new device. `document` is what it goes on with, once something was opened."""

    def __init__(self, browser: Browser, state: DeviceState) -> None:
        self.browser = browser
        self.state = state
        self.document: documents.Document | None = None
        self.current: Mapping[str, Any] = {}
        self._way = ""
        self._ending_key: Identity | None = None
        self._begun: tuple[NewEpoch, dict[str, Any]] | None = None

    def with_kit(self, kit: Identity, organisation_key: str = "") -> documents.Document:
        """The newest vault, opened by the Recovery Kit, whose line of the organisation recovery key this browser takes
        for known where it was told no other; raises ServerRefused (`wrong_kit`, `kit_unknown`) and what opening
        raises."""
        self.state.key_fingerprint = self.state.root or organisation_key or self.state.key_fingerprint
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
        own_key = documents.vault_key_of(backup, backup.manifest["epoch"])
        assert own_key
        file = self._begin("local_backup", epochs.signing_seed(own_key, self.state.user))
        present = self.current["epoch"]
        key = documents.vault_key_of(backup, present)
        if present < backup.manifest["epoch"] or key is None:
            raise EpochEnded
        newest = self._take(file, [key], backup.manifest["counter"])
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

    def go_on_unconfirmed(self) -> None:
        """Go on though this browser knows another recovery key: Cloud Backups can have been disabled meanwhile."""
        self.state.unconfirmed = True

    def finish(self, pin: str) -> Vault:
        """Begin the new epoch behind this PIN; harmless to repeat. Returns the open vault; raises WeakPin,
        KeyMismatch."""
        if self._begun is None:
            if not self._way or (self._way != "new_account" and self.document is None):
                raise NotUnlocked
            base = self._base(self.document) if self.document else _nothing(self.current)
            self._begun = end(self.state, pin, base, self._way, self._ending_key)
        begun, header = self._begun
        same = {"device": self.state.id, "epoch": header["epoch"], "counter": header["counter"]}
        same["sha256"] = header["file_sha256"]
        self.browser.sign_file(self.state.signer, "/recovery/own/finish", header, begun.file, same)
        self.state.enrolled = True
        vault = Vault(self.browser, self.state, begun.vault_key)
        vault.keep(begun.document, begun.file)
        return vault

    def _base(self, document: documents.Document) -> Base:
        base = base_of(document, self.current)
        pin = self._pin(document)
        since = base.unconfirmed_since or (stamp(now()) if base.pin else "")
        return replace(base, pin=pin, unconfirmed_since="" if pin else since)

    def _pin(self, document: documents.Document) -> KeyPin | None:
        """What the new vault has on record: what a vault says that a key of the member opened, or what this browser
        knows that followed it, unless that knows another key; raises KeyMismatch."""
        known = self.state.key_fingerprint
        recorded = document.manifest["organisation_key"]
        if self.state.elsewhere:
            if not self.state.unconfirmed:
                raise KeyMismatch
            return None
        if not known:
            return recorded
        if not recorded and not self.state.root:
            return None
        answer = self.browser.get_json("/organisation/key")
        successions = read_successions(answer.get("successions"))
        organisation = self.state.organisation
        if recorded:
            later = later_of(successions, organisation, known, recorded)
            fits = later is not None
            found = later if later and self.state.root else recorded
        elif answer.get("key") is None:
            return None
        else:
            key = served_key(self.browser)
            fits = path_to(successions, organisation, known, key.fingerprint) is not None
            found = {"epoch": key.epoch, "fingerprint": key.fingerprint}
        if not fits and not self.state.unconfirmed:
            raise KeyMismatch
        # A recovery doesn’t switch cloud backups on for a member who never did.
        return found if fits and (recorded or "unconfirmed_since" in document.manifest) else None

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
        self._ending_key = documents.vault_key_of(document, document.manifest["epoch"])
        self.document = document
        return document


def _nothing(current: Mapping[str, Any]) -> Base:
    """An empty vault in the place of the one that the server has."""
    place = {name: current[name] for name in ("epoch", "counter", "sha256", "kit")}
    return Base(next=max(current["next_epoch"], current["epoch"] + 1), **place)
