"""What a backup of the database says of itself: its tables’ version, and which sealing keys it needs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webapp.crypto.sealing import Sealer

TABLES = {
    "alembic_version": ("version_num",),
    "sealing_key": ("id", "canary", "count"),
    "sealing_change": ("key_id", "change"),
}
"""Where it stands: what is read of a backup."""
Row = tuple[str | int | None, ...]


class Unusable(Exception):
    """The message is a sentence for whoever runs the server: nothing was changed, and why."""


@dataclass(frozen=True)
class Contents:
    """Of one backup."""

    revision: str
    """The last migration that ran on it."""
    canaries: dict[str, str | None]
    """Of the keys that seal something in it, by their ids."""

    @property
    def key_ids(self) -> list[str]:
        """The ids of the sealing keys without which it does not open, sorted."""
        return sorted(self.canaries)

    def lacking(self, sealer: Sealer) -> list[str]:
        """The ids of those that SEALING_KEYS does not have, or has another key under."""
        return [key_id for key_id, canary in sorted(self.canaries.items()) if not _has(sealer, key_id, canary)]


def contents_of(rows: Mapping[str, Iterable[Row]]) -> Contents:
    """What these rows of TABLES, each in the order of its columns there, say. Raises Unusable."""
    versions = [str(version) for (version,) in rows.get("alembic_version", ())]
    if len(versions) != 1:
        raise Unusable("This is no backup of Spare Key: it does not say which version of the tables it has.")
    canaries = {}
    counts = Counter[str]()
    for key_id, canary, count in rows.get("sealing_key", ()):
        canaries[str(key_id)] = None if canary is None else str(canary)
        counts[str(key_id)] += int(count or 0)
    for key_id, change in rows.get("sealing_change", ()):
        counts[str(key_id)] += int(change or 0)
    return Contents(versions[0], {key_id: canaries.get(key_id) for key_id, count in counts.items() if count > 0})


def _has(sealer: Sealer, key_id: str, canary: str | None) -> bool:
    return key_id in sealer.ids and (canary is None or sealer.opens_canary(key_id, canary))
