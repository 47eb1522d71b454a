"""Why somebody is recovering: told to them in one sentence, and kept with what they ask for."""

from enum import StrEnum

from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User


class Reason(StrEnum):
    """`templates/recovery/words.html` has the sentence of each, for admins `templates/admin/requests/reasons.html`."""

    UNPAIRED = "unpaired"
    """The account was recovered elsewhere, which unpaired this browser."""
    ADMIN_RESET = "admin_reset"
    """An admin, or the operator, reset the password."""
    OWN_RESET = "own_reset"
    """The member reset it, by mail."""
    LOCK_DESTROYED = "lock_destroyed"
    """The tenth wrong PIN."""
    PIN_FORGOTTEN = "pin_forgotten"
    """The device would open, but whoever asks goes on to recovery."""
    NO_KEY = "no_key"
    """A new browser, a replaced device, cleared storage."""


def reason_at(user: User, device: Device | None) -> Reason:
    """Why recovery is the way on in the browser that proved to be `device` (None: it holds no key of the member’s).

    After a reset that left no device active, the reset is the reason in a browser without a key, too.
    """
    if device is None:
        waits = user.reset_at is not None and not Device.of(user.id, DeviceState.ACTIVE)
        return Reason(user.reset_reason) if waits else Reason.NO_KEY
    if device.state == DeviceState.UNPAIRED:
        return Reason.UNPAIRED
    if device.state == DeviceState.PRIOR:
        return Reason(user.reset_reason)
    return Reason.PIN_FORGOTTEN if device.opens else Reason.LOCK_DESTROYED
