"""What “This wasn’t me” does about devices that were paired a while ago: somebody may have been tricked into it.

No device that it unpairs can bring itself back, nor be brought back by another: it carries no `unpaired_by`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.pairing import State
from webapp.models.device import Device, DeviceState
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.pairing import Pairing
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.unpairing import may_return
from webapp.models.user import User


@dataclass(frozen=True)
class PairedLately:
    """A device, the pairing it came by, and what it has unpaired that can come back."""

    device: Device
    pairing: Pairing
    has_unpaired: Sequence[Device]
    would_return: bool
    """Whether another one of these unpaired it, so that it would come back with the rest."""

    @property
    def at(self) -> datetime:
        """When it was paired."""
        return self.pairing.ended_at or self.pairing.made_at

    @property
    def is_unpaired(self) -> bool:
        """Whether it is unpaired already: by another one of these, by itself, or by the member."""
        return self.device.state == DeviceState.UNPAIRED

    @staticmethod
    def of(user: User, said_by: Device | None, but: Collection[str] = ()) -> list["PairedLately"]:
        """Those that may be taken back, the newest first; `but`: without those with these ids.

        `said_by` None: it is said by mail. An unpaired one is among them as long as something that it has unpaired can
        come back, or it would itself, with another one: neither unpairing nor destroying it undid what it had done. A
        device speaks only of those that came after it and are left, and brings none back: else a stolen device that was
        unpaired in time would return by itself. A recovery, or its undo, unpairs the devices of the epoch it ends, so
        that those which are left were paired in the present one.
        """
        pairings = {pairing.device_id: pairing for pairing in _completed(user)}
        paired = [device for device in Device.of(user.id) if device.id in pairings]
        if said_by:
            paired = [device for device in paired if device.enrolled_at > said_by.enrolled_at]
        found = [device for device in paired if device.state != DeviceState.UNPAIRED]
        if not said_by:
            found = [device for device in paired if device in found or _unpaired_by(device)]
            for device in found:  # grows meanwhile: one that was tricked in may have unpaired another one
                found += [each for each in _unpaired_by(device) if each in paired and each not in found]
        chosen = [device for device in paired if device in found and device.id not in but]
        gone = {device.id: [] if said_by else _unpaired_by(device) for device in chosen}
        back = {each.id for devices in gone.values() for each in devices}
        return [PairedLately(each, pairings[each.id], gone[each.id], each.id in back) for each in chosen]


def within_reach(
    user: User, said_by: Device | None, sign_in: SignIn | None, but: Collection[str] = ()
) -> tuple[list[PairedLately], list[PairedLately]]:
    """What is unpaired with it, and what would be. A device unpairs only where its PIN was shown in this session of the
    member: no mail brings that back, so holding a locked one is not enough."""
    found = PairedLately.of(user, said_by, but)
    if said_by is None or (sign_in and TabKey.is_open(sign_in, said_by.id)):
        return found, []
    return [], found


def take_back(user: User, paired: Sequence[PairedLately], said_with: str) -> None:
    """Unpair these, whatever has unpaired them before, and let come back what they had unpaired: in the caller’s
    transaction with `user` locked and after an undo. Whatever that has unpaired stays so, and nothing of the epoch it
    ended returns."""
    assert in_transaction()
    ids = {each.device.id for each in paired}
    leaving = [each.device for each in paired if not each.is_unpaired]
    for each in paired:
        each.device.unpaired_by = None  # no device brings it back
    for device in leaving:
        TabKey.forget(device_id=device.id)
        device.unpair(None, None, now() + limits.UNDO_WINDOW)
        Event.append("device.unpaired", user.organisation_id, subject=user, object_id=device.id)
    _tell(user, "device_unpaired", leaving, said_with)
    unpaired = (device for each in paired for device in each.has_unpaired)
    returning = [device for device in unpaired if device.id not in ids and may_return(device)]
    for device in returning:
        device.come_back(user.reset_at)
        Event.append("device.returned", user.organisation_id, subject=user, object_id=device.id)
    _tell(user, "device_returned", returning, said_with, is_prior=any(not device.is_active for device in returning))


def _tell(user: User, kind: str, devices: Sequence[Device], said_with: str, **facts: bool) -> None:
    if devices:
        names = ", ".join(device.name for device in devices)
        Notice.give(user, kind, names=names, several=len(devices) > 1, with_device="", said_with=said_with, **facts)


def _completed(user: User) -> Sequence[Pairing]:
    since = now() - limits.UNDO_WINDOW
    query = select(Pairing).where(Pairing.user_id == user.id, Pairing.state == State.COMPLETED)
    return db.session.scalars(query.where(Pairing.ended_at > since)).all()


def _unpaired_by(device: Device) -> list[Device]:
    """What else it has unpaired that can come back."""
    found = Device.of(device.user_id, DeviceState.UNPAIRED)
    return [each for each in found if each.unpaired_by == device.id != each.id and may_return(each)]
