"""Restoring from a cloud backup: ask, wait for an admin, open what is released, finish."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.client import approvals, documents
from webapp.client.cloud_backups import backup_identity, require_writer
from webapp.client.device_making import NewEpoch
from webapp.client.device_state import DeviceState
from webapp.client.encoding import from_base64, sha256_hex, to_base64
from webapp.client.ending import base_of, end
from webapp.client.errors import (
    AlreadyOpen,
    DeviceError,
    EpochEnded,
    Malformed,
    NotReleased,
    NotUnlocked,
    OlderThanSeen,
)
from webapp.client.http import Browser
from webapp.client.identities import Identity, read_identity
from webapp.client.organisation_keys import PublicKey
from webapp.client.restore_requests import Asker, RestoreRequest, make_request
from webapp.client.vaults import Vault


@dataclass(frozen=True)
class Released:
    """What a release brought: the backup, and the newest vault where its keyring opens that."""

    header: Mapping[str, Any]
    backup: documents.Document
    newest: documents.Document | None
    current: Mapping[str, Any]
    """Epoch, counter and SHA-256 of the newest vault file, as the server has it."""

    @property
    def chosen(self) -> documents.Document:
        """What the new vault begins from."""
        return self.newest or self.backup


class Recovery:
    """One restore request of this device."""

    def __init__(self, browser: Browser, state: DeviceState) -> None:
        self.browser = browser
        self.state = state
        self.released: Released | None = None
        self._begun: tuple[NewEpoch, dict[str, Any]] | None = None

    @property
    def request(self) -> RestoreRequest:
        """The request; raises NotUnlocked where none was made."""
        request = self.state.restore_request
        if request is None:
            raise NotUnlocked
        return request

    @property
    def path(self) -> str:
        """Where the server keeps the request."""
        return f"/recovery/requests/{self.request.fields['request']}"

    def ask(self, backup: str, file_sha256: str) -> RestoreRequest:
        """Request this backup; the fingerprint of what comes back is for the admin to hear. Raises AlreadyOpen."""
        state = self.state
        asker = Asker(state.origin, state.organisation, state.user, state.id, state.recipient, state.name)
        request = make_request(asker, backup, file_sha256, state.signer.seed)
        state.request, state.request_signature = request.exact, to_base64(request.signature)
        fields = {"request": request.exact, "signature": state.request_signature}
        answer = self.browser.submit("/recovery/requests", fields, follow=False)
        if request.fields["request"] not in answer.headers.get("location", request.exact):
            raise AlreadyOpen(409, "already_open")
        return request

    def cancel(self) -> None:
        """Withdraw it."""
        self.browser.submit(f"{self.path}/cancellation", follow=False)

    def poll(self) -> Released | None:
        """What was released, or None while nobody has approved; raises RequestClosed and what opening raises."""
        try:
            header, file = self.browser.fetch_file(self.state.signer, f"{self.path}/release")
        except NotReleased:
            return None
        backup = self._open_backup(header, file)
        current, vault = self.browser.fetch_file(self.state.signer, f"{self.path}/vault")
        self.released = Released(header, backup, self._open_newest(backup, vault, current), current)
        return self.released

    def wait(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Released:
        """Poll until it is released; raises TimeoutError, RequestClosed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            released = self.poll()
            if released:
                return released
            sleep(1)
        raise TimeoutError

    def finish(self, pin: str) -> Vault:
        """Begin the new epoch behind this PIN; harmless to repeat. Returns the open vault; raises WeakPin."""
        if self._begun is None:
            self._begun = self._begin(pin)
        begun, header = self._begun
        self.browser.sign_file(self.state.signer, f"{self.path}/finish", header, begun.file)
        self.state.enrolled = True
        vault = Vault(self.browser, self.state, begun.vault_key)
        vault.keep(begun.document, begun.file)
        return vault

    def _open_backup(self, header: Mapping[str, Any], file: bytes) -> documents.Document:
        request, identity = self.request, read_identity(self.state.identity)
        fields = request.fields
        if sha256_hex(file) != fields["file_sha256"]:
            raise Malformed("another backup than asked for")
        signature, wrapped = from_base64(header["approval_signature"], 64), from_base64(header["wrapped"])
        key = _public_key(fields["organisation"], header["organisation_key"])
        approvals.verify_approval(approvals.Approval(header["approval"], signature, wrapped), request, key)
        share_a = approvals.open_wrapped(wrapped, request, identity)
        share_a.require_made_for(key.fingerprint)
        share_s = approvals.open_share_s(from_base64(header["share_s"]), request, identity)
        backup = documents.open_document(file, [backup_identity(share_a, share_s)])
        documents.require_account(backup, self.state.organisation, self.state.user)
        require_writer(share_a, backup)
        return backup

    def _open_newest(
        self, backup: documents.Document, file: bytes, current: Mapping[str, Any]
    ) -> documents.Document | None:
        """The newest vault, if the backup's keyring opens it and it isn't older than the backup; else None."""
        present, ring = current["epoch"], backup.body["keyring"]["epochs"]
        # Not with the key of an earlier epoch: whoever copied that, and the server, could make up what it opens.
        keys = [read_identity(entry["key"]) for entry in ring if entry["epoch"] == present >= backup.manifest["epoch"]]
        try:
            newest = documents.open_document(file, keys)
            documents.require_account(newest, self.state.organisation, self.state.user)
            if newest.manifest["epoch"] != current["epoch"]:
                raise EpochEnded
            if newest.manifest["counter"] < backup.manifest["counter"]:
                raise OlderThanSeen
        except DeviceError:
            return None
        return newest

    def _begin(self, pin: str) -> tuple[NewEpoch, dict[str, Any]]:
        """Ended with the newest vault key at hand; where that isn't the current epoch's, the server refuses."""
        if self.released is None:
            raise NotUnlocked
        chosen = self.released.chosen
        held = max(chosen.body["keyring"]["epochs"], key=lambda one: one["epoch"])
        base, reference = base_of(chosen, self.released.current), self.request.fields["request"]
        return end(self.state, pin, base, reference, Identity(held["key"]))


def _public_key(organisation: str, named: Mapping[str, Any]) -> PublicKey:
    return PublicKey(organisation, int(named["epoch"]), str(named["recipient"]), from_base64(named["sign"], 32))
