"""Moves sealed values to the current sealing key, so that an old one can be retired."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from webapp.crypto.sealing import sealer
from webapp.database import transaction
from webapp.models import AuditKey, CloudBackup, DeviceLock, SecondFactor, TabKey
from webapp.models.audit_key import audit_key_context
from webapp.models.cloud_backup import share_s_context
from webapp.models.device_lock import server_share_context
from webapp.models.second_factor import second_factor_context
from webapp.models.tab_key import tab_key_context


def _of_lock(row: Any) -> str:
    return server_share_context(row.device_id, row.version)


def _of_backup(row: Any) -> str:
    return share_s_context(row.id)


def _of_tab(row: Any) -> str:
    return tab_key_context(row.id)


def _of_factor(row: Any) -> str:
    return second_factor_context(row.user_id)


def _of_audit_key(row: Any) -> str:
    return audit_key_context(row.organisation_id)


SEALED: tuple[tuple[InstrumentedAttribute[str], Callable[[Any], str]], ...] = (
    (DeviceLock.server_share, _of_lock),
    (CloudBackup.share_s, _of_backup),
    (TabKey.key, _of_tab),
    (SecondFactor.secret, _of_factor),
    (AuditKey.seed, _of_audit_key),
)
"""Every column that holds a sealed value, and what its row is sealed for."""

BATCH = 200


def reseal() -> int:
    """Seal everything anew that is not under the current key; how many values moved. Safe to stop and repeat."""
    return sum(_reseal_column(column, context) for column, context in SEALED)


def _reseal_column(column: InstrumentedAttribute[str], context: Callable[[Any], str]) -> int:
    moved = 0
    while True:
        with transaction() as session:
            rows = session.scalars(
                select(column.class_)
                .where(column.not_like(f"{sealer().current}:%"), column != "")
                .limit(BATCH)
                .with_for_update()
            ).all()
            for row in rows:
                data = sealer().unseal(getattr(row, column.key), context(row))
                setattr(row, column.key, sealer().seal(data, context(row)))
        if not rows:
            return moved
        moved += len(rows)
