"""An admin unpairs a member’s devices: a laptop was lost, say, and the member has no other device at hand.

Nobody brings such a device back: whoever found the laptop may hold another device, too. It can be paired anew.
"""

from collections.abc import Collection, Sequence

from webapp import limits
from webapp.clock import now
from webapp.models.accounts.membership import NotChanged, acting, may_manage, tell_admins
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.signin.session import Ended
from webapp.models.signin.session_end import end_those_of
from webapp.models.signin.tab_key import TabKey


def unpair_devices(person: User, by: User, device_ids: Collection[str]) -> Sequence[Device]:
    """Release nothing to these devices from now on, and end their sessions: in the caller’s transaction with `person`
    locked. Returns those that were not unpaired already. Raises NotChanged.

    The admin gets a conflict mark: whoever unpairs the devices that could object must not approve a request of that
    member.
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
        end_those_of(person, device.id, but="", why=Ended.TAKEN, by=by.name)
        facts = {"device": device.name}
        organisation = person.organisation_id
        Event.append("device.taken", organisation, actor=by, subject=person, object_id=device.id, **facts)
    ConflictMark.put(by, person, ConflictKind.UNPAIRED_DEVICES)
    names = ", ".join(device.name for device in leaving)
    Notice.give(person, "devices_taken", admin=by.name, names=names, several=len(leaving) > 1)
    tell_admins(person, by, "devices_taken", names=names)
    return leaving
