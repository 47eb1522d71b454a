"""What is gone once a recovery key is deleted: its backups, and what was kept of shares sealed to it."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.models.cloud_backup import CloudBackup
from webapp.models.former_share import FormerShare
from webapp.models.organisation_key import KeyState, OrganisationKey


def delete_keys(keys: Sequence[OrganisationKey]) -> None:
    """Delete every backup that only these keys open, in the caller’s transaction with the organisation locked. The rows
    of the keys stay: members’ vaults have their fingerprints on record."""
    assert in_transaction()
    ids = [key.id for key in keys]
    backups = select(CloudBackup.id).where(CloudBackup.organisation_key_id.in_(ids))
    shares = or_(FormerShare.organisation_key_id.in_(ids), FormerShare.backup_id.in_(backups))
    for statement in (
        delete(FormerShare).where(shares),
        delete(CloudBackup).where(CloudBackup.organisation_key_id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for key in keys:
        key.state, key.deleted_at = KeyState.DELETED, now()
        key.disabled_at = key.disabled_at or now()
