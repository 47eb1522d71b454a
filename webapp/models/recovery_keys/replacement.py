"""The active recovery key makes place for the next: what changes, and who is told what about it."""

from typing import Any

from sqlalchemy import select

from webapp.database import db, in_transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession, SignedSuccession, verify_succession


class DisablingWaits(Exception):
    """Cloud Backups are about to be disabled: a new key would go with the others."""


def refuse_while_disabling(organisation_id: str) -> None:
    """Raises DisablingWaits."""
    if KeyRemoval.disabling(organisation_id):
        raise DisablingWaits


def activate(key: OrganisationKey, by: User, signed: SignedSuccession | None) -> None:
    """Use `key` for new backups, in the caller’s transaction with the organisation locked. `signed`: by the key whose
    place it takes; without it every member has to compare the new key’s characters.

    Raises AnotherKeyIsActive, DisablingWaits, NoSuccession.
    """
    assert in_transaction()
    refuse_while_disabling(key.organisation_id)
    former = OrganisationKey.active(key.organisation_id)
    if signed and former:
        verify_succession(former, key, signed)
    former = key.activate(by)
    if former is None:
        return
    if signed:
        KeySuccession.keep(former, key, signed)
    names: dict[str, Any] = {"name": key.name, "former": former.name}
    if signed:
        Event.append("organisation_key.replaced", key.organisation_id, actor=by, object_id=key.id, **names)
    else:
        Event.append("organisation_key.replaced_unsigned", key.organisation_id, actor=by, object_id=key.id, **names)
    Notice.give_admins(
        key.organisation_id, "key_replaced_admin", but=by.id, admin=by.name, is_signed=signed is not None, **names
    )
    for member in _who_backs_up(key.organisation_id):
        Notice.give(member, "key_replaced", admin=by.name, is_signed=signed is not None, **names)


def _who_backs_up(organisation_id: str) -> list[User]:
    query = select(User).where(User.organisation_id == organisation_id, User.disabled_at.is_(None))
    return list(db.session.scalars(query.where(User.cloud_backups_at.is_not(None)).order_by(User.id)))
