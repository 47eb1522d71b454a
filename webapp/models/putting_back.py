"""Put back: shares from before a re-wrap take the place of what it made, should that turn out not to open a backup."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.models.cloud_backup import CloudBackup
from webapp.models.event import Event
from webapp.models.former_share import FormerShare
from webapp.models.key_removal import KeyRemoval
from webapp.models.organisation import Organisation
from webapp.models.organisation_key import KeyState, OrganisationKey
from webapp.models.rewrapping import backups_asked_for
from webapp.models.user import User


class NotPutBack(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Former:
    """How many backups have a share from before a re-wrap: those that can have it back, and those that an open restore
    request needs as they are."""

    free: int
    held: int


def former_shares(key_id: str) -> Former:
    """What is kept that is sealed to this key."""
    shares = _kept(key_id).with_only_columns(func.count(FormerShare.backup_id.distinct()))
    held = CloudBackup.id.in_(backups_asked_for())
    return Former(db.session.scalar(shares.where(~held)) or 0, db.session.scalar(shares.where(held)) or 0)


def put_back(by: User, key_id: str) -> int:
    """Exchange shares sealed to this disabled key with what their backups have now, `limits.PUT_BACK_BATCH` at a time,
    in the caller’s transaction; returns how many. What they have now is kept for 30 days in turn, so nothing gets lost.
    Raises NotPutBack."""
    assert in_transaction()
    Organisation.locked(by.organisation_id)
    key = db.session.get(OrganisationKey, key_id, populate_existing=True)
    if key is None or key.organisation_id != by.organisation_id or key.state != KeyState.DISABLED:
        raise NotPutBack("key_gone")
    if KeyRemoval.about(by.organisation_id, {key.id}):
        raise NotPutBack("key_goes")
    free = _kept(key.id).where(CloudBackup.id.not_in(backups_asked_for()))
    newest_last = free.order_by(FormerShare.backup_id, FormerShare.kept_until, FormerShare.id)
    shares = {share.backup_id: share for share in db.session.scalars(newest_last.limit(limits.PUT_BACK_BATCH))}
    for share in shares.values():
        backup = db.session.get_one(CloudBackup, share.backup_id, populate_existing=True)
        FormerShare.keep(backup)
        backup.organisation_key_id, backup.share_a = key.id, share.share_a
        db.session.delete(share)
    if shares:
        names: dict[str, Any] = {"name": key.name, "number": len(shares)}
        Event.append("organisation_key.shares_put_back", by.organisation_id, actor=by, object_id=key.id, **names)
    return len(shares)


def _kept(key_id: str) -> Any:
    """Of backups that another key opens now."""
    shares = select(FormerShare).join(CloudBackup, CloudBackup.id == FormerShare.backup_id)
    sealed = shares.where(FormerShare.organisation_key_id == key_id, FormerShare.kept_until > now())
    return sealed.where(CloudBackup.organisation_key_id != key_id)
