"""Restore requests, pairings and removals of keys by the clock: what is open by it, and what it has to move."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, text

from webapp.clock import now
from webapp.database import db
from webapp.flows.restore_request import OPEN
from webapp.models.pairing import pairing
from webapp.models.pairing.pairing import CODE_WAITS, Pairing
from webapp.models.recovery import restore_request
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.removal import KeyRemoval, RemovalState
from webapp.models.vaults.cloud_backup import CloudBackup


def open_by_clock() -> ColumnElement[bool]:
    """Restore requests that are open and not due."""
    return and_(RestoreRequest.stored_state.in_(OPEN), RestoreRequest.expires_at > now())


def overdue_requests() -> Sequence[RestoreRequest]:
    """Those that the clock has to expire, by the index of what is open."""
    query = select(RestoreRequest).where(text(restore_request.OPEN_SQL), RestoreRequest.expires_at <= now())
    return db.session.scalars(query).all()


def overdue_pairings() -> Sequence[Pairing]:
    """Those that the clock has to expire, or to take a code from, by the index of what is open."""
    lapsed = and_(Pairing.stored_state.in_(CODE_WAITS), Pairing.code_expires_at <= now())
    query = select(Pairing).where(text(pairing.OPEN_SQL), or_(Pairing.expires_at <= now(), lapsed))
    return db.session.scalars(query).all()


def is_over(removal: KeyRemoval) -> bool:
    """Whether what it removes is as good as gone: nothing holds it up, and `carry_out` is all that is missing."""
    return removal.state == RemovalState.WAITING and removal.is_due and not needed_by(removal)


def gone(organisation_id: str) -> set[str]:
    """Ids of the keys that a page shows no more, with their backups, since their removal is over: usually none."""
    return {key.id for removal in KeyRemoval.waiting(organisation_id) if is_over(removal) for key in removal.keys}


def needed_by(removal: KeyRemoval) -> Sequence[RestoreRequest]:
    """The open restore requests of backups that would go."""
    return [request for request in asked_of(removal) if request.is_open]


def asked_of(removal: KeyRemoval) -> Sequence[RestoreRequest]:
    """The same, and those that the clock has yet to expire: they hold nothing up."""
    ids = [key.id for key in removal.keys]
    backup = select(CloudBackup.id).where(CloudBackup.organisation_key_id.in_(ids))
    query = select(RestoreRequest).where(RestoreRequest.backup_id.in_(backup), RestoreRequest.stored_state.in_(OPEN))
    return db.session.scalars(query).all()
