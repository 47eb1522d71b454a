"""Who of the organisation could get a vault back: what the Admin Portal counts and lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from webapp.database import db
from webapp.flows.restore_request import OPEN
from webapp.models.cloud_backup import CloudBackup
from webapp.models.hold import Hold
from webapp.models.restore_request import RestoreRequest
from webapp.models.sign_in import SignIn
from webapp.models.user import User

PAGE = 50
NAMES_SHOWN = 8


@dataclass(frozen=True)
class Covered:
    """A person, when they last signed in, and what there is of theirs to restore."""

    user: User
    last_sign_in: datetime | None
    newest_backup: datetime | None
    backups: int
    is_recovering: bool
    is_on_hold: bool

    @property
    def local_copy(self) -> datetime | None:
        """When they last made a copy outside of a browser, of the vault as it is since the last recovery."""
        return self.user.current_local_copy_at


@dataclass(frozen=True)
class Summary:
    """The organisation in numbers."""

    people: int
    without_backup: int
    with_local_copy: int
    """How many of those without a backup have a copy outside of a browser: they can help themselves."""
    names: Sequence[str]
    """Of the first few without a backup."""


def people(organisation_id: str, after: str | None = None) -> tuple[list[Covered], str | None]:
    """A page of everyone by name, from behind the person with id `after`; and the id the next page goes on from."""
    name = func.lower(User.name)
    query = select(
        User,
        select(func.max(SignIn.created_at)).where(SignIn.user_id == User.id).scalar_subquery(),
        select(func.max(CloudBackup.made_at)).where(CloudBackup.user_id == User.id).scalar_subquery(),
        select(func.count()).select_from(CloudBackup).where(CloudBackup.user_id == User.id).scalar_subquery(),
        exists().where(RestoreRequest.user_id == User.id, RestoreRequest.state.in_(OPEN)),
        exists().where(Hold.user_id == User.id, Hold.lifted_at.is_(None)),
    ).where(User.organisation_id == organisation_id)
    last = db.session.scalar(select(name).where(User.id == after)) if after else None
    if last is not None:
        query = query.where(or_(name > last, and_(name == last, User.id > after)))
    rows = db.session.execute(query.order_by(name, User.id).limit(PAGE + 1)).all()
    found = [Covered(*row) for row in rows[:PAGE]]
    return found, found[-1].user.id if len(rows) > PAGE else None


def summary(organisation_id: str) -> Summary:
    """Of everyone enabled: how many there are, and who has no cloud backup."""
    enabled = and_(User.organisation_id == organisation_id, User.disabled_at.is_(None))
    without = and_(enabled, ~exists().where(CloudBackup.user_id == User.id))
    by_themselves = and_(without, User.local_copy_at.is_not(None), User.local_copy_epoch == User.epoch)
    names = select(User.name).where(without).order_by(func.lower(User.name), User.id).limit(NAMES_SHOWN)
    return Summary(
        db.session.scalar(select(func.count()).select_from(User).where(enabled)) or 0,
        db.session.scalar(select(func.count()).select_from(User).where(without)) or 0,
        db.session.scalar(select(func.count()).select_from(User).where(by_themselves)) or 0,
        db.session.scalars(names).all(),
    )


def backups_sealed_to(key_id: str) -> int:
    """How many backups an organisation recovery key opens."""
    return db.session.scalar(select(func.count()).where(CloudBackup.organisation_key_id == key_id)) or 0
