"""Restoring from a cloud backup: ask, wait for an admin, open what is released, finish."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from webapp.client.crypto.identities import read_identity
from webapp.client.device.setup import NewEpoch
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import (
    AlreadyOpen,
    ApprovalPast,
    DeviceError,
    DigitsMissing,
    EpochEnded,
    KeyMismatch,
    Malformed,
    NotReleased,
    NotUnlocked,
    OlderThanSeen,
)
from webapp.client.formats import documents
from webapp.client.formats.cloud_backups import backup_identity, require_writer
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.encoding import from_base64, sha256_hex, to_base64
from webapp.client.formats.key_successions import Succession, are_related, own_pin, path_to, read_successions
from webapp.client.formats.recovery_keys import PublicKey
from webapp.client.formats.restore_requests import Asker, RestoreRequest, Told, make_request
from webapp.client.recovery import approvals
from webapp.client.recovery.finish import base_of, end
from webapp.client.recovery.voice_checks import VoiceCheck
from webapp.client.transport.http import Browser
from webapp.clock import now, parse_stamp, stamp

CLOCK_TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True)
class Released:
    """What a release brought: the backup, and the newest vault where its keyring opens that."""

    header: Mapping[str, Any]
    key: PublicKey
    """The organisation recovery key that approved."""
    approver: str
    backup: documents.Document
    newest: documents.Document | None
    current: Mapping[str, Any]
    """Epoch, counter and SHA-256 of the newest vault file, as the server has it."""

    @property
    def chosen(self) -> documents.Document:
        """What the new vault begins from."""
        return self.newest or self.backup


class Recovery:
    """One restore request of this device. `clock_is_wrong`: the member says so of an approval that would be over."""

    def __init__(self, browser: Browser, state: DeviceState) -> None:
        self.browser = browser
        self.state = state
        self.clock_is_wrong = False
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

    @property
    def check(self) -> VoiceCheck:
        """What the member hears of it."""
        return VoiceCheck(self.state, self.request)

    def ask(
        self, backup: str, file_sha256: str, key: str, approvers: Sequence[str] = (), *, unconfirmed: bool = False
    ) -> RestoreRequest:
        """Request this backup, which is sealed to the organisation recovery key of this fingerprint, as the server has
        it, of these people (user ids); the fingerprint of what comes back is for the admin to hear.

        Raises AlreadyOpen; KeyMismatch where this browser knows another key, unless the member goes on `unconfirmed`:
        Cloud Backups can have been disabled meanwhile.
        """
        state = self.state
        asker = Asker(state.origin, state.organisation, state.user, state.id, state.recipient, state.name)
        told = Told(key, self._between(key, unconfirmed=unconfirmed), tuple(approvers))
        request = make_request(asker, backup, file_sha256, state.signer.seed, told)
        state.unconfirmed = unconfirmed
        state.request = request.exact
        state.request_signature = to_base64(request.signature)
        fields = {"request": request.exact, "signature": state.request_signature}
        answer = self.browser.submit("/recovery/requests", fields, follow=False, once=True)
        if request.fields["request"] not in answer.headers.get("location", request.exact):
            raise AlreadyOpen(409, "already_open")
        return request

    def type_digits(self, typed: str) -> None:
        """What whoever could approve when it was asked told the member, or once it is approved, whoever did; raises
        WrongDigits, CheckStopped, NoDigits."""
        self.check.type_digits(typed, self.released.approver if self.released else "")

    def cancel(self) -> None:
        """Withdraw it."""
        self.browser.submit(f"{self.path}/cancellation", follow=False)

    def poll(self) -> Released | None:
        """What was released, or None while nobody has approved; raises RequestClosed and what opening raises."""
        try:
            header, file = self.browser.fetch_file(self.state.signer, f"{self.path}/release")
        except NotReleased:
            return None
        key, approver, backup = self._open_backup(header, file)
        current, vault = self.browser.fetch_file(self.state.signer, f"{self.path}/vault")
        newest = self._open_newest(backup, vault, current)
        self.released = Released(header, key, approver, backup, newest, current)
        return self.released

    def wait(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Released:
        """Poll until it is released, once at least; raises TimeoutError, RequestClosed."""
        until = time.monotonic() + seconds
        while (released := self.poll()) is None:
            if time.monotonic() >= until:
                raise TimeoutError
            sleep(1)
        return released

    def finish(self, pin: str) -> Vault:
        """Begin the new epoch behind this PIN; harmless to repeat. Returns the open vault; raises WeakPin,
        DigitsMissing, CheckStopped, KeyMismatch."""
        if self._begun is None:
            self._begun = self._begin(pin)
        begun, header = self._begun
        same = {"device": self.state.id, "epoch": header["epoch"], "counter": header["counter"]}
        same["sha256"] = header["file_sha256"]
        self.browser.sign_file(self.state.signer, f"{self.path}/finish", header, begun.file, same)
        self.state.enrolled = True
        vault = Vault(self.browser, self.state, begun.vault_key)
        vault.keep(begun.document, begun.file)
        return vault

    def _open_backup(self, header: Mapping[str, Any], file: bytes) -> tuple[PublicKey, str, documents.Document]:
        """The key that approved, by whom, and the backup."""
        request = self.request
        identity = read_identity(self.state.identity)
        fields = request.fields
        if sha256_hex(file) != fields["file_sha256"]:
            raise Malformed("another backup than asked for")
        signature = from_base64(header["approval_signature"], 64)
        wrapped = from_base64(header["wrapped"])
        key = _public_key(fields["organisation"], header["organisation_key"])
        approval = approvals.verify_approval(approvals.Approval(header["approval"], signature, wrapped), request, key)
        self._require_present(approvals.last_moment(approval))
        share_a = approvals.open_wrapped(wrapped, request, identity)
        share_a.require_made_for(key.fingerprint)
        share_s = approvals.open_share_s(from_base64(header["share_s"]), request, identity)
        backup = documents.open_document(file, [backup_identity(share_a, share_s)])
        documents.require_account(backup, self.state.organisation, self.state.user)
        require_writer(share_a, backup)
        return key, approval["admin"], backup

    def _require_present(self, expires_at: str) -> None:
        """The server looks at it, too; but a server that lies would use an approval from long ago."""
        past = parse_stamp(expires_at) + CLOCK_TOLERANCE < now()
        if past and not self.clock_is_wrong:
            raise ApprovalPast(expires_at, stamp(now()))

    def _open_newest(
        self, backup: documents.Document, file: bytes, current: Mapping[str, Any]
    ) -> documents.Document | None:
        """The newest vault, if the backup's keyring opens it and it isn't older than the backup; else None."""
        present = current["epoch"]
        # Not with the key of an earlier epoch: whoever copied that, and the server, could make up what it opens.
        key = documents.vault_key_of(backup, present) if present >= backup.manifest["epoch"] else None
        try:
            newest = documents.open_document(file, [key] if key else [])
            documents.require_account(newest, self.state.organisation, self.state.user)
            if newest.manifest["epoch"] != current["epoch"]:
                raise EpochEnded
            if newest.manifest["counter"] < backup.manifest["counter"]:
                raise OlderThanSeen
        except DeviceError:
            return None
        return newest

    def _begin(self, new_pin: str) -> tuple[NewEpoch, dict[str, Any]]:
        """Ended with the vault key of the epoch that the server has, never with another; raises EpochEnded."""
        if self.released is None:
            raise NotUnlocked
        chosen = self.released.chosen
        held = documents.vault_key_of(chosen, self.released.current["epoch"])
        if held is None:
            raise EpochEnded
        pin = self._pin(chosen)
        since = "" if pin else stamp(now())
        base = replace(base_of(chosen, self.released.current), pin=pin, unconfirmed_since=since)
        reference = self.request.fields["request"]
        return end(self.state, new_pin, base, reference, held)

    def _pin(self, chosen: documents.Document) -> KeyPin | None:
        """What the new vault has on record. What a backup says of itself counts for nothing: a server alone can make
        one up. Raises as `finish`."""
        assert self.released
        state = self.state
        key = self.released.key
        check = self.check
        check.require_running()
        if state.elsewhere:
            if not state.unconfirmed:
                raise KeyMismatch
            return None
        if state.key_fingerprint:
            found = own_pin(self._successions(), state.organisation, state.key_fingerprint, key)
            fits = found is not None and self._related(chosen.manifest["organisation_key"])
            if not fits and not state.unconfirmed:
                raise KeyMismatch
            if state.root or not fits:  # what a link said only refuses
                return found if fits else None
        if state.key_compared or check.is_told_by(self.released.approver):
            return {"epoch": key.epoch, "fingerprint": key.fingerprint}
        if not state.unconfirmed and self.request.organisation_key:
            raise DigitsMissing
        return None

    def _related(self, recorded: KeyPin | None) -> bool:
        """Whether a key on record follows from the one that this browser knows, or came before it."""
        if recorded is None:
            return True
        known = self.state.key_fingerprint
        organisation = self.state.organisation
        return are_related(self._successions(), organisation, known, recorded["fingerprint"])

    def _between(self, key: str, *, unconfirmed: bool) -> tuple[Succession, ...]:
        """The statements between the key that this browser knows and the one it is told; raises KeyMismatch."""
        known = self.state.key_fingerprint
        if self.state.elsewhere and not unconfirmed:
            raise KeyMismatch
        if not known:
            return ()
        successions = read_successions(self.browser.get_json("/organisation/key").get("successions"))
        for way in ((known, key), (key, known)):
            path = path_to(successions, self.state.organisation, *way)
            if path is not None:
                return tuple(step.succession for step in path)
        if not unconfirmed:
            raise KeyMismatch
        return ()

    def _successions(self) -> list[Succession]:
        served = read_successions(self.browser.get_json("/organisation/key").get("successions"))
        return [*self.request.successions, *served]


def _public_key(organisation: str, named: Mapping[str, Any]) -> PublicKey:
    return PublicKey(organisation, int(named["epoch"]), str(named["recipient"]), from_base64(named["sign"], 32))
