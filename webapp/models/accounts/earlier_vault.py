"""Former devices: a recovery unpaired them, and their server share is still kept. While the current vault is open, the
PIN of a former device opens the earlier vault. The device stays unpaired.
"""

from dataclasses import dataclass

from webapp.clock import now
from webapp.database import db
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock, NotReleased
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


@dataclass(frozen=True)
class FormerDevice:
    """One that was a device of the archived vault of `epoch`."""

    device: Device
    epoch: int

    @property
    def versions(self) -> list[int]:
        """Which versions of its lock can be tried, newest first; none after the tenth wrong PIN."""
        return DeviceLock.versions(self.device.id)[::-1] if self.device.tries_left else []

    @staticmethod
    def of(user: User) -> list["FormerDevice"]:
        """The member’s former devices, the latest first. None during a hold: whoever is signed in may not be the
        member."""
        if Hold.of(user.id):
            return []
        stand = [undo for undo in Undo.all_of(user.id) if undo.undone_at is None]
        epochs = {undo.epoch: undo.former_epoch for undo in stand if undo.former_epoch != user.epoch}
        return [
            FormerDevice(device, epochs[device.unpaired_epoch])
            for device in Device.of(user.id, DeviceState.UNPAIRED)
            if device.unpaired_epoch in epochs and device.share_until and device.share_until > now()
        ]

    @staticmethod
    def find(user: User, device_id: str, epoch: int) -> "FormerDevice | None":
        """That device, if it opens that vault."""
        return next(
            (each for each in FormerDevice.of(user) if (each.device.id, each.epoch) == (device_id, epoch)), None
        )

    def open(
        self, version: int, proof: bytes, sign_in_id: str, try_id: str | None = None, **where: str
    ) -> tuple[bytes, bytes]:
        """(keyslot, server share) for the right proof. Tries count as they do when a device is unlocked. `where`:
        browser and address, told to the member. Raises WrongPin, LockDestroyed; NotReleased, PinNotShown as things
        stand then."""
        device_id = self.device.id
        epoch = self.epoch

        def require(user: User) -> None:
            # An undo, a reset or “This wasn’t me” may have been first.
            found = FormerDevice.find(user, device_id, epoch)
            session = SignIn.alive(sign_in_id)
            present = db.session.get(Device, session.device_id or "") if session else None
            if found is None or present is None or present.user_id != user.id or not present.opens:
                raise NotReleased
            TabKey.require(sign_in_id, present.id)
            facts = {"device": found.device.name, "number": str(epoch), **where}
            Event.append("earlier_vault.opened", user.organisation_id, actor=user, subject=user, **facts)
            Notice.give(user, "earlier_vault_opened", **facts)

        return DeviceLock.try_proof(self.device, version, proof, require, try_id)
