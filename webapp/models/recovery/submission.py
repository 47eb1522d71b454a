"""Whether what a browser signed asks for exactly this: a backup of this member, to a device that nobody knows yet."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from webapp import limits
from webapp.clock import parse_stamp
from webapp.crypto.exact import read_exact
from webapp.crypto.framing import Malformed
from webapp.crypto.signatures import BadSignature, verify
from webapp.crypto.wrapping import is_recipient
from webapp.database import db, in_transaction
from webapp.models.columns import is_id
from webapp.models.devices.ids import is_taken
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.refusals import Refused
from webapp.models.vaults.cloud_backup import CloudBackup

LABEL = "spare-key/v1/restore-request"
TEXTS = {"type", "origin", "organisation", "user", "request", "backup", "file_sha256"} | {
    *("device", "sign", "recipient", "browser", "organisation_key", "made_at")
}
VERSION = 2
"""One of version 1 names no recovery key. Those that were open when the second came are finished; none is taken."""


class NotAsked(Refused):
    """Nothing was asked; `code` says why."""


@dataclass(frozen=True)
class SignedRequest:
    """What came: exact text and signature from the browser; what it calls itself in the server’s words, the address it
    came from and why, by the server. Mails quote those: nobody who asks writes a sentence into them."""

    exact: str
    signature: bytes
    browser: str
    address: str
    reason: str
    mail_confirmed_at: datetime | None = None

    def fields(self) -> dict[str, Any]:
        """What it says, each field of its kind; nothing is believed yet. Raises NotAsked."""
        lists = frozenset({"successions"})
        limit = limits.RESTORE_REQUEST_CHARACTERS
        fields = read_fields(self.exact, TEXTS, lists=lists, optional=frozenset({"approvers"}), limit=limit)
        successions = fields["successions"]
        approvers = fields.get("approvers", [])
        if len(successions) > limits.SUCCESSIONS_IN_A_REQUEST or not all(_is_succession(each) for each in successions):
            raise NotAsked("request_unreadable")
        if len(approvers) > limits.APPROVERS_IN_A_REQUEST or not all(is_id(each) for each in approvers):
            raise NotAsked("request_unreadable")
        return fields

    def earlier(self, user_id: str) -> RestoreRequest | None:
        """The request that this very text made before, where an answer got lost."""
        restore_request = db.session.get(RestoreRequest, self.fields()["request"])
        return (
            restore_request
            if restore_request and (restore_request.user_id, restore_request.exact) == (user_id, self.exact)
            else None
        )

    def ask(self, user: User, origin: str) -> RestoreRequest:
        """Verify all of it, then open the request, in the caller’s transaction with `user` locked.

        Raises NotAsked, AlreadyOpen, OnHold.
        """
        assert in_transaction()
        fields = self.fields()
        ids = ("request", "backup", "device")
        sign_public = checked_key(fields, "restore-request", ids, user, origin, version=VERSION)
        try:
            verify(LABEL, self.exact.encode(), self.signature, sign_public)
        except BadSignature:
            raise NotAsked("bad_signature") from None
        _require_backup(fields, user)
        _require_fresh(fields)
        request = RestoreRequest(
            id=fields["request"],
            organisation_id=user.organisation_id,
            user_id=user.id,
            backup_id=fields["backup"],
            exact=self.exact,
            signature=self.signature,
            device_id=fields["device"],
            sign_public=sign_public,
            recipient=fields["recipient"],
            browser=self.browser,
            address=self.address,
            reason=self.reason,
            mail_confirmed_at=self.mail_confirmed_at,
        )
        request.ask()
        return request


def read_fields(
    exact: str,
    texts: set[str],
    *,
    lists: frozenset[str] = frozenset(),
    optional: frozenset[str] = frozenset(),
    limit: int = limits.SIGNED_TEXT_CHARACTERS,
) -> dict[str, Any]:
    """A signed JSON object of exactly these texts and lists, and a version; lists that are `optional` may be missing.
    Nothing in it is believed yet. Raises NotAsked."""
    try:
        fields = read_exact(exact, limit)
    except Malformed:
        raise NotAsked("request_unreadable") from None
    lists |= optional & set(fields)
    if set(fields) != texts | lists | {"v"} or type(fields["v"]) is not int:
        raise NotAsked("request_unreadable")
    if not all(_is_text(fields[name]) for name in texts) or not all(type(fields[name]) is list for name in lists):
        raise NotAsked("request_unreadable")
    return fields


def checked_key(
    fields: dict[str, Any], kind: str, ids: Sequence[str], user: User, origin: str, *, version: int = 1
) -> bytes:
    """The Ed25519 key that a new device names in what it signed, if the rest is of that kind and speaks of this member,
    this site and keys that can be used. Raises NotAsked."""
    expected = {"v": version, "type": kind, "origin": origin}
    expected |= {"organisation": user.organisation_id, "user": user.id}
    named = all(fields[name] == value for name, value in expected.items())
    whole = all(is_id(fields[name]) for name in ids)
    try:
        parse_stamp(fields["made_at"])
        sign_public = base64.b64decode(fields["sign"], validate=True)
    except (binascii.Error, ValueError):
        sign_public = b""
    once = base64.b64encode(sign_public).decode() == fields["sign"] and len(sign_public) == 32
    if not (named and whole and once and is_recipient(fields["recipient"])):
        raise NotAsked("request_unreadable")
    return sign_public


def _require_backup(fields: dict[str, Any], user: User) -> None:
    Organisation.locked(user.organisation_id)
    backup = db.session.get(CloudBackup, fields["backup"], populate_existing=True)
    if backup is None or backup.user_id != user.id or KeyRemoval.is_over_for(backup.organisation_key):
        raise NotAsked("backup_gone")
    if backup.file_sha256 != fields["file_sha256"]:
        raise NotAsked("request_unreadable")
    if backup.organisation_key.fingerprint != fields["organisation_key"]:
        raise NotAsked("backup_rewrapped")
    if backup.epoch != user.epoch:
        raise NotAsked("backup_outdated")


def _require_fresh(fields: dict[str, Any]) -> None:
    """Neither the request’s id nor its device’s was ever used, by whomever."""
    request = fields["request"]
    device = fields["device"]
    if is_taken(device) or db.session.scalar(select(exists().where(RestoreRequest.id == request))):
        raise NotAsked("request_unreadable")


def _is_succession(value: object) -> bool:
    """Whether it has the parts of a statement; browsers look at what it says."""
    if type(value) is not dict or value.keys() != {"statement", "signature"}:
        return False
    return all(isinstance(each, str) and each.isprintable() for each in value.values())


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= limits.SIGNED_FIELD_CHARACTERS and value.isprintable()
