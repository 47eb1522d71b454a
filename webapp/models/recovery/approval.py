"""Whether what an admin’s browser signed approves exactly this request, by the server’s own rows, rules and clock."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webapp import limits
from webapp.clock import now, parse_stamp, stamp
from webapp.crypto.exact import read_exact
from webapp.crypto.fingerprints import from_typed
from webapp.crypto.framing import Malformed
from webapp.crypto.signatures import BadSignature, verify
from webapp.flows.restore_request import NotYours, State
from webapp.models.approval.approvers import ApprovalStanding, approval_standing
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.refusals import Refused
from webapp.models.vaults.cloud_backup import CloudBackup

LABEL = "spare-key/v1/restore-approval"
CLOCK_SLACK = timedelta(days=1)
"""How wrong the clock of the admin’s computer may be."""
ROUNDING = timedelta(minutes=5)
SEALED_START = b"age-encryption.org/v1\n-> X25519 "


class NotApproved(Refused):
    """Nothing was approved; `code` says why."""


@dataclass(frozen=True)
class SignedApproval:
    """What came from the admin’s browser: exact text, its signature, share A re-wrapped, the fingerprint as typed."""

    exact: str
    signature: bytes
    wrapped: bytes
    typed: str


def approve(request: RestoreRequest, by: User, given: SignedApproval, origin: str) -> None:
    """Verify all of it, then make the move, in the caller’s transaction with the member locked. The same again, whose
    answer got lost, changes nothing while the request is open.

    Raises NotApproved, NotYours, IllegalMove (decided, withdrawn or expired before).
    """
    stands = approval_standing(by, request.user_id)
    if not stands.may_approve:
        raise NotYours
    if request.is_open and not request.is_due and (request.approval, request.decided_by) == (given.exact, by.id):
        return
    if request.state == State.REQUESTED:
        verify_approval(request, by, stands, given, origin)
    request.approve(by, given.exact, given.signature, given.wrapped, waits=stands == ApprovalStanding.WAITS)


def verify_approval(
    request: RestoreRequest, by: User, stands: ApprovalStanding, given: SignedApproval, origin: str
) -> None:
    """Return if the approval is of this request and no other. Raises NotApproved."""
    if not hmac.compare_digest(from_typed(given.typed).encode(), request.fingerprint.encode()):
        raise NotApproved("wrong_fingerprint")
    backup = request.backup
    if backup is None:
        raise NotApproved("backup_gone")
    named = request.named_key
    if backup.organisation_key.state == KeyState.GENERATED or named not in ("", backup.organisation_key.fingerprint):
        raise NotApproved("key_mismatch")
    try:
        verify(LABEL, given.exact.encode(), given.signature, backup.organisation_key.sign_public)
    except BadSignature:
        raise NotApproved("bad_signature") from None
    fields = _read(given.exact)
    _check_times(str(fields.pop("made_at", "")), str(fields.pop("expires_at", "")), life_of(request, stands))
    if not _same(fields, _expected(request, backup, backup.organisation_key, by, given.wrapped, origin)):
        raise NotApproved("wrong_approval")
    if not given.wrapped.startswith(SEALED_START):
        raise NotApproved("wrong_approval")


def life_of(request: RestoreRequest, stands: ApprovalStanding) -> timedelta:
    """How long an approval of an admin who stands so is signed for. One that waits outlives the longest way of the
    member’s notice, the wait after it, and the time to use it."""
    if stands != ApprovalStanding.WAITS:
        return limits.APPROVAL_LIFE
    return limits.REQUEST_LIFE + timedelta(hours=hours_to_wait(request)) + limits.APPROVAL_LIFE


def hours_to_wait(request: RestoreRequest) -> int:
    """The wait of an approval given now: what the organisation asks for, or asked for when the request was made."""
    return max(request.wait_hours, request.user.organisation.approval_wait_hours)


def latest_expiry(life: timedelta = limits.APPROVAL_LIFE) -> str:
    """The `expires_at` for an approval signed now."""
    return stamp(now() + life)


def _expected(
    request: RestoreRequest, backup: CloudBackup, key: OrganisationKey, by: User, wrapped: bytes, origin: str
) -> dict[str, Any]:
    return {
        "v": 1,
        "type": "restore-approval",
        "origin": origin,
        "organisation": request.organisation_id,
        "user": request.user_id,
        "request": request.id,
        "backup": backup.id,
        "request_sha256": hashlib.sha256(request.exact.encode()).hexdigest(),
        "sign": base64.b64encode(request.sign_public).decode(),
        "recipient": request.recipient,
        "file_sha256": backup.file_sha256,
        "organisation_key": key.fingerprint,
        "wrapped_sha256": hashlib.sha256(wrapped).hexdigest(),
        "admin": by.id,
    }


def _same(fields: dict[str, Any], expected: dict[str, Any]) -> bool:
    """No field more, none less, each of the same kind (`True` is not 1)."""
    return fields == expected and all(type(value) is type(expected[name]) for name, value in fields.items())


def _read(exact: str) -> dict[str, Any]:
    try:
        return read_exact(exact, limits.SIGNED_TEXT_CHARACTERS)
    except Malformed:
        raise NotApproved("wrong_approval") from None


def _check_times(made_at: str, expires_at: str, life: timedelta) -> None:
    """`expires_at` is what the server gave out; `made_at` is the admin’s own clock, which may be a little wrong.

    One signed for less than a wait may take would end before it counts: the page was from before there was a wait.
    """
    try:
        made = parse_stamp(made_at)
        expires = parse_stamp(expires_at)
    except ValueError:
        raise NotApproved("wrong_approval") from None
    least = now() + (life - limits.APPROVAL_LIFE)
    if not least < expires <= now() + life + ROUNDING:
        raise NotApproved("wrong_approval")
    if abs(made - now()) > CLOCK_SLACK:
        raise NotApproved("wrong_clock")
