"""What the fragments about recovery keys need."""

from dataclasses import dataclass
from typing import Any

from flask import abort

from webapp.database import db
from webapp.models import KeyRemoval, KeyState, KeySuccession, OrganisationKey
from webapp.models.coverage import backups_sealed_to
from webapp.models.putting_back import former_shares
from webapp.security import me

OPENING = (KeyState.ACTIVE, KeyState.DISABLED)


@dataclass(frozen=True)
class DisabledKey:
    """A key that only opens older backups: how many, and how many shares from before a re-wrap are still kept."""

    key: OrganisationKey
    backups: int
    former_shares: int
    removal: KeyRemoval | None


def key_facts(**more: Any) -> dict[str, Any]:
    """For the panel of the active key, and for a ceremony. `follows`: the one that replaces the active key."""
    organisation_id = me().organisation_id
    active = OrganisationKey.active(organisation_id)
    follows = bool(more.pop("follows", False)) and active is not None
    generated = OrganisationKey.generated_by(me())
    if generated and generated.follows_id != (active.id if active and follows else None):
        generated = None  # of a ceremony that somebody else’s put an end to
    before = active and active.follows_id and _before(active)
    return {
        "key": active,
        "backups": backups_sealed_to(active.id) if active else 0,
        "before": before,
        "follows": active if follows else None,
        "generated": generated if follows or active is None else None,
        "others": _ceremonies_of_others(organisation_id) if follows or active is None else [],
        "epoch": OrganisationKey.next_epoch(organisation_id),
        "name": "",
        "error": None,
        "proved": False,
        **more,
    }


def key_list_facts() -> dict[str, Any]:
    """For the lists of disabled keys and of what waits."""
    organisation_id = me().organisation_id
    waiting = KeyRemoval.waiting(organisation_id)
    removals = {removal.key_id: removal for removal in waiting}
    disabled = [key for key in OrganisationKey.all_of(organisation_id) if key.state == KeyState.DISABLED]
    return {
        "disabled": [
            DisabledKey(key, backups_sealed_to(key.id), former_shares(key.id).free, removals.get(key.id))
            for key in disabled
        ],
        "removals": waiting,
        "disabling": removals.get(None),
    }


def find_key(key_id: str) -> OrganisationKey:
    """The organisation’s key with this id, once its ceremony was completed and as long as it opens something."""
    KeyRemoval.carry_out_due(me().organisation_id)
    key = db.session.get(OrganisationKey, key_id)
    if key is None or key.organisation_id != me().organisation_id or key.state not in OPENING:
        abort(404)
    return key


def _before(active: OrganisationKey) -> tuple[OrganisationKey, bool] | None:
    """The key whose place the active one took, and whether it signed that."""
    former = next((key for key in OrganisationKey.all_of(me().organisation_id) if key.id == active.follows_id), None)
    return (former, KeySuccession.between(former, active) is not None) if former else None


def _ceremonies_of_others(organisation_id: str) -> list[OrganisationKey]:
    keys = OrganisationKey.all_of(organisation_id)
    return [key for key in keys if key.state == KeyState.GENERATED and key.made_by != me().id]
