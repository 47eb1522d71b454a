"""The list of users: a page by name, found by a search, a role, a state or a gap in their coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from webapp.database import db
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import Role, User
from webapp.models.recovery.clock_moves import open_by_clock
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.reports.coverage import Gap, conditions_each, gaps_of
from webapp.models.signin.session import SignIn
from webapp.models.vaults.cloud_backup import CloudBackup

PAGE = 50


class AccountState(StrEnum):
    """How an account stands."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    ON_HOLD = "on_hold"
    RECOVERING = "recovering"
    NO_PASSWORD = "no_password"  # noqa: S105


@dataclass(frozen=True)
class Sought:
    """Which people are wanted; what is left out doesn’t matter."""

    words: str = ""
    """In their name or address."""
    role: Role | None = None
    state: AccountState | None = None
    gap: Gap | None = None

    @staticmethod
    def of(words: str, role: str, state: str, gap: str) -> "Sought":
        """From what an address says; what there isn’t is left out."""
        return Sought(
            " ".join(words.split())[:100],
            Role(role) if role in set(Role) else None,
            AccountState(state) if state in set(AccountState) else None,
            Gap(gap) if gap in set(Gap) else None,
        )


@dataclass(frozen=True)
class Listed:
    """A person, when they last signed in, what there is of theirs to restore, and what they lack."""

    user: User
    last_sign_in: datetime | None
    newest_backup: datetime | None
    backups: int
    is_recovering: bool
    is_on_hold: bool
    gaps: Sequence[Gap]

    @property
    def local_copy(self) -> datetime | None:
        """When they last made a copy outside of a browser, of the vault as it is since the last recovery."""
        return self.user.current_local_copy_at


def people(
    organisation_id: str, after: str | None = None, sought: Sought | None = None
) -> tuple[list[Listed], str | None]:
    """A page of them by name, from behind the person with id `after`; and the id the next page goes on from."""
    key = OrganisationKey.active(organisation_id)
    gaps = conditions_each(key.fingerprint if key else None)
    query = select(*_facts(), *(gaps[gap] for gap in Gap)).where(User.organisation_id == organisation_id)
    query = _narrowed(query, sought or Sought(), gaps)
    name = func.lower(User.name)
    last = select(name).where(User.id == after, User.organisation_id == organisation_id)
    last_name = db.session.scalar(last) if after else None
    if last_name is not None:
        query = query.where(tuple_(name, User.id) > (last_name, after))
    rows = db.session.execute(query.order_by(name, User.id).limit(PAGE + 1)).all()
    found = [_listed(row) for row in rows[:PAGE]]
    return found, found[-1].user.id if len(rows) > PAGE else None


def _listed(row: Sequence[Any]) -> Listed:
    user, last_sign_in, newest_backup, backups, is_recovering, is_on_hold, *gaps = row
    return Listed(user, last_sign_in, newest_backup, backups, is_recovering, is_on_hold, gaps_of(gaps))


def _facts() -> list[Any]:
    backups = CloudBackup.user_id == User.id
    return [
        User,
        select(func.max(SignIn.created_at)).where(SignIn.user_id == User.id).scalar_subquery(),
        select(func.max(CloudBackup.made_at)).where(backups).scalar_subquery(),
        select(func.count()).select_from(CloudBackup).where(backups).scalar_subquery(),
        _is_recovering(),
        _is_on_hold(),
    ]


def _narrowed(query: Select[Any], sought: Sought, gaps: dict[Gap, ColumnElement[bool]]) -> Select[Any]:
    if sought.words:
        words = sought.words.lower()
        query = query.where(or_(*(name.contains(words, autoescape=True) for name in User.searched_names())))
    if sought.role:
        query = query.where(User.role == sought.role)
    if sought.state:
        query = query.where(_state(sought.state))
    if sought.gap:
        query = query.where(gaps[sought.gap], User.disabled_at.is_(None))
    return query


def _state(state: AccountState) -> ColumnElement[bool]:
    return {
        AccountState.ENABLED: User.disabled_at.is_(None),
        AccountState.DISABLED: User.disabled_at.is_not(None),
        AccountState.ON_HOLD: _is_on_hold(),
        AccountState.RECOVERING: _is_recovering(),
        AccountState.NO_PASSWORD: and_(User.disabled_at.is_(None), User.password_hash == ""),
    }[state]


def _is_recovering() -> ColumnElement[bool]:
    return exists().where(RestoreRequest.user_id == User.id, open_by_clock())


def _is_on_hold() -> ColumnElement[bool]:
    return exists().where(Hold.user_id == User.id, Hold.lifted_at.is_(None))
