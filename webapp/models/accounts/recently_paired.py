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
from webapp.models.accounts.unpairing import may_return
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


@dataclass(frozen=True)
class RecentlyPaired:
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
    def of(user: User, said_by: Device | None, but: Collection[str] = ()) -> list["RecentlyPaired"]:
        """The devices that a veto may unpair, the newest first; `but`: ids to leave out. `said_by`: the device that
        says it; None: a mail does.

        By mail the list includes unpaired devices, as long as a device that they unpaired can come back, or they can
        themselves: unpairing or destroying a device doesn’t undo what it did. A device that says it may unpair only
        paired devices that came after it, and it brings none back: else a stolen device that was unpaired in time would
        return by itself. A recovery or its undo unpairs the devices of the epoch it ends, so all devices that are left
        were paired in the present one.
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
        return [RecentlyPaired(each, pairings[each.id], gone[each.id], each.id in back) for each in chosen]


def within_reach(
    user: User, said_by: Device | None, sign_in: SignIn | None, but: Collection[str] = ()
) -> tuple[list[RecentlyPaired], list[RecentlyPaired]]:
    """Two lists: the devices that this veto unpairs, and those that it would unpair if the device that says it were
    unlocked. Holding a locked device is not enough, since no mail undoes this: its PIN has to be shown in this
    session."""
    recent = RecentlyPaired.of(user, said_by, but)
    if said_by is None or (sign_in and TabKey.is_open(sign_in, said_by.id)):
        return recent, []
    return [], recent


def revoke_recent(user: User, paired: Sequence[RecentlyPaired], said_with: str) -> None:
    """Unpair these devices, even if something else unpaired them before, and bring back what they had unpaired. In the
    caller’s transaction with `user` locked, after an undo if there is one: what the undo unpaired stays unpaired, and
    no device of the epoch it ended returns."""
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
    query = select(Pairing).where(Pairing.user_id == user.id, Pairing.stored_state == State.COMPLETED)
    return db.session.scalars(query.where(Pairing.ended_at > since)).all()


def _unpaired_by(device: Device) -> list[Device]:
    """What else it has unpaired that can come back."""
    devices = Device.of(device.user_id, DeviceState.UNPAIRED)
    return [each for each in devices if each.unpaired_by == device.id != each.id and may_return(each)]
