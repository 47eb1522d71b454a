"""Which ways back are open to a member now: what the doors of Account Recovery say before the click."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.models.approvers import approvers
from webapp.models.cloud_backup import CloudBackup
from webapp.models.device import Device
from webapp.models.organisation_key import OrganisationKey
from webapp.models.user import User
from webapp.models.way import PAIRING, Way
from webapp.models.way_policy import ways_off


@dataclass(frozen=True)
class WaysBack:
    """Counted for one member in one browser."""

    others: Sequence[Device]
    """Devices other than this browser that open the vault, the one used last first."""
    pairing: Sequence[Device]
    """Devices other than this browser that can show it a code, active or prior, the one used last first; none where
    the organisation doesn’t allow it."""
    left: Sequence[Device]
    """Devices other than this browser that a recovery unpairs."""
    backups: Sequence[CloudBackup]
    """Cloud backups of the present epoch, newest first."""
    former: int
    """How many cloud backups are from before the last recovery. Their keyring lacks the present vault key, so nobody
    could end the present epoch with one; the Recovery Kit of their time still opens them."""
    approvers: Sequence[str]
    """Names of the others who may approve the member’s request."""
    alone: bool
    """Whether the member is the only admin, and so approves their own request: it counts after a wait."""
    is_enabled: bool
    """Whether the organisation has a recovery key that new backups use."""
    is_switched_on: bool
    """Whether the member has switched cloud backups on."""
    kit_works: bool
    """Whether the present Recovery Kit is allowed and can prove itself; one from before kits could opens files only."""
    off: frozenset[str]
    """What the organisation has switched off."""

    @staticmethod
    def of(user: User, here: Device | None) -> "WaysBack":
        """As things stand."""
        backups = CloudBackup.of(user.id)
        current = [backup for backup in backups if backup.epoch == user.epoch]
        elsewhere = [device for device in Device.of(user.id) if here is None or device.id != here.id]
        elsewhere.sort(key=lambda device: device.last_used_at, reverse=True)
        deciding, off = approvers(user), ways_off(user.organisation_id)
        return WaysBack(
            others=[device for device in elsewhere if device.opens],
            pairing=[device for device in elsewhere if device.can_pair and PAIRING not in off],
            left=[device for device in elsewhere if device.can_pair],
            backups=current,
            former=len(backups) - len(current),
            approvers=[admin.name for admin in deciding if admin.id != user.id],
            alone=[admin.id for admin in deciding] == [user.id],
            is_enabled=OrganisationKey.active(user.organisation_id) is not None,
            is_switched_on=user.cloud_backups_at is not None,
            kit_works=user.kit_verify_key is not None and Way.RECOVERY_KIT not in off,
            off=off,
        )

    @property
    def cloud_works(self) -> bool:
        """Whether asking for a cloud backup can lead to an approval."""
        return bool(self.allows(Way.CLOUD_BACKUP) and self.backups and (self.approvers or self.alone))

    def allows(self, way: str) -> bool:
        """Whether the organisation allows this way at all."""
        return way not in self.off
