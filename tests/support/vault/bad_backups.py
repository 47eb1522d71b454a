"""Backup files that are no good, made from a device’s own good one."""

import gzip
import json
from collections.abc import Callable

from tests.support.vault.devices import MadeDevice
from webapp.client.crypto.identities import recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.formats.encoding import to_json


def lines_of(device: MadeDevice) -> list[bytes]:
    """Manifest, signature, body and the empty end."""
    assert device.document
    return device.document.lines.split(b"\n")


def sealed(device: MadeDevice, lines: bytes) -> bytes:
    """These octets, packed, to the device’s vault key and kit."""
    return seal(gzip.compress(lines), [recipient_of(device.vault_key), recipient_of(device.kit)])


def newer(device: MadeDevice) -> bytes:
    """Of a format that comes some day."""
    manifest, *rest = lines_of(device)
    return sealed(device, b"\n".join([to_json({**json.loads(manifest), "format": 2}).encode(), *rest]))


def unsigned(device: MadeDevice) -> bytes:
    """Another body than the device signed."""
    manifest, signature, body, end = lines_of(device)
    return sealed(device, b"\n".join([manifest, signature, body.replace(b"Bank", b"Bunk"), end]))


def altered(file: bytes, place: int) -> bytes:
    """One bit of it is another."""
    changed = bytearray(file)
    changed[place] ^= 1
    return bytes(changed)


Made = Callable[[MadeDevice], bytes]
BAD: dict[str, tuple[Made, str]] = {
    "nothing in it": (lambda device: b"", "not_a_backup"),
    "not an age file": (lambda device: b"a picture, perhaps", "not_a_backup"),
    "its end is missing": (lambda device: device.file[:-20], "malformed"),
    "one byte altered": (lambda device: altered(device.file, len(device.file) // 2), "malformed"),
    "not gzip": (lambda device: seal(b"text", [recipient_of(device.kit)]), "malformed"),
    "altered and sealed again": (unsigned, "bad_signature"),
    "a newer format": (newer, "newer_format"),
    "a bomb": (lambda device: sealed(device, bytes(129 * 1024 * 1024)), "too_large"),
}
"""By what is wrong: how it is made, and the code it is refused with."""
