"""A server in memory for one organisation, so that a test can make it lie. The honest one is tested in tests/views.

It keeps the rules a device relies on: challenges of one use, signed requests, stale saves, tries for a PIN, releases
after an approval. A test changes its fields, or its answers through `tampers`.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.attacks.pretend_rows import ORIGIN, Account, PretendTransport, Refused, Tamper, form, stored
from tests.support.attacks.pretend_self_service import OWN_ROUTES
from webapp import limits
from webapp.client.formats.encoding import from_base64, from_json, moment, new_id, sha256_hex, to_base64
from webapp.client.formats.restore_requests import RestoreRequest, verify_request
from webapp.client.recovery.approvals import wrap_share_s
from webapp.client.transport.http import LABEL
from webapp.crypto.fingerprints import organisation_key_fingerprint
from webapp.crypto.framing import unframe
from webapp.crypto.signatures import finish_bytes, request_bytes, verify


@dataclass
class PretendServer:
    """The rows, and what every browser talks to."""

    organisation: str = field(default_factory=new_id)
    admin: str = field(default_factory=new_id)
    others: list[str] = field(default_factory=list)
    """Further people who may approve."""
    key: dict[str, Any] | None = None
    successions: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """Fingerprints of key files that an admin’s page opened for a request which named another key."""
    account: Account = field(default_factory=Account)
    challenges: set[bytes] = field(default_factory=set)
    tampers: dict[str, Tamper] = field(default_factory=dict)
    """By path: what to make of the honest answer (JSON, (header, file), or HTML)."""

    def browser(self) -> "PretendTransport":
        """A connection."""
        return PretendTransport(self)

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """The honest answer: text, an object, or (header, file)."""
        for pattern, handler, signed in (*ROUTES, *OWN_ROUTES):
            match = re.fullmatch(pattern, f"{method} {path}")
            if match:
                if signed:
                    self.check(path, body, headers)
                return handler(self, body, headers, *match.groups())
        raise Refused(404, "not_found")

    def check(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """That a known device, or one that introduces itself, signed this; raises Refused."""
        challenge, device = from_base64(headers["Spare-Challenge"], 32), headers["Spare-Device"]
        if challenge not in self.challenges:
            raise Refused(401, "challenge_expired")
        self.challenges.remove(challenge)
        public = self.account.devices.get(device) or self._introduced(device, body)
        message = request_bytes(ORIGIN, "POST", path, device, challenge, body)
        verify(LABEL, message, from_base64(headers["Spare-Signature"], 64), public)

    def _introduced(self, device: str, body: bytes) -> bytes:
        if self.account.epoch == 0:
            return from_base64(unframe(body)[0]["device"]["sign"], 32)
        if self.account.request and self.account.request.fields["device"] == device:
            return from_base64(self.account.request.fields["sign"], 32)
        if self.account.own.get("device", {}).get("id") == device:
            return from_base64(self.account.own["device"]["sign"], 32)
        raise Refused(404, "not_found")

    def join(self, body: bytes, headers: Mapping[str, str]) -> Any:
        header, file = unframe(body)
        self.account.devices = {header["device"]["id"]: from_base64(header["device"]["sign"], 32)}
        self.begin(header, file, header["device"]["id"], 1)
        return {"next": "/join/kit", **stored({**header, "epoch": 1, "counter": 1}, headers)}

    def begin(self, header: dict[str, Any], file: bytes, device: str, epoch: int) -> None:
        """Begin an epoch with its first file and its one device."""
        account = self.account
        assert header["file_sha256"] == sha256_hex(file)
        account.file, account.epoch, account.counter = file, epoch, account.counter + 1
        account.verify_keys[epoch] = from_base64(header["verify_key"], 32)
        account.kit_verify_key = from_base64(header["kit_verify_key"], 32)
        account.locks = {(device, 1): header}

    def unlock(self, body: bytes, headers: Mapping[str, str]) -> Any:
        asked, account, device = from_json(body), self.account, headers["Spare-Device"]
        lock = account.locks.get((device, asked["version"]))
        account.tries_left -= 1
        if lock is None or lock["proof"] != asked["proof"]:
            raise Refused(403, "wrong_pin", tries_left=account.tries_left)
        account.tries_left = 10
        account.locks = {(device, asked["version"]): lock}
        return {**{name: lock[name] for name in ("keyslot", "server_share")}, "version": asked["version"]}

    def change_pin(self, body: bytes, headers: Mapping[str, str]) -> Any:
        lock = from_json(body)
        self.account.locks[headers["Spare-Device"], lock["version"]] = lock
        return {"version": lock["version"], "keyslot_sha256": sha256_hex(from_base64(lock["keyslot"]))}

    def read_vault(self, *_: Any) -> Any:
        account = self.account
        known = {"epoch": account.epoch, "next_epoch": account.epoch + 1, "counter": account.counter}
        return {**known, "sha256": sha256_hex(account.file)}, account.file

    def save_vault(self, body: bytes, headers: Mapping[str, str]) -> Any:
        header, file = unframe(body)
        current, _ = self.read_vault()
        if (header["epoch"], header["base_sha256"]) != (current["epoch"], current["sha256"]):
            raise Refused(409, "stale_vault", **current)
        self.account.file, self.account.counter = file, self.account.counter + 1
        return {"epoch": header["epoch"], "sha256": sha256_hex(file), "counter": self.account.counter}

    def store_backup(self, body: bytes, headers: Mapping[str, str]) -> Any:
        header, file = unframe(body)
        self.account.backups.insert(0, {**header, "fields": from_json(header["meta"]), "file": file})
        return {"backup": self.account.backups[0]["fields"]["backup"], "sha256": sha256_hex(file)}

    def backups_page(self, *_: Any) -> Any:
        rows = [
            f'<input data-backup="{one["fields"]["backup"]}" data-file-sha256="{one["fields"]["file_sha256"]}"'
            f' data-organisation-key="{one["fields"]["organisation_key"]}">'
            for one in self.account.backups
        ]
        may = " ".join([self.admin, *self.others])
        return f'<vault-keys data-user="{self.account.id}" data-approvers="{may}"></vault-keys>' + "".join(rows)

    def ask(self, body: bytes, headers: Mapping[str, str]) -> Any:
        fields = form(body)
        self.account.request = RestoreRequest(fields["request"], from_base64(fields["signature"], 64))
        verify_request(self.account.request)
        return ""

    def _asked(self) -> tuple[RestoreRequest, dict[str, Any]]:
        request = self.account.request
        assert request
        wanted = request.fields["backup"]
        return request, next(one for one in self.account.backups if one["fields"]["backup"] == wanted)

    def approve(self, body: bytes, headers: Mapping[str, str], request: str) -> Any:
        self.account.approval, self.account.state = form(body), "approved"
        return ""

    def deny(self, body: bytes, headers: Mapping[str, str], request: str) -> Any:
        self.account.state = "denied"
        return ""

    def release(self, body: bytes, headers: Mapping[str, str], request: str) -> Any:
        account = self.account
        if account.state == "denied":
            raise Refused(409, "request_closed", state="denied")
        if account.state == "requested":
            raise Refused(409, "not_released")
        asked, backup = self._asked()
        header = {
            "approval": account.approval["approval"],
            "approval_signature": account.approval["signature"],
            "wrapped": account.approval["wrapped"],
            "share_s": to_base64(wrap_share_s(asked, from_base64(backup["share_s"], 32))),
            "organisation_key": self.key,
            "epoch": account.epoch,
            "verify_key": to_base64(account.verify_keys[account.epoch]),
        }
        return header, backup["file"]

    def finish(self, body: bytes, headers: Mapping[str, str], request: str) -> Any:
        header, file = unframe(body)
        account, device = self.account, headers["Spare-Device"]
        if account.finished == header["file_sha256"]:
            return {"next": "/recovery/done", **stored(header, headers)}
        asked = self._asked()[0].fields
        place = (ORIGIN, self.organisation, account.id, asked["request"])
        keys = (from_base64(asked["sign"], 32), asked["recipient"])
        epochs, file_sha256 = (account.epoch, header["epoch"]), bytes.fromhex(header["file_sha256"])
        message = finish_bytes(*place, epochs, device, keys, from_base64(header["verify_key"]), file_sha256)
        signature = from_base64(header["ended_signature"], 64)
        verify("spare-key/v1/finish", message, signature, account.verify_keys[account.epoch])
        account.devices = {device: keys[0]}
        self.begin(header, file, device, header["epoch"])
        account.finished = header["file_sha256"]
        return {"next": "/recovery/done", **stored(header, headers)}

    def announce_key(self, body: bytes, headers: Mapping[str, str]) -> Any:
        fields = form(body)
        sign = from_base64(fields["sign"], 32)
        fingerprint = organisation_key_fingerprint(self.organisation, 1, fields["recipient"], sign)
        self.key = {**fields, "id": new_id(), "epoch": 1, "fingerprint": fingerprint}
        assert self.key["fingerprint"] == fields["fingerprint"]
        return f'<p data-key="{self.key["id"]}"></p>'

    def organisation_key(self, *_: Any) -> Any:
        return {"organisation": self.organisation, "name": "Example", "key": self.key, "successions": self.successions}

    def request_page(self, *_: Any) -> Any:
        asked, backup = self._asked()
        exact = asked.exact.replace("&", "&amp;").replace('"', "&quot;")
        values = {"request": exact, "signature": to_base64(asked.signature), "share-a": backup["share_a"]}
        values["email"] = self.account.email
        named = " ".join(f'data-{name}="{value}"' for name, value in values.items())
        until = moment(limits.APPROVAL_LIFE)
        return f'<form data-admin="{self.admin}" data-expires-at="{until}" {named}></form>'

    def waiting_page(self, *_: Any) -> Any:
        return "<voice-check></voice-check>"

    def warn(self, body: bytes, headers: Mapping[str, str], request: str) -> Any:
        self.warnings.append(fingerprint := from_json(body)["fingerprint"])
        return {"fingerprint": fingerprint}

    def challenge(self, *_: Any) -> Any:
        self.challenges.add(challenge := secrets.token_bytes(32))
        return {"challenge": to_base64(challenge)}

    def lock_versions(self, *_: Any) -> Any:
        versions = sorted(version for _, version in self.account.locks)
        return {"versions": versions, "tries_left": self.account.tries_left}

    def whose_page(self, *_: Any) -> Any:
        return f'<vault-keys data-user="{self.account.id}" data-account="{self.account.email}"></vault-keys>'

    def settings_page(self, *_: Any) -> Any:
        return '<form data-epoch="1"></form>'

    def invite_page(self, *_: Any) -> Any:
        return f'<code id="invite-link" data-link="{ORIGIN}/join/token"></code>'

    def pending_page(self, *_: Any) -> Any:
        asked, _backup = self._asked()
        return f'<a href="/admin/requests/{asked.fields["request"]}">'

    def nothing(self, *_: Any) -> Any:
        return {}

    def here(self, _: bytes, headers: Mapping[str, str]) -> Any:
        return {"device": headers["Spare-Device"]}

    def noted(self, body: bytes, _: Mapping[str, str]) -> Any:
        return from_json(body)


REQUEST = "([0-9a-f]{32})"
SERVER = PretendServer
ROUTES: list[tuple[str, Callable[..., Any], bool]] = [
    ("POST /sign-in|POST /sign-out|GET /join/token|POST /join/token|POST /devices/none", SERVER.nothing, False),
    ("POST /devices/lock|POST /admin/keys/.*", SERVER.nothing, False),
    ("POST /devices/here", SERVER.here, True),
    ("POST /backups/enrolment|POST /vault/kit-confirmation", SERVER.noted, True),
    ("GET /join/vault|GET /devices/here", SERVER.whose_page, False),
    ("POST /join/vault", SERVER.join, True),
    ("POST /devices/challenge", SERVER.challenge, False),
    ("GET /devices/lock-versions", SERVER.lock_versions, False),
    ("POST /devices/unlock", SERVER.unlock, True),
    ("POST /devices/pin", SERVER.change_pin, True),
    ("GET /vault/file", SERVER.read_vault, False),
    ("POST /vault/file", SERVER.save_vault, True),
    ("GET /organisation/key", SERVER.organisation_key, False),
    ("POST /backups", SERVER.store_backup, True),
    ("GET /recovery/cloud/backups", SERVER.backups_page, False),
    ("POST /recovery/requests", SERVER.ask, False),
    (f"GET /recovery/requests/{REQUEST}", SERVER.waiting_page, False),
    (f"POST /admin/requests/{REQUEST}/key-warning", SERVER.warn, False),
    (f"POST /recovery/requests/{REQUEST}/release", SERVER.release, True),
    (f"POST /recovery/requests/{REQUEST}/vault", SERVER.read_vault, True),
    (f"POST /recovery/requests/{REQUEST}/finish", SERVER.finish, True),
    ("GET /admin/settings", SERVER.settings_page, False),
    ("POST /admin/keys", SERVER.announce_key, False),
    ("POST /admin/invites", SERVER.invite_page, False),
    ("GET /admin/requests/pending", SERVER.pending_page, False),
    (f"GET /admin/requests/{REQUEST}", SERVER.request_page, False),
    (f"POST /admin/requests/{REQUEST}/approval", SERVER.approve, False),
    (f"POST /admin/requests/{REQUEST}/denial", SERVER.deny, False),
]
