"""Who of the organisation could get a vault back, and who could not: in numbers, and by name.

Every figure is counted by the database in one statement, however many people there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select

from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

NAMES_SHOWN = 8


class Gap(StrEnum):
    """What somebody lacks; `templates/admin/people/gaps.html` has the words."""

    NO_VAULT = "no_vault"
    """Nothing is there to be restored yet. The others are of people who have a vault."""
    NO_BACKUP = "no_backup"
    """No cloud backup since the last recovery."""
    STALE_BACKUP = "stale_backup"
    """The newest one is older than the vault, and than two weeks."""
    NO_DEVICE = "no_device"
    """No device opens the vault now."""
    ONE_DEVICE = "one_device"
    NO_KIT = "no_kit"
    """The Recovery Kit was not confirmed."""
    KEY_UNCONFIRMED = "key_unconfirmed"
    """They never confirmed the organisation recovery key that is in use."""


@dataclass(frozen=True)
class Exposed:
    """Somebody, and what they lack."""

    id: str
    name: str
    email: str
    gaps: Sequence[Gap]


@dataclass(frozen=True)
class Unconfirmed:
    """Somebody who recovered without comparing the recovery key, and since when no backup of theirs is made."""

    id: str
    name: str
    email: str
    since: datetime


@dataclass(frozen=True)
class Summary:
    """The organisation in numbers: of everyone who is enabled."""

    people: int
    gaps: Mapping[Gap, int]
    covered: int
    """How many lack nothing."""
    with_local_copy: int
    """How many of those without a cloud backup have a copy outside of a browser: they can help themselves."""
    exposed: Sequence[Exposed]
    """The first few of those who lack the most."""
    unconfirmed: Sequence[Unconfirmed]
    """The first few who recovered without comparing the recovery key, the longest first."""


def conditions(
    backup_at: ColumnElement[Any], saved_at: ColumnElement[Any], devices: ColumnElement[Any], fingerprint: str | None
) -> dict[Gap, ColumnElement[bool]]:
    """What each gap means in SQL, of a `User` and: when their newest cloud backup of this epoch was made, when the
    vault was last saved, how many devices open it, and the fingerprint of the organisation key in use."""
    joined = User.epoch > 0
    pin = User.cloud_backups_fingerprint
    since = User.key_unconfirmed_at
    unconfirmed = or_(pin.is_(None), pin != fingerprint, since.is_not(None)) if fingerprint else false()
    return {
        Gap.NO_VAULT: User.epoch == 0,
        Gap.NO_BACKUP: and_(joined, backup_at.is_(None)),
        Gap.STALE_BACKUP: and_(joined, backup_at < now() - limits.BACKUP_STALE, backup_at < saved_at),
        Gap.NO_DEVICE: and_(joined, func.coalesce(devices, 0) == 0),
        Gap.ONE_DEVICE: and_(joined, devices == 1),
        Gap.NO_KIT: and_(joined, User.kit_confirmed_at.is_(None)),
        Gap.KEY_UNCONFIRMED: and_(joined, unconfirmed),
    }


def conditions_each(fingerprint: str | None) -> dict[Gap, ColumnElement[bool]]:
    """The same, looked up for each person by themselves: where few are looked at."""
    backup_at = select(func.max(CloudBackup.made_at)).where(CloudBackup.user_id == User.id)
    saved_at = select(Vault.saved_at).where(Vault.user_id == User.id, Vault.epoch == User.epoch)
    devices = select(func.count()).select_from(Device).where(Device.user_id == User.id, *opening())
    return conditions(
        backup_at.where(CloudBackup.epoch == User.epoch).correlate(User).scalar_subquery(),
        saved_at.correlate(User).scalar_subquery(),
        devices.correlate(User).scalar_subquery(),
        fingerprint,
    )


def opening() -> tuple[ColumnElement[bool], ...]:
    """`Device.opens` in SQL."""
    return Device.state == DeviceState.ACTIVE, Device.lock_destroyed_at.is_(None), Device.tries_left > 0


def summary(organisation_id: str) -> Summary:
    """As things stand, in four statements."""
    key = OrganisationKey.active(organisation_id)
    found, rows, is_met = _everybody(organisation_id, key.fingerprint if key else None)
    lacking = _lacking(is_met)
    local = and_(is_met[Gap.NO_BACKUP], User.local_copy_at.is_not(None), User.local_copy_epoch == User.epoch)
    counted = [_number(is_met[gap]) for gap in Gap]
    query = select(func.count(), _number(lacking == 0), _number(local), *counted).select_from(found).where(rows)
    people, covered, with_local_copy, *gaps = db.session.execute(query).one()
    first = select(User.id, User.name, User.email, *(is_met[gap] for gap in Gap)).select_from(found).where(rows)
    first = first.where(lacking > 0, User.epoch > 0).order_by(lacking.desc(), func.lower(User.name), User.id)
    exposed = [
        Exposed(each[0], each[1], each[2], gaps_of(each[3:]))
        for each in db.session.execute(first.limit(NAMES_SHOWN)).all()
    ]
    figures = people, dict(zip(Gap, map(_whole, gaps), strict=True)), _whole(covered), _whole(with_local_copy)
    return Summary(*figures, exposed, _unconfirmed(organisation_id))


def _unconfirmed(organisation_id: str) -> list[Unconfirmed]:
    since = User.key_unconfirmed_at
    query = select(User.id, User.name, User.email, since).where(User.organisation_id == organisation_id)
    query = query.where(since.is_not(None), User.disabled_at.is_(None)).order_by(since, User.id).limit(NAMES_SHOWN)
    return [Unconfirmed(each, name, email, at) for each, name, email, at in db.session.execute(query).all() if at]


def gaps_of_person(user: User) -> list[Gap]:
    """What one person lacks."""
    key = OrganisationKey.active(user.organisation_id)
    each = conditions_each(key.fingerprint if key else None)
    return gaps_of(db.session.execute(select(*(each[gap] for gap in Gap)).where(User.id == user.id)).one())


def gaps_of(flags: Sequence[Any]) -> list[Gap]:
    """Those whose flag is set; the flags in the order of `Gap`."""
    return [gap for gap, flag in zip(Gap, flags, strict=True) if flag]


def backups_sealed_to(key_id: str) -> int:
    """How many backups an organisation recovery key opens."""
    return backups_of_keys([key_id])[key_id]


def backups_of_keys(key_ids: Sequence[str]) -> dict[str, int]:
    """The same for several keys at once."""
    key_id = CloudBackup.organisation_key_id
    counted = select(key_id, func.count()).where(key_id.in_(key_ids)).group_by(key_id)
    return dict.fromkeys(key_ids, 0) | {each: number for each, number in db.session.execute(counted)}


def members_with_backups(key_ids: Sequence[str]) -> int:
    """How many members have backups that one of these keys opens."""
    backups = CloudBackup.organisation_key_id.in_(key_ids)
    return db.session.scalar(select(func.count(CloudBackup.user_id.distinct())).where(backups)) or 0


def _everybody(
    organisation_id: str, fingerprint: str | None
) -> tuple[Any, ColumnElement[bool], dict[Gap, ColumnElement[bool]]]:
    """(what to select from, of which rows, what each gap means there): each table is read once."""
    backups = select(CloudBackup.user_id, CloudBackup.epoch, func.max(CloudBackup.made_at).label("made_at"))
    backup = backups.group_by(CloudBackup.user_id, CloudBackup.epoch).subquery()
    devices = select(Device.user_id, func.count().label("number")).where(*opening())
    device = devices.group_by(Device.user_id).subquery()
    table = User.__table__
    found = table.outerjoin(backup, and_(backup.c.user_id == User.id, backup.c.epoch == User.epoch))
    found = found.outerjoin(device, device.c.user_id == User.id)
    found = found.outerjoin(Vault.__table__, and_(Vault.user_id == User.id, Vault.epoch == User.epoch))
    rows = and_(User.organisation_id == organisation_id, User.disabled_at.is_(None))
    return found, rows, conditions(backup.c.made_at, Vault.saved_at.expression, device.c.number, fingerprint)


def _lacking(is_met: Mapping[Gap, ColumnElement[bool]]) -> ColumnElement[int]:
    """How many gaps somebody has."""
    numbers = [case((condition, 1), else_=0) for condition in is_met.values()]
    total: ColumnElement[int] = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def _number(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _whole(number: int | None) -> int:
    """A sum over no rows is None."""
    return int(number or 0)
