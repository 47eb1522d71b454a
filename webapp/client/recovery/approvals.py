"""Approving a restore request, and what the asking device makes of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webapp import limits
from webapp.client.crypto.identities import Identity
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.crypto.signatures import sign, verify
from webapp.client.errors import (
    BadSignature,
    ExpiresTooLate,
    ForeignBackup,
    KeyMismatch,
    Malformed,
    OtherKeyShown,
    ShareMismatch,
    WrongAccount,
)
from webapp.client.formats.cloud_backups import SHARE_A, ShareA, open_share_a, read_meta, read_share_a
from webapp.client.formats.encoding import from_base64, from_json, moment, sha256_hex, to_base64, to_json
from webapp.client.formats.recovery_keys import OrganisationKey, PublicKey
from webapp.client.formats.restore_requests import RestoreRequest, verify_request
from webapp.client.formats.shapes import (
    Check,
    exactly,
    fingerprint,
    identifier,
    octets,
    recipient,
    require,
    sha256,
    text,
)
from webapp.clock import now, parse_stamp, stamp

LABEL = "spare-key/v1/restore-approval"
SHAPE: dict[str, Check] = {
    "v": exactly(1),
    "type": exactly("restore-approval"),
    **{name: identifier for name in ("organisation", "user", "request", "backup", "admin")},
    **{name: text for name in ("origin", "made_at", "expires_at")},
    "sign": octets(32),
    "recipient": recipient,
    **{name: sha256 for name in ("request_sha256", "file_sha256", "wrapped_sha256")},
    "organisation_key": fingerprint,
}
SHARE_S: dict[str, Check] = {"request": identifier, "backup": identifier, "share_s": octets(32)}
LONGEST = limits.REQUEST_LIFE + timedelta(hours=max(limits.APPROVAL_WAIT_HOURS)) + limits.APPROVAL_LIFE
CLOCK_SLACK = timedelta(days=1)
COPIED = ("origin", "organisation", "user", "request", "backup", "sign", "recipient", "file_sha256")


@dataclass(frozen=True)
class Approver:
    """The admin who approves, on which site, and until when the server lets an approval be good."""

    origin: str
    admin: str
    expires_at: str


@dataclass(frozen=True)
class Approval:
    """An approval: exact text, signature by the organisation key, and share A sealed to the asking device."""

    exact: str
    signature: bytes
    wrapped: bytes


def approve(request: RestoreRequest, share_a_file: bytes, key: OrganisationKey, by: Approver, account: str) -> Approval:
    """Open share A with the key file and give it to the device that asks, and to no other.

    `account` is the address of the member for whom the admin approves. Raises ForeignBackup where the share names
    another (one from before addresses were sealed names none), OtherKeyShown where the member’s browser was shown
    another key than the file’s, WrongKey or KeyMismatch where the key file isn't the one, BadSignature, Malformed,
    WrongAccount where the request is of another site or organisation, ShareMismatch where the share is of another
    backup than it names, ExpiresTooLate.
    """
    require_bounded(by.expires_at)
    fields = verify_request(request)
    if (fields["origin"], fields["organisation"]) != (by.origin, key.organisation):
        raise WrongAccount
    require_key_shown(request, key.public)
    share_a = open_share_a(share_a_file, key)
    _require_same(share_a, fields)
    named = read_meta(share_a.meta).get("account", account)
    if named != account:
        raise ForeignBackup(named)
    inside = {"request": fields["request"], **share_a.fields()}
    wrapped = seal(to_json(inside).encode(), [fields["recipient"]])
    exact = write_approval(request, wrapped, key.public, by)
    return Approval(exact, sign(key.seed, LABEL, exact.encode()), wrapped)


def require_bounded(expires_at: str) -> None:
    """Return if an approval until then is good for no longer than any may be, by this clock, which may be a day slow;
    else raise ExpiresTooLate."""
    try:
        if parse_stamp(expires_at) > now() + LONGEST + CLOCK_SLACK:
            raise ExpiresTooLate
    except ValueError as error:
        raise Malformed("no time") from error


def last_moment(approval: Mapping[str, Any]) -> str:
    """Until when an approval is good at most, whatever the admin’s page made it say; raises Malformed."""
    try:
        return stamp(min(parse_stamp(approval["expires_at"]), parse_stamp(approval["made_at"]) + LONGEST))
    except ValueError as error:
        raise Malformed("no time") from error


def require_key_shown(request: RestoreRequest, key: PublicKey) -> None:
    """Return if the member’s browser was shown this key, or made its request before requests named one; else raise
    OtherKeyShown."""
    if request.organisation_key not in ("", key.fingerprint):
        raise OtherKeyShown


def write_approval(request: RestoreRequest, wrapped: bytes, key: PublicKey, by: Approver) -> str:
    """The exact text of an approval."""
    fields = request.fields
    return to_json(
        {
            "v": 1,
            "type": "restore-approval",
            **{name: fields[name] for name in COPIED[:5]},
            "request_sha256": request.sha256,
            **{name: fields[name] for name in COPIED[5:]},
            "organisation_key": key.fingerprint,
            "wrapped_sha256": sha256_hex(wrapped),
            "admin": by.admin,
            "made_at": moment(),
            "expires_at": by.expires_at,
        }
    )


def verify_approval(approval: Approval, request: RestoreRequest, key: PublicKey) -> dict[str, Any]:
    """What an approval says, if `key`, which the request names, signed it for this very request; raises KeyMismatch,
    Malformed, BadSignature."""
    fields = require(from_json(approval.exact), SHAPE)
    asked = request.fields
    verify(key.sign, LABEL, approval.exact.encode(), approval.signature)
    expected = {
        **{name: asked[name] for name in COPIED},
        "request_sha256": request.sha256,
        "wrapped_sha256": sha256_hex(approval.wrapped),
        "organisation_key": key.fingerprint,
    }
    if any(fields[name] != value for name, value in expected.items()):
        raise BadSignature("the approval is of another request")
    if request.organisation_key not in ("", key.fingerprint):
        raise KeyMismatch
    return fields


def open_wrapped(wrapped: bytes, request: RestoreRequest, identity: Identity) -> ShareA:
    """Share A as the admin sealed it to this device; raises WrongKey, Malformed, ShareMismatch."""
    fields = require(from_json(unseal(wrapped, [identity])), {"request": identifier, **SHARE_A})
    asked = request.fields
    if fields.pop("request") != asked["request"]:
        raise ShareMismatch
    share_a = read_share_a(fields)
    _require_same(share_a, asked)
    return share_a


def open_share_s(sealed: bytes, request: RestoreRequest, identity: Identity) -> bytes:
    """Share S as the server sealed it to this device; raises WrongKey, Malformed, ShareMismatch."""
    fields = require(from_json(unseal(sealed, [identity])), SHARE_S)
    asked = request.fields
    if any(fields[name] != asked[name] for name in ("request", "backup")):
        raise ShareMismatch
    return from_base64(fields["share_s"])


def wrap_share_s(request: RestoreRequest, share_s: bytes) -> bytes:
    """Share S sealed to the asking device: what the server does, here for tests and vectors."""
    fields = request.fields
    inside = {"request": fields["request"], "backup": fields["backup"], "share_s": to_base64(share_s)}
    return seal(to_json(inside).encode(), [fields["recipient"]])


def _require_same(share_a: ShareA, asked: dict[str, Any]) -> None:
    meta = read_meta(share_a.meta)
    if any(meta[name] != asked[name] for name in ("organisation", "user", "backup", "file_sha256")):
        raise ShareMismatch
