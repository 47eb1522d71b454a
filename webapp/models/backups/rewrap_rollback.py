"""Put Back Shares: the shares from before a re-wrap replace the new ones, should those not open their backups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.models.backups.rewrap import backups_asked_for
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.refusals import Refused
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


class NotRolledBack(Refused):
    """Nothing was changed; `code` says why."""


@dataclass(frozen=True)
class Former:
    """How many backups have a share from before a re-wrap. `free`: they can have it back; `held`: an open restore
    request needs them as they are."""

    free: int
    held: int


def former_shares(key_id: str) -> Former:
    """The former shares that are sealed to this key."""
    return former_shares_of([key_id])[key_id]


def former_shares_of(key_ids: Sequence[str]) -> dict[str, Former]:
    """The same for several keys at once."""
    key_id = FormerShare.organisation_key_id
    held = CloudBackup.id.in_(backups_asked_for())
    every = func.count(FormerShare.backup_id.distinct())
    needed = func.count(case((held, FormerShare.backup_id)).distinct())
    counted = _kept(key_ids).with_only_columns(key_id, every, needed).group_by(key_id)
    found = {each: Former(kept - asked, asked) for each, kept, asked in db.session.execute(counted)}
    return dict.fromkeys(key_ids, Former(0, 0)) | found


def roll_back(by: User, key_id: str) -> int:
    """Exchange shares sealed to this disabled key with what their backups have now, `limits.PUT_BACK_BATCH` at a time,
    in the caller’s transaction; returns how many. What they have now is kept for 30 days in turn, so nothing gets lost.
    Raises NotRolledBack."""
    assert in_transaction()
    Organisation.locked(by.organisation_id)
    key = db.session.get(OrganisationKey, key_id, populate_existing=True)
    if key is None or key.organisation_id != by.organisation_id or key.state != KeyState.DISABLED:
        raise NotRolledBack("key_gone")
    if KeyRemoval.about(by.organisation_id, {key.id}):
        raise NotRolledBack("key_goes")
    free = _kept([key.id]).where(CloudBackup.id.not_in(backups_asked_for()))
    newest_last = free.order_by(FormerShare.backup_id, FormerShare.kept_until, FormerShare.id)
    shares = {share.backup_id: share for share in db.session.scalars(newest_last.limit(limits.PUT_BACK_BATCH))}
    for share in shares.values():
        backup = db.session.get_one(CloudBackup, share.backup_id, populate_existing=True)
        FormerShare.keep(backup)
        backup.organisation_key_id = key.id
        backup.share_a = share.share_a
        db.session.delete(share)
    if shares:
        names: dict[str, Any] = {"name": key.name, "number": len(shares)}
        Event.append("organisation_key.shares_put_back", by.organisation_id, actor=by, object_id=key.id, **names)
    return len(shares)


def _kept(key_ids: Sequence[str]) -> Any:
    """The former shares of these keys that are still kept, of backups that another key opens now."""
    shares = select(FormerShare).join(CloudBackup, CloudBackup.id == FormerShare.backup_id)
    sealed = shares.where(FormerShare.organisation_key_id.in_(key_ids), FormerShare.kept_until > now())
    return sealed.where(CloudBackup.organisation_key_id != FormerShare.organisation_key_id)
