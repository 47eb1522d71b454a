"""Why somebody is recovering: told to them in one sentence, and kept with what they ask for."""

from enum import StrEnum

from webapp.models.device import Device, DeviceState


class Reason(StrEnum):
    """`templates/recovery/words.html` has the sentence of each, for admins `templates/admin/reasons.html`."""

    UNPAIRED = "unpaired"
    """The account was recovered elsewhere, which unpaired this browser."""
    RESET = "reset"
    """The sign-in password was reset."""
    LOCK_DESTROYED = "lock_destroyed"
    """The tenth wrong PIN."""
    PIN_FORGOTTEN = "pin_forgotten"
    """The device would open, but whoever asks goes on to recovery."""
    NO_KEY = "no_key"
    """A new browser, a replaced device, cleared storage."""


def reason_at(device: Device | None) -> Reason:
    """Why recovery is the way on in the browser that proved to be `device` (None: it holds no key of the member’s)."""
    if device is None:
        return Reason.NO_KEY
    if device.state == DeviceState.UNPAIRED:
        return Reason.UNPAIRED
    if device.state == DeviceState.PRIOR:
        return Reason.RESET
    return Reason.PIN_FORGOTTEN if device.opens else Reason.LOCK_DESTROYED
