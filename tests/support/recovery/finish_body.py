"""The body of a Finish, whichever way led to it: what a new device sends to end an epoch and begin the next."""

from collections.abc import Mapping
from typing import Any

from tests.support.vault.devices import MadeDevice
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity
from webapp.client.formats import recovery_kits
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import sha256_hex, to_base64
from webapp.crypto.framing import frame


def finish_body(
    device: MadeDevice,
    current: Mapping[str, Any],
    reference: str,
    ending_key: Identity | None,
    items: list[Item],
    **changed: Any,
) -> bytes:
    """On top of the vault file whose place is `current`, framed; `changed` replaces fields of its header. `reference`
    is the restore request, or the way; without an `ending_key` nothing is signed."""
    device.epoch, device.counter = current["next_epoch"], current["counter"] + 1
    kit = current["kit"] + 1
    file = device.write(items, base_sha256=current["sha256"], kit=kit)
    header = {
        "epoch": device.epoch,
        "counter": device.counter,
        "base_sha256": current["sha256"],
        "verify_key": to_base64(device.verify_key),
        **{name: to_base64(value) for name, value in device.lock().items()},
        "version": 1,
        "name": device.name,
        "kit": kit,
        "kit_verify_key": to_base64(recovery_kits.verify_key(device.kit, device.user)),
        "items": len(items),
        "file_sha256": sha256_hex(file),
    }
    if ending_key:
        header["ended_signature"] = to_base64(_ending(device, reference, ending_key, current["epoch"], file))
    return frame({**header, **changed}, file)


def _ending(device: MadeDevice, reference: str, key: Identity, old_epoch: int, file: bytes) -> bytes:
    ending = epochs.Ending(
        origin=device.origin,
        organisation=device.organisation,
        user=device.user,
        request=reference,
        old_epoch=old_epoch,
        new_epoch=device.epoch,
        device=device.id,
        sign=device.sign_public,
        recipient=device.recipient,
        verify_key=device.verify_key,
        file_sha256=bytes.fromhex(sha256_hex(file)),
    )
    return epochs.sign_ending(key, ending)
