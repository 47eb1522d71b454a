"""Restoring from a cloud backup: the whole way, and a server that lies on it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.attacks.pretend_server import PretendServer
from tests.support.run import patience
from webapp.client.admin import Admin
from webapp.client.crypto.identities import read_identity
from webapp.client.errors import (
    BadSignature,
    DeviceError,
    ForeignBackup,
    NotUnlocked,
    RequestClosed,
    ShareMismatch,
    WrongFingerprint,
    WrongKey,
)
from webapp.client.formats.documents import open_document
from webapp.client.member import Member
from webapp.client.recovery.cloud import Recovery

PIN, NEW_PIN = "274913", "975310"


class Scene:
    """Alice with a cloud backup, who lost her browser."""

    def __init__(self) -> None:
        self.server = PretendServer()
        self.dana = Admin(self.server.browser())
        self.key_file = self.dana.make_key("Key of 2026")
        link = self.dana.invite("alice@example.org", "Alice", self.key_file)
        self.old = Member(self.server.browser())
        vault = self.old.join(link, "Alice", "a long password", PIN)
        vault.add("Mail", password="secret")
        vault.switch_on_cloud_backups()
        vault.back_up()
        self.alice = Member(self.server.browser(), name="Safari on iPhone")
        self.alice.sign_in("alice@example.org", "a long password")

    def ask(self) -> Recovery:
        """Request the newest backup."""
        return self.alice.request_restore()

    def approve(self, fingerprint: str) -> None:
        """The admin's part, and what the member types of it."""
        (request,) = self.dana.pending()
        self.alice.recovery.type_digits(self.dana.approve(request, fingerprint, self.key_file))

    def tamper(self, recovery: Recovery, what: str, change: Callable[[Any], Any]) -> None:
        """Let the server lie about `what` of this request."""
        self.server.tampers[f"POST {recovery.path}/{what}"] = change


@pytest.fixture
def scene() -> Scene:
    return Scene()


def titles(member: Member) -> list[str]:
    """What the member sees."""
    return [item["title"] for item in member.vault.items]


def test_the_whole_way(scene: Scene) -> None:
    recovery = scene.ask()
    assert recovery.poll() is None
    scene.approve(recovery.request.fingerprint)
    assert recovery.wait(0).newest
    scene.alice.finish(NEW_PIN)
    assert titles(scene.alice) == ["Mail"]
    scene.alice.vault.add("afterwards")
    assert Member(scene.server.browser(), scene.alice.state).unlock(NEW_PIN).opened.manifest["epoch"] == 2
    with pytest.raises(DeviceError):
        Member(scene.server.browser(), scene.old.state).unlock(PIN)


def test_the_newest_vault_comes_back_and_not_only_the_backup(scene: Scene) -> None:
    scene.old.vault.add("after the backup")
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    recovery.wait(0)
    scene.alice.finish(NEW_PIN)
    assert titles(scene.alice) == ["Mail", "after the backup"]


def test_a_vault_that_does_not_open_leaves_the_backup(scene: Scene) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    scene.tamper(recovery, "vault", lambda answer: (answer[0], b"nothing"))
    released = recovery.wait(0)
    assert released.newest is None
    assert released.chosen.body["items"][0]["title"] == "Mail"


def test_an_older_vault_is_not_taken_for_the_newest(scene: Scene) -> None:
    older = scene.server.read_vault()
    scene.old.vault.add("newer")
    scene.old.vault.back_up()
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    scene.tamper(recovery, "vault", lambda _: older)
    assert recovery.wait(0).newest is None


def test_finish_may_be_repeated(scene: Scene) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    recovery.wait(0)
    scene.alice.finish(NEW_PIN)
    file = scene.server.account.file
    scene.alice.finish(NEW_PIN)
    assert scene.server.account.file == file
    assert scene.server.account.epoch == 2


def test_it_goes_on_tomorrow_from_the_saved_state(scene: Scene) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    tomorrow = Member(scene.server.browser(), scene.alice.state)
    tomorrow.recovery.wait(0)
    assert tomorrow.finish(NEW_PIN).items


def test_a_new_kit_and_every_former_key_are_in_the_keyring(scene: Scene) -> None:
    kit = scene.old.vault.kit()
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    recovery.wait(0)
    vault = scene.alice.finish(NEW_PIN)
    assert [entry["epoch"] for entry in vault.opened.body["keyring"]["epochs"]] == [1, 2]
    assert vault.kit().number == kit.number + 1
    file = scene.server.account.file
    assert open_document(file, [read_identity(vault.kit().identity)]).body == vault.opened.body
    with pytest.raises(WrongKey):
        open_document(file, [read_identity(kit.identity)])


def test_a_wrong_fingerprint_approves_nothing(scene: Scene) -> None:
    scene.ask()
    with pytest.raises(WrongFingerprint):
        scene.approve("abcd efgh ijkl mnop")
    assert scene.server.account.state == "requested"


def test_a_denied_request_says_so(scene: Scene) -> None:
    recovery = scene.ask()
    scene.dana.deny(scene.dana.pending()[0], "I could not reach you.")
    with pytest.raises(RequestClosed) as closed:
        recovery.poll()
    assert closed.value.details["state"] == "denied"


def test_nothing_is_finished_before_a_release(scene: Scene) -> None:
    scene.ask()
    with pytest.raises(NotUnlocked):
        scene.alice.finish(NEW_PIN)


def test_waiting_ends(scene: Scene) -> None:
    recovery = scene.ask()
    with pytest.raises(TimeoutError):
        recovery.wait(0)


def test_waiting_goes_on_until_it_is_released(scene: Scene) -> None:
    recovery = scene.ask()
    approve = lambda _: scene.approve(recovery.request.fingerprint)  # noqa: E731
    assert recovery.wait(patience.HUNG, sleep=approve).newest


LIES: list[tuple[str, Any, type[DeviceError]]] = [
    ("approval_signature", lambda value: "A" * 86 + "==", BadSignature),
    ("approval", lambda value: value.replace('"v":1', '"v": 1'), BadSignature),
    ("wrapped", lambda value: value[:-8] + "AAAAAAA=", BadSignature),
    ("share_s", lambda value: value[:-8] + "AAAAAAA=", DeviceError),
    ("organisation_key", lambda value: {**value, "epoch": 2}, BadSignature),
]


@pytest.mark.parametrize(("name", "lie", "error"), LIES)
def test_a_changed_release_is_refused(scene: Scene, name: str, lie: Any, error: type[DeviceError]) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    scene.tamper(recovery, "release", lambda answer: ({**answer[0], name: lie(answer[0][name])}, answer[1]))
    with pytest.raises(error):
        recovery.poll()


def test_another_backup_than_asked_for_is_refused(scene: Scene) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    scene.tamper(recovery, "release", lambda answer: (answer[0], scene.server.account.file))
    with pytest.raises(DeviceError):
        recovery.poll()


def test_a_share_of_another_backup_is_refused(scene: Scene) -> None:
    scene.old.vault.back_up()
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    newer, older = scene.server.account.backups
    newer["share_s"] = older["share_s"]
    with pytest.raises(ShareMismatch):
        recovery.poll()


def test_an_admin_is_not_shown_a_request_with_swapped_keys(scene: Scene) -> None:
    told = scene.ask().request.fingerprint
    impostor = Member(scene.server.browser())
    impostor.request_restore()
    with pytest.raises(WrongFingerprint):
        scene.approve(told)


def test_an_admin_approves_no_backup_under_another_members_name(scene: Scene) -> None:
    told = scene.ask().request.fingerprint
    scene.server.account.email = "bob@example.org"
    with pytest.raises(ForeignBackup):
        scene.approve(told)
    assert scene.server.account.state == "requested"


def test_the_address_comes_from_the_opened_vault_and_no_more_from_the_server(scene: Scene) -> None:
    recovery = scene.ask()
    scene.approve(recovery.request.fingerprint)
    assert recovery.poll()
    scene.server.account.email = recovery.state.account = "bob@example.org"
    vault = scene.alice.finish(NEW_PIN)
    assert vault.opened.manifest["account"] == vault.state.account == "alice@example.org"
    vault.add("Bank")
    assert vault.opened.manifest["account"] == "alice@example.org"
