"""Former devices: what a recovery unpaired, as long as their share is kept. Where the vault of now is open, the PIN of
one opens the vault that it was a device of. It stays unpaired.
"""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.clock import now
from webapp.database import db
from webapp.models.device import Device, DeviceState
from webapp.models.device_lock import DeviceLock, NotReleased
from webapp.models.event import Event
from webapp.models.hold import Hold
from webapp.models.notice import Notice
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.undo import Undo
from webapp.models.user import User


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
        """All that the member has, the latest first. A hold keeps them shut: whoever is signed in may not be the
        member."""
        if Hold.of(user.id):
            return []
        ended = select(Undo.epoch, Undo.former_epoch).where(Undo.user_id == user.id, Undo.undone_at.is_(None))
        epochs = {began: former for began, former in db.session.execute(ended) if former != user.epoch}
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

    def open(self, version: int, proof: bytes, sign_in_id: str, **where: str) -> tuple[bytes, bytes]:
        """(keyslot, server share) for the right proof; counted as where a device is unlocked. `where`: browser and
        address, told to the member. Raises WrongPin, LockDestroyed; NotReleased, PinNotShown as things stand then."""
        device_id, epoch = self.device.id, self.epoch

        def demand(user: User) -> None:
            # An undo, a reset or “This wasn’t me” may have been first.
            found, session = FormerDevice.find(user, device_id, epoch), SignIn.alive(sign_in_id)
            present = db.session.get(Device, session.device_id or "") if session else None
            if found is None or present is None or present.user_id != user.id or not present.opens:
                raise NotReleased
            TabKey.demand(sign_in_id, present.id)
            facts = {"device": found.device.name, "number": str(epoch), **where}
            Event.append("earlier_vault.opened", user.organisation_id, actor=user, subject=user, **facts)
            Notice.give(user, "earlier_vault_opened", **facts)

        return DeviceLock.try_proof(self.device, version, proof, demand)
