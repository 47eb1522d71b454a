"""Requests and answers that carry ciphertext: signed by a device, framed, answered with codes instead of pages."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, jsonify, make_response, request

from webapp.crypto.framing import Malformed, frame, unframe
from webapp.crypto.signatures import BadSignature, request_bytes, verify
from webapp.database import db
from webapp.models import Challenge, Device, DeviceState, Hold, OwnRecovery, Pairing, RestoreRequest, TabKey
from webapp.security import me, my_sign_in

View = TypeVar("View", bound=Callable[..., Any])


class Refusal(Exception):
    """An answer with an error code that the page turns into a sentence."""

    def __init__(self, status: int, code: str, **details: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.details = details

    def response(self) -> Response:
        """`{"error": code, …}` with the status."""
        answer = jsonify(error=self.code, **self.details)
        answer.status_code = self.status
        return answer


@dataclass(frozen=True)
class Signer:
    """Who signed: a device of the member, or one on its way to be one (`device` is None)."""

    id: str
    sign_public: bytes
    device: Device | None
    request: RestoreRequest | None = None
    pairing: Pairing | None = None
    own: OwnRecovery | None = None


def signed(view: View) -> View:
    """Run the view only when a device of the member signed exactly this request; it finds the signer in `g.signer`.

    A device that is only just being made is unknown yet: the view that makes it calls `check_signature` with the key
    in the body. Raises Refusal: not_found, challenge_expired, bad_signature.
    """

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        device_id = request.headers.get("Spare-Device", "")
        signer = find_signer(device_id)
        if signer is None:
            raise Refusal(404, "not_found")
        check_signature(device_id, signer.sign_public)
        g.signer = signer
        return view(*args, **kwargs)

    return checked  # type: ignore[return-value]


def at_most(size: int) -> Callable[[View], View]:
    """Refuse what is longer before any of it is read. Goes above `@signed`, which reads it all."""

    def limited(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            request.max_content_length = size
            if (request.content_length or 0) > size:
                raise Refusal(413, "too_large")
            return view(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return limited


def find_signer(device_id: str) -> Signer | None:
    """The signed-in member’s device with this id, or the device of their newest restore request or
    pairing, or of a recovery that this session began."""
    device = db.session.get(Device, device_id)
    if device:
        return Signer(device.id, device.sign_public, device) if device.user_id == me().id else None
    asked = RestoreRequest.latest_of(me().id)
    if asked and asked.device_id == device_id:
        return Signer(device_id, asked.sign_public, None, asked)
    pairing = Pairing.latest_of(me().id)
    if pairing and pairing.device_id == device_id:
        return Signer(device_id, pairing.sign_public, None, pairing=pairing)
    own = OwnRecovery.of_session(my_sign_in().id, device_id)
    if own and own.user_id == me().id:
        return Signer(device_id, own.sign_public, None, own=own)
    return None


def signing_device() -> Device:
    """The device that signed this request, for a page without a session. Raises Refusal: who holds no key learns
    nothing, neither whether there is such a device nor whose it would be."""
    device = db.session.get(Device, request.headers.get("Spare-Device", ""))
    if device is None:
        raise Refusal(403, "bad_signature")
    check_signature(device.id, device.sign_public, signed_in=False)
    return device


def check_signature(device_id: str, public: bytes, *, signed_in: bool = True) -> None:
    """Spend the challenge of this session (or of none), then verify the headers over this request. Raises Refusal."""
    challenge = from_base64(request.headers.get("Spare-Challenge", ""))
    signature = from_base64(request.headers.get("Spare-Signature", ""))
    if not Challenge.spend(challenge, my_sign_in().id if signed_in else None):
        raise Refusal(401, "challenge_expired")
    origin = current_app.config["ORIGIN"]
    body = request_bytes(origin, request.method, request.path, device_id, challenge, request.get_data())
    try:
        verify("spare-key/v1/request", body, signature, public)
    except BadSignature:
        raise Refusal(403, "bad_signature") from None


def active_device() -> Device:
    """The active device that signed this request, whose lock its PIN can still open. Raises Refusal."""
    device = unlockable_device()
    if not device.is_active:
        raise Refusal(403, "device_not_active")
    if not device.opens:
        raise Refusal(410, "lock_destroyed")
    return device


def unlocked_device() -> Device:
    """The active device that signed this request, whose PIN was shown in this session: its key alone signs while it is
    locked, too. Raises Refusal."""
    device = active_device()
    demand_pin(device.id)
    return device


def demand_pin(device_id: str) -> None:
    """Raises Refusal where the PIN of that device was not shown in this session, or the vault was locked since."""
    if not TabKey.is_open(my_sign_in(), device_id):
        raise Refusal(403, "pin_needed")


def unlockable_device() -> Device:
    """The active or prior device that signed this request, even if its lock is destroyed: to be told so. Raises
    Refusal."""
    device: Device | None = g.signer.device
    if device is None or not may_unlock(device):
        raise Refusal(403, "device_not_active")
    return device


def may_unlock(device: Device) -> bool:
    """Whether the PIN may be tried on it: a prior device opens to pair another, or its own backup, but not while the
    account is on hold."""
    return device.is_active or (device.state == DeviceState.PRIOR and Hold.of(device.user_id) is None)


def framed_body() -> tuple[dict[str, Any], bytes]:
    """The header and the file of this request. Raises Refusal."""
    try:
        return unframe(request.get_data())
    except Malformed:
        raise Refusal(400, "malformed") from None


def json_body() -> dict[str, Any]:
    """The JSON object this request carries. Raises Refusal."""
    try:
        found = request.get_json(force=True, silent=True)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, "malformed")
    return found


def framed_answer(header: dict[str, Any], file: bytes) -> Response:
    """Framed octets as a response."""
    answer = make_response(frame(header, file))
    answer.content_type = "application/octet-stream"
    return answer


def from_base64(text: object, length: int | None = None) -> bytes:
    """The bytes of standard base64, of exactly `length` if given. Raises Refusal."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or (length is not None and len(data) != length):
        raise Refusal(400, "malformed")
    return data


def base64_of(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def kit_key_of(header: dict[str, Any]) -> bytes | None:
    """The key by which the Recovery Kit proves itself; None from a browser of before there was one. Raises Refusal."""
    return from_base64(header["kit_verify_key"], 32) if "kit_verify_key" in header else None


def text_of(header: dict[str, Any], name: str, limit: int) -> str:
    """The text under `name`, not empty and within `limit` characters. Raises Refusal."""
    value = header.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        raise Refusal(400, "malformed")
    return value


def age_file(data: bytes, limit: int) -> bytes:
    """`data`, if it can be an encrypted file of at most `limit` bytes: plaintext sent by mistake is never kept.
    Raises Refusal."""
    if len(data) > limit:
        raise Refusal(413, "too_large")
    if not data.startswith(b"age-encryption.org/v1\n"):
        raise Refusal(400, "malformed")
    return data


def number_of(header: dict[str, Any], name: str, limit: int = 2**31 - 1) -> int:
    """The whole number under `name`, from 0 to `limit`. Raises Refusal."""
    value = header.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
        raise Refusal(400, "malformed")
    return value
