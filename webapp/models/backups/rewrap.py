"""Re-wrap: share A of every backup of a disabled key, opened and sealed to the active key in an admin’s browser.

The server can’t look into a sealed share. It takes what both key files signed, one share for exactly the one it has,
and keeps the former for a while.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from webapp import limits
from webapp.clock import now, parse_stamp
from webapp.crypto.exact import read_exact
from webapp.crypto.framing import Malformed
from webapp.crypto.signatures import BadSignature, verify
from webapp.database import db, in_transaction
from webapp.models.columns import is_id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.recovery.approval import CLOCK_SLACK, SEALED_START
from webapp.models.recovery.clock_moves import open_by_clock
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.succession import KeySuccession, NoSuccession, SignedSuccession, verify_succession
from webapp.models.refusals import Refused
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare

LABEL = "spare-key/v1/rewrap"
SHARE = {"backup", "former_sha256", "sha256"}


class NotRewrapped(Refused):
    """Nothing was changed; `code` says why."""


@dataclass(frozen=True)
class SignedRewrap:
    """What came: exact text, its signatures by the active and by the former key, the shares by their SHA-256, and the
    former key’s statement that the active one takes its place."""

    exact: str
    signature: bytes
    former_signature: bytes
    shares: Mapping[str, bytes]
    succession: SignedSuccession


@dataclass
class Rewrapped:
    """Ids of backups. Held: an open restore request needs the former key. Gone: deleted, or re-wrapped by another."""

    done: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def left(key_id: str, after: str = "") -> Sequence[CloudBackup]:
    """The next backups that the key opens, by id."""
    query = select(CloudBackup).where(CloudBackup.organisation_key_id == key_id, CloudBackup.id > after)
    return db.session.scalars(query.order_by(CloudBackup.id).limit(limits.REWRAP_BATCH)).all()


def held_backups(key_id: str) -> int:
    """How many of them an open restore request needs: those wait until it is over."""
    query = select(func.count()).select_from(CloudBackup).where(CloudBackup.organisation_key_id == key_id)
    return db.session.scalar(query.where(CloudBackup.id.in_(backups_asked_for()))) or 0


def rewrap(by: User, former_id: str, sent: SignedRewrap, origin: str) -> Rewrapped:
    """Verify all of it, then put the new shares in the place of the former, in the caller’s transaction. Raises
    NotRewrapped."""
    assert in_transaction()
    Organisation.locked(by.organisation_id)
    former = db.session.get(OrganisationKey, former_id, populate_existing=True)
    following = OrganisationKey.active(by.organisation_id)
    if former is None or former.organisation_id != by.organisation_id or former.state != KeyState.DISABLED:
        raise NotRewrapped("key_gone")
    if following is None:
        raise NotRewrapped("no_active_key")
    listed = _require_signed(by, former, following, sent, origin)
    outcome = Rewrapped()
    needed = set(db.session.scalars(backups_asked_for()))
    replaced = 0
    for share in listed:
        backup = db.session.get(CloudBackup, share["backup"], populate_existing=True)
        present = backup and (backup.organisation_key_id, hashlib.sha256(backup.share_a).hexdigest())
        if backup is None or present not in ((following.id, share["sha256"]), (former.id, share["former_sha256"])):
            outcome.gone.append(share["backup"])
        elif backup.organisation_key_id == former.id and backup.id in needed:
            outcome.held.append(backup.id)
        else:
            outcome.done.append(backup.id)
            replaced += _replace(backup, former, following, sent.shares[share["sha256"]])
    if replaced:  # for no more than the statement it takes a share that both files open
        named: dict[str, Any] = {"actor": by, "object_id": former.id, "name": former.name, "after": following.name}
        if KeySuccession.keep(former, following, sent.succession):
            Event.append("organisation_key.vouched", by.organisation_id, **named)
        Event.append("organisation_key.rewrapped", by.organisation_id, number=replaced, **named)
    return outcome


def _replace(backup: CloudBackup, former: OrganisationKey, following: OrganisationKey, share_a: bytes) -> bool:
    """False: the same upload again, which finds it done."""
    if backup.organisation_key_id != former.id:
        return False
    FormerShare.keep(backup)
    backup.organisation_key_id = following.id
    backup.share_a = share_a
    db.session.flush()
    return True


def _require_signed(
    by: User, former: OrganisationKey, following: OrganisationKey, sent: SignedRewrap, origin: str
) -> list[dict[str, str]]:
    """The shares that both keys signed for. Raises NotRewrapped."""
    try:
        verify(LABEL, sent.exact.encode(), sent.signature, following.sign_public)
        verify(LABEL, sent.exact.encode(), sent.former_signature, former.sign_public)
        verify_succession(former, following, sent.succession)
    except (BadSignature, NoSuccession):
        raise NotRewrapped("bad_signature") from None
    try:
        fields = read_exact(sent.exact, limits.SIGNED_TEXT_CHARACTERS)
        made_at = parse_stamp(str(fields.pop("made_at", "")))
        shares = fields.pop("shares", None)
    except (Malformed, ValueError):
        raise NotRewrapped("malformed") from None
    expected = {
        "v": 1,
        "type": "rewrap",
        "origin": origin,
        "organisation": by.organisation_id,
        "admin": by.id,
        "former": former.fingerprint,
        "next": following.fingerprint,
    }
    if fields != expected or type(fields["v"]) is not int or not _are_shares(shares, sent.shares):
        raise NotRewrapped("malformed")
    if abs(made_at - now()) > CLOCK_SLACK:
        raise NotRewrapped("wrong_clock")
    return list(shares)


def _are_shares(shares: Any, files: Mapping[str, bytes]) -> bool:
    """Whether each entry names a backup and the hashes of its present and its new share, and the new share was sent and
    is sealed."""
    if not isinstance(shares, list) or not 0 < len(shares) <= limits.REWRAP_BATCH:
        return False
    for share in shares:
        if not isinstance(share, dict) or set(share) != SHARE or not is_id(share["backup"]):
            return False
        if not all(re.fullmatch("[0-9a-f]{64}", str(share[name])) for name in SHARE - {"backup"}):
            return False
        if not files.get(str(share["sha256"]), b"").startswith(SEALED_START):
            return False
    return len({share["backup"] for share in shares}) == len(shares)


def backups_asked_for() -> Any:
    """A query: the ids of backups that an open restore request needs."""
    asked = select(RestoreRequest.backup_id).where(open_by_clock())
    return asked.where(RestoreRequest.backup_id.is_not(None))
