"""How the pretend server answers recoveries that need nobody's help."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.support.attacks.pretend_rows import ORIGIN, Refused, stored
from webapp.client.formats.encoding import from_base64, from_json
from webapp.client.recovery.self_service import LABEL
from webapp.crypto.framing import unframe
from webapp.crypto.signatures import finish_bytes, own_recovery_bytes, verify

if TYPE_CHECKING:
    from tests.support.attacks.pretend_server import PretendServer


def begin(server: "PretendServer", body: bytes, headers: Mapping[str, str]) -> Any:
    """The newest vault for a proof; a new account gets its place alone."""
    account, asked = server.account, from_json(body)
    account.own = asked
    server.check("/recovery/own", body, headers)
    device, way = asked["device"], asked["way"]
    if way != "new_account":
        keys = from_base64(device["sign"], 32), device["recipient"]
        exact = own_recovery_bytes(ORIGIN, (server.organisation, account.id), way, device["id"], keys)
        key = account.kit_verify_key if way == "recovery_kit" else account.verify_keys[account.epoch]
        verify(LABEL, exact, from_base64(asked["proof"], 64), key)
    place, file = server.read_vault()
    return {**place, "kit": account.epoch}, b"" if way == "new_account" else file


def finish(server: "PretendServer", body: bytes, headers: Mapping[str, str]) -> Any:
    """A new epoch with this device alone; again, the same answer."""
    header, file = unframe(body)
    account, own = server.account, server.account.own
    if account.finished == header["file_sha256"]:
        return {"next": "/recovery/done", **stored(header, headers)}
    device, way = own["device"], own["way"]
    if header["base_sha256"] != server.read_vault()[0]["sha256"]:
        raise Refused(409, "stale_vault")
    if way != "new_account":
        keys = from_base64(device["sign"], 32), device["recipient"]
        place, epochs = (ORIGIN, server.organisation, account.id, way), (account.epoch, header["epoch"])
        file_sha256 = bytes.fromhex(header["file_sha256"])
        message = finish_bytes(*place, epochs, device["id"], keys, from_base64(header["verify_key"]), file_sha256)
        signature = from_base64(header["ended_signature"], 64)
        verify("spare-key/v1/finish", message, signature, account.verify_keys[account.epoch])
    account.devices = {device["id"]: from_base64(device["sign"], 32)}
    server.begin(header, file, device["id"], header["epoch"])
    account.finished = header["file_sha256"]
    return {"next": "/recovery/done", **stored(header, headers)}


OWN_ROUTES: list[tuple[str, Callable[..., Any], bool]] = [
    ("POST /recovery/own", begin, False),
    ("POST /recovery/own/finish", finish, True),
]
