"""Devices that an admin unpairs: a laptop that was lost, and whose owner can’t get at another device of theirs.

Nobody brings them back: whoever found the laptop may hold another device, too. They can be paired anew.
"""

from collections.abc import Collection, Sequence

from webapp import limits
from webapp.clock import now
from webapp.models.device import Device, DeviceState
from webapp.models.event import Event
from webapp.models.mark import Mark, MarkKind
from webapp.models.membership import NotChanged, acting, may_manage, tell_admins
from webapp.models.notice import Notice
from webapp.models.pairing import Pairing
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.user import User


def take_devices(person: User, by: User, device_ids: Collection[str]) -> Sequence[Device]:
    """Release nothing to these devices from now on, and end their sessions: in the caller’s transaction with `person`
    locked. Returns those that were not unpaired already. Raises NotChanged.

    The admin is marked: whoever takes the devices that could object approves no request of that member.
    """
    by = acting(by, person)
    code = may_manage(by, person)
    if code:
        raise NotChanged(code)
    found = [device for device in Device.of(person.id) if device.id in device_ids]
    leaving = [device for device in found if device.state != DeviceState.UNPAIRED]
    if not leaving:
        raise NotChanged("no_device_chosen")
    Pairing.stop_open(person)
    for device in leaving:
        TabKey.forget(device_id=device.id)
        device.unpair(None, None, now() + limits.UNDO_WINDOW)
        SignIn.end_those_of(person, device.id, but="")
        facts = {"device": device.name}
        organisation = person.organisation_id
        Event.append("device.taken", organisation, actor=by, subject=person, object_id=device.id, **facts)
    Mark.put(by, person, MarkKind.UNPAIRED_DEVICES)
    names = ", ".join(device.name for device in leaving)
    Notice.give(person, "devices_taken", admin=by.name, names=names, several=len(leaving) > 1)
    tell_admins(person, by, "devices_taken", names=names)
    return leaving
