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
from webapp.models.cloud_backup import CloudBackup
from webapp.models.columns import is_id
from webapp.models.device_ids import is_taken
from webapp.models.key_removal import KeyRemoval
from webapp.models.organisation import Organisation
from webapp.models.restore_request import RestoreRequest
from webapp.models.user import User

LABEL = "spare-key/v1/restore-request"
TEXTS = {"type", "origin", "organisation", "user", "request", "backup", "file_sha256"} | {
    *("device", "sign", "recipient", "browser", "made_at")
}


class NotAsked(Exception):
    """Nothing was asked; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Asking:
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
        return read_fields(self.exact, TEXTS)

    def earlier(self, user_id: str) -> RestoreRequest | None:
        """The request that this very text made before, where an answer got lost."""
        found = db.session.get(RestoreRequest, self.fields()["request"])
        return found if found and (found.user_id, found.exact) == (user_id, self.exact) else None

    def ask(self, user: User, origin: str) -> RestoreRequest:
        """Verify all of it, then open the request, in the caller’s transaction with `user` locked.

        Raises NotAsked, AlreadyOpen, OnHold.
        """
        assert in_transaction()
        fields = self.fields()
        sign_public = checked_key(fields, "restore-request", ("request", "backup", "device"), user, origin)
        try:
            verify(LABEL, self.exact.encode(), self.signature, sign_public)
        except BadSignature:
            raise NotAsked("bad_signature") from None
        _demand_backup(fields, user)
        _demand_fresh(fields)
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


def read_fields(exact: str, texts: set[str]) -> dict[str, Any]:
    """A signed JSON object of exactly these texts and a version; nothing in it is believed yet. Raises NotAsked."""
    try:
        fields = read_exact(exact, limits.SIGNED_TEXT_CHARACTERS)
    except Malformed:
        raise NotAsked("request_unreadable") from None
    found = [fields[name] for name in texts if name in fields]
    if set(fields) != texts | {"v"} or type(fields["v"]) is not int or not all(_is_text(text) for text in found):
        raise NotAsked("request_unreadable")
    return fields


def checked_key(fields: dict[str, Any], kind: str, ids: Sequence[str], user: User, origin: str) -> bytes:
    """The Ed25519 key that a new device names in what it signed, if the rest is of that kind and speaks of this member,
    this site and keys that can be used. Raises NotAsked."""
    expected = {"v": 1, "type": kind, "origin": origin}
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


def _demand_backup(fields: dict[str, Any], user: User) -> None:
    Organisation.locked(user.organisation_id)
    backup = db.session.get(CloudBackup, fields["backup"], populate_existing=True)
    if backup is None or backup.user_id != user.id or KeyRemoval.is_over_for(backup.organisation_key):
        raise NotAsked("backup_gone")
    if backup.file_sha256 != fields["file_sha256"]:
        raise NotAsked("request_unreadable")
    if backup.epoch != user.epoch:
        raise NotAsked("backup_outdated")


def _demand_fresh(fields: dict[str, Any]) -> None:
    """Neither the request’s id nor its device’s was ever used, by whomever."""
    request, device = fields["request"], fields["device"]
    if is_taken(device) or db.session.scalar(select(exists().where(RestoreRequest.id == request))):
        raise NotAsked("request_unreadable")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= limits.SIGNED_FIELD_CHARACTERS and value.isprintable()
