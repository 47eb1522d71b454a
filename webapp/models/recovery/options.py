"""Which ways back are open to a member now: what the doors of Account Recovery say before the click."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import and_, select

from webapp.database import db, read_once
from webapp.flows import pairing as pairings
from webapp.flows import restore_request as requests
from webapp.flows.recovery_methods import PAIRING, RecoveryMethod
from webapp.models.approval.approvers import approvers
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.pairing.method_policy import methods_off
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.clock_moves import gone
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup


@dataclass(frozen=True)
class RecoveryOptions:
    """Counted for one member in one browser. Each is read when it is asked for: few pages ask for all."""

    user: User
    here: Device | None
    """What this browser is."""

    @cached_property
    def others(self) -> Sequence[Device]:
        """Devices other than this browser that open the vault, the one used last first."""
        return [device for device in self._elsewhere if device.opens]

    @cached_property
    def pairing(self) -> Sequence[Device]:
        """Devices other than this browser that can show it a code, active or prior, the one used last first; none where
        the organisation doesn’t allow it."""
        return self.left if self.allows(PAIRING) else []

    @cached_property
    def left(self) -> Sequence[Device]:
        """Devices other than this browser that a recovery unpairs."""
        return [device for device in self._elsewhere if device.can_pair]

    @cached_property
    def backups(self) -> Sequence[CloudBackup]:
        """Cloud backups of the present epoch, newest first."""
        return [backup for backup in self._left_backups if backup.epoch == self.user.epoch]

    @property
    def former(self) -> int:
        """How many cloud backups are from before the last recovery. Their keyring lacks the present vault key, so
        nobody could end the present epoch with one; the Recovery Kit of their time still opens them."""
        return len(self._left_backups) - len(self.backups)

    @property
    def approvers(self) -> Sequence[str]:
        """Names of the others who may approve the member’s request."""
        return [admin.name for admin in self._deciding if admin.id != self.user.id]

    @property
    def deciding(self) -> Sequence[str]:
        """Ids of everybody who may approve it, for the digits that they tell back."""
        return [admin.id for admin in self._deciding]

    @property
    def alone(self) -> bool:
        """Whether the member is the only admin, and so approves their own request: it counts after a wait."""
        return self.deciding == [self.user.id]

    @property
    def is_enabled(self) -> bool:
        """Whether the organisation has a recovery key that new backups use."""
        active = OrganisationKey.active(self.user.organisation_id)
        return active is not None and active.id not in gone(self.user.organisation_id)

    @property
    def is_switched_on(self) -> bool:
        """Whether the member has switched cloud backups on."""
        return self.user.cloud_backups_at is not None

    @property
    def kit_works(self) -> bool:
        """Whether the present Recovery Kit is allowed and can prove itself; one from before kits could opens files
        only."""
        return self.user.kit_verify_key is not None and self.allows(RecoveryMethod.RECOVERY_KIT)

    @cached_property
    def _left_backups(self) -> Sequence[CloudBackup]:
        over = gone(self.user.organisation_id)
        return [backup for backup in CloudBackup.of(self.user.id) if backup.organisation_key_id not in over]

    @cached_property
    def off(self) -> frozenset[str]:
        """What the organisation has switched off."""
        return methods_off(self.user.organisation_id)

    @property
    def cloud_works(self) -> bool:
        """Whether asking for a cloud backup can lead to an approval."""
        return bool(self.allows(RecoveryMethod.CLOUD_BACKUP) and self.backups and (self.approvers or self.alone))

    def allows(self, way: str) -> bool:
        """Whether the organisation allows this way at all."""
        return way not in self.off

    @cached_property
    def _elsewhere(self) -> Sequence[Device]:
        others = (device for device in Device.of(self.user.id) if self.here is None or device.id != self.here.id)
        return sorted(others, key=lambda device: device.last_used_at, reverse=True)

    @cached_property
    def _deciding(self) -> Sequence[User]:
        return approvers(self.user)


@dataclass(frozen=True)
class UnderWay:
    """What is open in a member’s name, by which Account Recovery knows where to lead: read in one statement."""

    user_id: str

    @property
    def hold(self) -> Hold | None:
        """As `Hold.of`."""
        return _open_of(self.user_id)[0]

    @property
    def asked(self) -> RestoreRequest | None:
        """As `RestoreRequest.open_of`."""
        found = _open_of(self.user_id)[1]
        return found if found and found.is_open else None

    @property
    def pairing(self) -> Pairing | None:
        """As `Pairing.open_of`."""
        found = _open_of(self.user_id)[2]
        return found if found and found.is_open else None


@read_once
def _open_of(user_id: str) -> tuple[Hold | None, RestoreRequest | None, Pairing | None]:
    """A member has at most one of each: an index of its own keeps that."""
    open_hold = and_(Hold.user_id == User.id, Hold.lifted_at.is_(None))
    open_request = and_(RestoreRequest.user_id == User.id, RestoreRequest.stored_state.in_(requests.OPEN))
    open_pairing = and_(Pairing.user_id == User.id, Pairing.stored_state.in_(pairings.OPEN))
    query = select(Hold, RestoreRequest, Pairing).select_from(User).where(User.id == user_id)
    query = query.outerjoin(Hold, open_hold).outerjoin(RestoreRequest, open_request).outerjoin(Pairing, open_pairing)
    hold, asked, pairing = db.session.execute(query).one()
    return hold, asked, pairing
