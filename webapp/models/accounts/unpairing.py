"""What members do with their devices: rename, unpair, bring back, unpair for good.

Each verb runs in the caller’s transaction with the member locked and takes the device that acts, from `acting_device`.
No verb here touches a device that a recovery unpaired: only the recovery’s undo brings it back, and needs its share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.pairing import OPEN
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.session_end import end_those_of
from webapp.models.signin.tab_key import TabKey


class NotHere(Exception):
    """The session no longer belongs to a device that opens the vault, so it may change nothing."""


class CannotReturn(Exception):
    """The device stays unpaired. `by_older`: because the acting device is too new to bring it back."""

    def __init__(self, *, by_older: bool = False) -> None:
        super().__init__(by_older)
        self.by_older = by_older


@dataclass(frozen=True)
class Unpaired:
    """How an unpaired device stands."""

    device: Device
    by: Device | None
    """The device that unpaired it, or the one that a recovery made."""
    is_kept: bool
    """Whether its part of the key is still there."""
    undo: Undo | None
    """The recovery whose undo brings it back."""
    may_return: bool
    may_be_destroyed: bool

    @staticmethod
    def of(user: User) -> list["Unpaired"]:
        """The member’s unpaired devices, the latest first."""
        stack = Undo.stack_of(user)
        devices = Device.of(user.id, DeviceState.UNPAIRED)
        return [
            Unpaired(
                device=device,
                by=db.session.get(Device, device.unpaired_by or ""),
                is_kept=is_kept(device),
                undo=next((each for each in stack if each.brings_back(device)), None),
                may_return=may_return(device),
                may_be_destroyed=may_be_destroyed(device),
            )
            for device in sorted(devices, key=lambda device: device.unpaired_at or device.enrolled_at, reverse=True)
        ]


def acting_device(user: User, sign_in_id: str) -> Device:
    """The device that the session has proved to be and whose PIN was shown there, read again now that `user` is locked.
    Raises NotHere: a cookie, or a device that was left signed in, is not enough."""
    assert in_transaction()
    sign_in = SignIn.alive(sign_in_id)
    device = db.session.get(Device, sign_in.device_id or "") if sign_in else None
    if sign_in is None or device is None or device.user_id != user.id or not device.opens:
        raise NotHere
    if not TabKey.is_open(sign_in, device.id):
        raise NotHere
    return device


def rename(user: User, device: Device, name: str) -> None:
    """Give it another name. The same again changes nothing."""
    assert in_transaction()
    if device.name != name:
        facts = {"before": device.name, "after": name}
        Event.append("device.renamed", user.organisation_id, actor=user, subject=user, object_id=device.id, **facts)
        device.name = name


def unpair(user: User, by: Device, devices: Sequence[Device]) -> list[Device]:
    """Release nothing to them from now on, and end their sessions; until UNDO_WINDOW is over they can be brought back.
    Returns those that were not unpaired already. A pairing that one of them was to finish is stopped."""
    assert in_transaction()
    found = [device for device in devices if device.state != DeviceState.UNPAIRED]
    names = [device.name for device in found]
    for device in found:
        _unpair(user, by, device)
        device.share_until = now() + limits.UNDO_WINDOW
    if found:
        facts = {"names": ", ".join(names), "several": len(found) > 1, "with_device": by.name}
        Notice.give(user, "device_unpaired", **facts)
    return found


def unpair_others(user: User, by: Device) -> list[Device]:
    """Unpair all of the member’s devices but the one that acts, and stop the open pairing: no new one slips in."""
    Pairing.stop_open(user)
    return unpair(user, by, [device for device in Device.of(user.id) if device.id != by.id])


def destroy(user: User, by: Device, device: Device) -> bool:
    """Unpair it for good: its part of the key is gone at once, and its sessions end. Returns whether there was anything
    to do."""
    assert in_transaction()
    if not may_be_destroyed(device) or is_new_beside(by, device):
        return False
    if device.state != DeviceState.UNPAIRED:
        _unpair(user, by, device)
    _end_sessions(user, by, device)
    device.share_until = None
    DeviceLock.destroy(device.id)
    facts = {"names": device.name, "with_device": by.name}
    Event.append("device.destroyed", user.organisation_id, actor=user, subject=user, object_id=device.id, **facts)
    Notice.give(user, "device_destroyed", **facts)
    return True


def bring_back(user: User, by: Device, device: Device) -> bool:
    """Restore the state that it had before it was unpaired; a reset since then still counts. False: it is not unpaired.
    A new device can’t bring back what an older one unpaired: an attacker may have paired it. Raises CannotReturn."""
    assert in_transaction()
    if device.state != DeviceState.UNPAIRED:
        return False
    if not may_return(device):
        raise CannotReturn
    if is_new_beside(by, db.session.get_one(Device, device.unpaired_by)):
        raise CannotReturn(by_older=True)
    device.come_back(user.reset_at)
    facts = {"names": device.name, "with_device": by.name}
    Event.append("device.returned", user.organisation_id, actor=user, subject=user, object_id=device.id, **facts)
    Notice.give(user, "device_returned", **facts, several=False, is_prior=not device.is_active)
    return True


def is_kept(device: Device) -> bool:
    """Whether the server still keeps the share of an unpaired device."""
    return device.share_until is not None and device.share_until > now() and bool(DeviceLock.versions(device.id))


def may_return(device: Device) -> bool:
    """Whether a device of the member may bring it back: one of them unpaired it, and the vault key is as it was."""
    unpaired_at = device.unpaired_at
    if device.state != DeviceState.UNPAIRED or unpaired_at is None:
        return False
    if device.unpaired_by is None or device.unpaired_epoch is not None or not is_kept(device):
        return False
    recovered = exists().where(Undo.user_id == device.user_id)
    recovered = recovered.where(or_(Undo.made_at >= unpaired_at, Undo.undone_at >= unpaired_at))
    return not db.session.scalar(select(recovered))


def may_be_destroyed(device: Device) -> bool:
    """Whether the member may destroy what is left of it. A device that a recovery unpaired stays until the undo’s time
    is over: whoever recovered the account must not take the undo from its owner."""
    if device.state != DeviceState.UNPAIRED:
        return True
    return device.unpaired_epoch is None and bool(DeviceLock.versions(device.id))


def is_new_beside(by: Device, device: Device) -> bool:
    """Whether the acting device is newer than the other, and younger than UNDO_WINDOW. An attacker may have paired it,
    so it may unpair the older one but destroy nothing of it."""
    return device.id != by.id and device.enrolled_at < by.enrolled_at and now() - by.enrolled_at < limits.UNDO_WINDOW


def _unpair(user: User, by: Device, device: Device) -> None:
    shows_code = exists().where(Pairing.other_device_id == device.id, Pairing.stored_state.in_(OPEN))
    if db.session.scalar(select(shows_code)):
        Pairing.stop_open(user)
    TabKey.forget(device_id=device.id)
    device.unpair(by, None, None)
    _end_sessions(user, by, device)
    facts = {"names": device.name, "with_device": by.name}
    Event.append("device.unpaired", user.organisation_id, actor=user, subject=user, object_id=device.id, **facts)


def _end_sessions(user: User, by: Device, device: Device) -> None:
    """End the sessions of the device, except that of the acting device: whoever unpairs the device in use stays signed
    in."""
    end_those_of(user, device.id, but=by.id, by=by.name)
