"""Requests and answers that carry ciphertext: signed by a device, framed, answered with codes instead of pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, g, request

from webapp.crypto.signatures import BadSignature, request_bytes, verify
from webapp.database import db
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.tab_key import TabKey
from webapp.web import rate_limits
from webapp.web.access import current_member, current_sign_in
from webapp.web.attempts import by_address
from webapp.web.wire import ApiError, from_base64

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Signer:
    """Who signed: a device of the member, or one on its way to be one (`device` is None)."""

    id: str
    sign_public: bytes
    device: Device | None
    request: RestoreRequest | None = None
    pairing: Pairing | None = None
    own: SelfServiceRecovery | None = None


def signed(view: View) -> View:
    """Run the view only when a device of the member signed exactly this request; it finds the signer in `g.signer`.

    A device that is only just being made is unknown yet: the view that makes it calls `check_signature` with the key
    in the body. Raises ApiError: not_found, challenge_expired, bad_signature.
    """

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        device_id = request.headers.get("Spare-Device", "")
        signer = find_signer(device_id)
        if signer is None:
            raise ApiError(404, "not_found")
        check_signature(device_id, signer.sign_public)
        g.signer = signer
        return view(*args, **kwargs)

    return checked  # type: ignore[return-value]


def find_signer(device_id: str) -> Signer | None:
    """The signed-in member’s device with this id, or the device of their newest restore request or
    pairing, or of a recovery that this session began."""
    device = db.session.get(Device, device_id)
    if device:
        return Signer(device.id, device.sign_public, device) if device.user_id == current_member().id else None
    restore_request = RestoreRequest.latest_of(current_member().id)
    if restore_request and restore_request.device_id == device_id:
        return Signer(device_id, restore_request.sign_public, None, restore_request)
    pairing = Pairing.latest_of(current_member().id)
    if pairing and pairing.device_id == device_id:
        return Signer(device_id, pairing.sign_public, None, pairing=pairing)
    own = SelfServiceRecovery.of_session(current_sign_in().id, device_id)
    if own and own.user_id == current_member().id:
        return Signer(device_id, own.sign_public, None, own=own)
    return None


def signing_device() -> Device:
    """The device that signed this request, for a page without a session. Raises ApiError: who holds no key learns
    nothing, neither whether there is such a device nor whose it would be."""
    device = db.session.get(Device, request.headers.get("Spare-Device", ""))
    if device is None:
        raise ApiError(403, "bad_signature")
    check_signature(device.id, device.sign_public, signed_in=False)
    rate_limits.give_back(
        *by_address(rate_limits.CHALLENGES)
    )  # whoever proves a key has used the challenge for what it is
    return device


def check_signature(device_id: str, public: bytes, *, signed_in: bool = True) -> None:
    """Spend the challenge of this session (or of none), then verify the headers over this request. Raises ApiError."""
    challenge = from_base64(request.headers.get("Spare-Challenge", ""))
    signature = from_base64(request.headers.get("Spare-Signature", ""))
    if not Challenge.spend(challenge, current_sign_in().id if signed_in else None):
        raise ApiError(401, "challenge_expired")
    origin = current_app.config["ORIGIN"]
    body = request_bytes(origin, request.method, request.path, device_id, challenge, request.get_data())
    try:
        verify("spare-key/v1/request", body, signature, public)
    except BadSignature:
        raise ApiError(403, "bad_signature") from None


def active_device() -> Device:
    """The active device that signed this request, whose lock its PIN can still open. Raises ApiError."""
    device = unlockable_device()
    if not device.is_active:
        raise ApiError(403, "device_not_active")
    if not device.opens:
        raise ApiError(410, "lock_destroyed")
    return device


def unlocked_device() -> Device:
    """The active device that signed this request, whose PIN was shown in this session: its key alone signs while it is
    locked, too. Raises ApiError."""
    device = active_device()
    require_pin(device.id)
    return device


def require_pin(device_id: str) -> None:
    """Raises ApiError where the PIN of that device was not shown in this session, or the vault was locked since."""
    if not TabKey.is_open(current_sign_in(), device_id):
        raise ApiError(403, "pin_needed")


def unlockable_device() -> Device:
    """The active or prior device that signed this request, even if its lock is destroyed: to be told so. Raises
    ApiError."""
    device: Device | None = g.signer.device
    if device is None or not may_unlock(device):
        raise ApiError(403, "device_not_active")
    return device


def may_unlock(device: Device) -> bool:
    """Whether its PIN may be tried. A prior device may open to pair another device or to open its own backup, but not
    while the account is on hold."""
    return device.is_active or (device.state == DeviceState.PRIOR and Hold.of(device.user_id) is None)
