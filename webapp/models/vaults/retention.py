"""Which cloud backups of a member stay: the rule, and what no rule pushes out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp import limits
from webapp.models.directory.organisation import Organisation


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
