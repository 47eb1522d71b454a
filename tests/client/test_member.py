"""A member's device against an honest server and against one that lies."""

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.attacks.pretend_server import PretendServer
from tests.support.vault.documents import maker, note
from webapp.client.admin import Admin
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.device.state import DeviceState
from webapp.client.errors import (
    DeviceError,
    EpochEnded,
    KeyMismatch,
    LockDestroyed,
    Malformed,
    NotUnlocked,
    OlderThanSeen,
    StaleVault,
    WeakPin,
    WrongAccount,
    WrongKey,
    WrongPin,
)
from webapp.client.formats.documents import seal_document
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.recovery_kits import write_kit
from webapp.client.member import Member

PIN = "274913"


@pytest.fixture
def server() -> PretendServer:
    """A server without people."""
    return PretendServer()


@pytest.fixture
def key_file(server: PretendServer) -> bytes:
    """The organisation recovery key, made and activated."""
    return Admin(server.browser()).make_key("Key of 2026")


@pytest.fixture
def alice(server: PretendServer, key_file: bytes) -> Member:
    """Joined, with one item."""
    link = Admin(server.browser()).invite("alice@example.org", "Alice", key_file)
    member = Member(server.browser())
    member.join(link, "Alice", "a long password", PIN).add("Mail", username="alice")
    return member


def again(alice: Member, server: PretendServer) -> Member:
    """The same browser profile, locked."""
    return Member(server.browser(), alice.state)


def test_what_is_saved_is_there_after_unlocking(alice: Member, server: PretendServer) -> None:
    alice.vault.add("Bank", url="https://bank.example.org")
    alice.vault.add("Note", kind="note", notes="text")
    vault = again(alice, server).unlock(PIN)
    assert [item["title"] for item in vault.items] == ["Mail", "Bank", "Note"]


def test_what_is_deleted_leaves_a_tombstone(alice: Member) -> None:
    gone = alice.vault.items[0]["id"]
    alice.vault.save([])
    assert [entry["id"] for entry in alice.vault.opened.body["tombstones"]] == [gone]


def test_the_first_save_of_two_devices_wins(alice: Member, server: PretendServer) -> None:
    other = again(alice, server)
    other.unlock(PIN)
    alice.vault.add("first")
    with pytest.raises(StaleVault):
        other.vault.add("second")
    other.vault.load()
    other.vault.add("second")
    assert [item["title"] for item in other.vault.items] == ["Mail", "first", "second"]


def test_a_wrong_pin_says_how_many_tries_are_left(alice: Member, server: PretendServer) -> None:
    with pytest.raises(WrongPin) as wrong:
        again(alice, server).unlock("999999")
    assert wrong.value.tries_left == 9
    assert again(alice, server).unlock(PIN).items


def test_a_destroyed_lock_is_told_apart(alice: Member, server: PretendServer) -> None:
    server.account.locks.clear()
    with pytest.raises(LockDestroyed):
        again(alice, server).unlock(PIN)


def test_a_changed_pin_opens_and_the_old_one_no_longer(alice: Member, server: PretendServer) -> None:
    alice.change_pin("830526")
    assert again(alice, server).unlock("830526").items
    with pytest.raises(WrongPin):
        again(alice, server).unlock(PIN)


@pytest.mark.parametrize("pin", ["", "12345", "12345x", "112233"])
def test_a_weak_pin_is_refused(alice: Member, pin: str) -> None:
    with pytest.raises(WeakPin):
        alice.change_pin(pin)


def test_the_kit_is_confirmed_and_then_gone_from_the_vault(alice: Member) -> None:
    kit = alice.vault.kit()
    assert "# organisation: Example" in write_kit(kit)
    assert not alice.vault.confirm_kit("no")
    assert alice.vault.confirm_kit(kit.identity[-4:].lower())
    assert "identity" not in alice.vault.opened.body["keyring"]["kit"]
    with pytest.raises(NotUnlocked):
        alice.vault.kit()


def test_nothing_is_there_before_unlocking(server: PretendServer) -> None:
    member = Member(server.browser())
    for ask in (lambda: member.vault, lambda: member.device, lambda: member.recovery):
        with pytest.raises(NotUnlocked):
            ask()


def test_the_state_is_kept_in_a_file_for_its_owner_only(alice: Member, server: PretendServer, tmp_path: Path) -> None:
    path = tmp_path / "device.json"
    alice.save(path)
    alice.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Member(server.browser(), DeviceState.load(path)).unlock(PIN).items
    assert alice.device.identity not in repr(alice.device)
    path.write_text('{"more": 1}')
    with pytest.raises(Malformed):
        DeviceState.load(path)


def older(server: PretendServer) -> tuple[dict[str, Any], bytes]:
    """An answer with the vault as it is now, for later."""
    header, file = server.read_vault()
    return header, file


def test_an_older_vault_is_refused(alice: Member, server: PretendServer) -> None:
    answer = older(server)
    alice.vault.add("newer")
    server.tampers["GET /vault/file"] = lambda _: answer
    with pytest.raises(OlderThanSeen):
        again(alice, server).unlock(PIN)


def test_a_vault_of_another_epoch_is_refused(alice: Member, server: PretendServer) -> None:
    server.tampers["GET /vault/file"] = lambda answer: ({**answer[0], "epoch": 2}, answer[1])
    with pytest.raises(EpochEnded):
        again(alice, server).unlock(PIN)


def test_a_vault_of_somebody_else_is_refused(alice: Member, server: PretendServer) -> None:
    forged = maker().document([note("forged")])
    server.account.file = seal_document(forged, [recipient_of(alice.vault.vault_key)])
    with pytest.raises(WrongAccount):
        again(alice, server).unlock(PIN)


def test_another_file_than_announced_is_refused(alice: Member, server: PretendServer) -> None:
    server.tampers["GET /vault/file"] = lambda answer: (answer[0], answer[1] + b"x")
    with pytest.raises(Malformed):
        again(alice, server).unlock(PIN)


def test_a_keyslot_by_the_server_is_refused(alice: Member, server: PretendServer) -> None:
    server.tampers["POST /devices/unlock"] = lambda answer: {**answer, "server_share": to_base64(bytes(32))}
    with pytest.raises(WrongKey):
        again(alice, server).unlock(PIN)


def test_cloud_backups_are_made_with_the_key_of_the_invite_link(alice: Member, server: PretendServer) -> None:
    alice.vault.switch_on_cloud_backups()
    alice.vault.back_up()
    assert len(server.account.backups) == 1


def test_a_typed_fingerprint_does_as_well(alice: Member, server: PretendServer, key_file: bytes) -> None:
    alice.device.key_fingerprint = alice.device.joined_with = ""
    with pytest.raises(KeyMismatch):
        alice.vault.switch_on_cloud_backups()
    assert server.key
    alice.vault.switch_on_cloud_backups(server.key["fingerprint"][:16].upper())
    alice.vault.back_up()


def test_a_key_of_the_server_is_never_trusted(alice: Member, server: PretendServer) -> None:
    own = {"recipient": recipient_of(new_identity()), "sign": to_base64(maker().key.public.sign)}
    server.tampers["GET /organisation/key"] = lambda answer: {**answer, "key": {**answer["key"], **own}}
    with pytest.raises(KeyMismatch):
        alice.vault.switch_on_cloud_backups()
    server.tampers.clear()
    alice.vault.switch_on_cloud_backups()
    server.tampers["GET /organisation/key"] = lambda answer: {**answer, "key": {**answer["key"], **own}}
    with pytest.raises(KeyMismatch):
        alice.vault.back_up()
    assert not server.account.backups


def test_no_backup_is_made_before_they_are_switched_on(alice: Member, server: PretendServer) -> None:
    with pytest.raises(DeviceError):
        alice.vault.back_up()
    server.key = None
    with pytest.raises(KeyMismatch):
        alice.vault.back_up()
