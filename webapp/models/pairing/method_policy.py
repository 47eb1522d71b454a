"""Which recovery methods the organisation allows. Owners switch them, everybody is told, and each step of a method
checks here.

A change holds for what is under way, too: a request, pairing or recovery stops at its next step while its method is
off, and goes on if the method is allowed again in time. It can always be withdrawn.
"""

from sqlalchemy import select

from webapp.database import db, in_transaction
from webapp.flows.recovery_methods import METHOD_NAMES, MethodOff, RecoveryMethod
from webapp.models.directory.organisation import Organisation
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval


def methods_off(organisation_id: str) -> frozenset[str]:
    """What is switched off now: in a transaction whatever was loaded before, else as the request has loaded it. (What
    is stored asks once more in its transaction.)"""
    if in_transaction():
        text = db.session.scalar(select(Organisation.ways_off).where(Organisation.id == organisation_id))
    else:
        organisation = db.session.get(Organisation, organisation_id)
        text = organisation.ways_off if organisation else ""
    return frozenset((text or "").split())


def require_method(organisation_id: str, way: str) -> None:
    """Raises MethodOff where the organisation has switched this way off."""
    if way in methods_off(organisation_id):
        raise MethodOff(way)


def brings_back(way: str, organisation_id: str) -> bool:
    """Whether this way, where it is allowed, can lead back to a vault, and will next week."""
    if way == RecoveryMethod.CLOUD_BACKUP:
        goes = any(removal.key_id is None for removal in KeyRemoval.waiting(organisation_id))
        return OrganisationKey.active(organisation_id) is not None and not goes
    return way != RecoveryMethod.NEW_ACCOUNT


def other_methods(organisation_id: str) -> list[str]:
    """The allowed ways that bring a vault back without a cloud backup, in the order of the doors."""
    off = methods_off(organisation_id) | {RecoveryMethod.CLOUD_BACKUP, RecoveryMethod.NEW_ACCOUNT}
    return [way for way in METHOD_NAMES if way not in off]
