"""JSON nested so deeply that a parser gives up is malformed like any other, and no accident of the server."""

import pytest

from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.vault.devices import MadeDevice, login
from webapp import limits
from webapp.client.crypto.signatures import sign
from webapp.client.formats import cloud_backups
from webapp.client.formats.encoding import to_base64
from webapp.crypto.framing import Malformed, frame, unframe
from webapp.models.backups.upload import WrongMeta, _parsed
from webapp.models.recovery.approval import NotApproved, _read

DEEP = b"[" * 60_000
DEEP_TEXT = "[" * limits.SIGNED_TEXT_CHARACTERS


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device with a vault of one item."""
    return enrolled(alice, [login()])


def made(device: MadeDevice, key: ActiveKey) -> cloud_backups.CloudBackup:
    """A backup of the device’s vault."""
    assert device.document
    return cloud_backups.make_backup(device.document, device.account, key.key.public, device.id, device.seed)


def saying(meta: str, device: MadeDevice, backup: cloud_backups.CloudBackup) -> bytes:
    """The backup as it is uploaded, but that its metadata is `meta`, properly signed."""
    signature = to_base64(sign(device.seed, cloud_backups.LABEL, meta.encode()))
    return frame({**backup.header(), "meta": meta, "meta_signature": signature}, backup.file)


def test_as_the_header_of_a_frame() -> None:
    with pytest.raises(Malformed):
        unframe(len(DEEP).to_bytes(4, "big") + DEEP)


@pytest.mark.parametrize("path", ["/vault/file", "/backups"])
def test_as_a_framed_body(alice: Person, device: MadeDevice, path: str) -> None:
    answer = alice.signed_post(path, len(DEEP).to_bytes(4, "big") + DEEP)
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})


def test_as_a_json_body(alice: Person, device: MadeDevice) -> None:
    answer = alice.signed_post("/backups/enrolment", DEEP)
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})


def test_as_the_metadata_of_a_backup(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    answer = alice.signed_post("/backups", saying(DEEP_TEXT, device, made(device, organisation_key)))
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})


def test_metadata_with_a_name_twice_is_none(alice: Person, device: MadeDevice, organisation_key: ActiveKey) -> None:
    backup = made(device, organisation_key)
    twice = backup.meta.replace("{", '{"items":7,', 1)
    answer = alice.signed_post("/backups", saying(twice, device, backup))
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})


@pytest.mark.parametrize("exact", [DEEP.decode(), DEEP_TEXT])
def test_wherever_signed_text_is_read(exact: str) -> None:
    with pytest.raises(WrongMeta):
        _parsed(exact)
    with pytest.raises(NotApproved):
        _read(exact)
