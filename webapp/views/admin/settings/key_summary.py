"""What the fragments about recovery keys need."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort

from webapp.database import db
from webapp.models.backups.rewrap_rollback import former_shares_of
from webapp.models.recovery.clock_moves import gone, is_over
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession
from webapp.models.reports.coverage import backups_of_keys, backups_sealed_to
from webapp.web.access import current_member
from webapp.web.rendering import Context

OPENING = (KeyState.ACTIVE, KeyState.DISABLED)


@dataclass(frozen=True)
class DisabledKey:
    """A key that only opens older backups: how many, and how many shares from before a re-wrap are still kept."""

    key: OrganisationKey
    backups: int
    former_shares: int
    removal: KeyRemoval | None


@dataclass(frozen=True, kw_only=True)
class Keys(Context):
    """The panel of the active key, and the ceremony of the next one."""

    key: OrganisationKey | None
    """The active one."""
    backups: int
    """How many it opens."""
    before: tuple[OrganisationKey, bool] | None
    """The key whose place it took, and whether that signed it."""
    follows: OrganisationKey | None
    """The key whose place the new one takes."""
    generated: OrganisationKey | None
    """My key that waits for its file."""
    others: Sequence[OrganisationKey]
    """Those of other admins that wait for their files."""
    epoch: int
    name: str = ""
    """As typed."""
    error: str | None = None
    proved: bool = False
    """The right file was just shown."""


@dataclass(frozen=True, kw_only=True)
class KeyList(Context):
    """The disabled keys, and the deletions that were announced."""

    disabled: Sequence[DisabledKey]
    removals: Sequence[KeyRemoval]
    """The next due first."""
    disabling: KeyRemoval | None
    """The one of all keys."""


def keys(*, follows: bool = False) -> Keys:
    """As they stand. `follows`: the ceremony is of a key that replaces the active one."""
    organisation_id = current_member().organisation_id
    active = OrganisationKey.active(organisation_id)
    if active and active.id in gone(organisation_id):
        active = None
    follows = follows and active is not None
    generated = OrganisationKey.generated_by(current_member())
    if generated and generated.follows_id != (active.id if active and follows else None):
        generated = None  # of a ceremony that somebody else’s put an end to
    return Keys(
        key=active,
        backups=backups_sealed_to(active.id) if active else 0,
        before=_before(active) if active and active.follows_id else None,
        follows=active if follows else None,
        generated=generated if follows or active is None else None,
        others=_ceremonies_of_others(organisation_id) if follows or active is None else [],
        epoch=OrganisationKey.next_epoch(organisation_id),
    )


def key_list() -> KeyList:
    """As they stand."""
    organisation_id = current_member().organisation_id
    over = gone(organisation_id)
    waiting = [removal for removal in KeyRemoval.waiting(organisation_id) if not is_over(removal)]
    removals = {removal.key_id: removal for removal in waiting}
    known = [key for key in OrganisationKey.all_of(organisation_id) if key.id not in over]
    disabled = [key for key in known if key.state == KeyState.DISABLED]
    ids = [key.id for key in disabled]
    backups = backups_of_keys(ids)
    former = former_shares_of(ids)
    return KeyList(
        disabled=[DisabledKey(key, backups[key.id], former[key.id].free, removals.get(key.id)) for key in disabled],
        removals=waiting,
        disabling=removals.get(None),
    )


def find_key(key_id: str) -> OrganisationKey:
    """The organisation’s key with this id, once its ceremony was completed and as long as it opens something."""
    key = db.session.get(OrganisationKey, key_id)
    if key is None or key.organisation_id != current_member().organisation_id or key.state not in OPENING:
        abort(404)
    if key.id in gone(key.organisation_id):
        abort(404)
    return key


def _before(active: OrganisationKey) -> tuple[OrganisationKey, bool] | None:
    """The key whose place the active one took, and whether it signed that."""
    former = next(
        (key for key in OrganisationKey.all_of(current_member().organisation_id) if key.id == active.follows_id), None
    )
    return (former, KeySuccession.between(former, active) is not None) if former else None


def _ceremonies_of_others(organisation_id: str) -> list[OrganisationKey]:
    keys = OrganisationKey.all_of(organisation_id)
    return [key for key in keys if key.state == KeyState.GENERATED and key.made_by != current_member().id]
