"""Which cloud backups of a member stay: the rule, how an organisation sets it, and what no rule pushes out."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from webapp import limits
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.policy import PolicyNotChanged, locked_by_owner
from webapp.models.user import User


@dataclass(frozen=True)
class Retention:
    """The newest `last`, one a day for `days`, one a week for `weeks`; and whatever is younger than 14 days."""

    last: int = limits.BACKUPS_KEPT[1]
    days: int = limits.BACKUP_DAYS_KEPT[1]
    weeks: int = limits.BACKUP_WEEKS_KEPT[1]

    @staticmethod
    def of(organisation: Organisation) -> "Retention":
        """As the organisation has it."""
        return Retention(organisation.backups_kept, organisation.backup_days_kept, organisation.backup_weeks_kept)

    @property
    def is_sane(self) -> bool:
        """Whether it is within the bounds."""
        bounds = (limits.BACKUPS_KEPT, limits.BACKUP_DAYS_KEPT, limits.BACKUP_WEEKS_KEPT)
        values = (self.last, self.days, self.weeks)
        return all(least <= value <= most for value, (least, _, most) in zip(values, bounds, strict=True))

    def kept(self, backups: list[tuple[str, datetime]], moment: datetime) -> set[str]:
        """Which of (id, made at) stay."""
        newest_first = sorted(backups, key=lambda backup: backup[1], reverse=True)
        keep = {backup_id for backup_id, _ in newest_first[: self.last]}
        days: set[object] = set()
        weeks: set[object] = set()
        for backup_id, made_at in newest_first:
            age = moment - made_at
            if age < limits.BACKUP_SAFE_AGE:
                keep.add(backup_id)
            if age < timedelta(days=self.days) and made_at.date() not in days:
                days.add(made_at.date())
                keep.add(backup_id)
            week = made_at.isocalendar()[:2]
            if age < timedelta(weeks=self.weeks) and week not in weeks:
                weeks.add(week)
                keep.add(backup_id)
        return keep


def change_retention(by: User, rule: Retention) -> None:
    """Set the rule and tell every other admin, in the caller’s transaction. It is applied when a member’s next backup
    is made, never before. Raises PolicyNotChanged."""
    organisation, by = locked_by_owner(by, "retention_owner")
    if not rule.is_sane:
        raise PolicyNotChanged("retention_range")
    before = Retention.of(organisation)
    if before == rule:
        return
    organisation.backups_kept, organisation.backup_days_kept = rule.last, rule.days
    organisation.backup_weeks_kept = rule.weeks
    Event.append("policy.retention_changed", organisation.id, actor=by, before=asdict(before), **asdict(rule))
    Notice.give_admins(organisation.id, "retention_changed", but=by.id, owner=by.name, **asdict(rule))
