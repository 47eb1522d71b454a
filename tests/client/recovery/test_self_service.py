"""Getting the vault back without anybody’s help: the device against a server that lies."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.attacks.pretend_server import PretendServer
from webapp.client.crypto.identities import Identity, new_identity
from webapp.client.errors import EpochEnded, Malformed, NotUnlocked, OlderThanSeen, WrongAccount, WrongKey
from webapp.client.formats.recovery_kits import verify_key
from webapp.client.member import Member

PIN, NEW_PIN = "274913", "975310"
BEGIN, FINISH = "POST /recovery/own", "POST /recovery/own/finish"


class Scene:
    """Alice with two items, who lost her browser; her backup has the first of them."""

    def __init__(self) -> None:
        self.server = PretendServer()
        self.old = Member(self.server.browser())
        vault = self.old.join("/join/token", "Alice", "a long password", PIN)
        self.kit: Identity = vault.kit().identity
        vault.add("Mail", password="secret")
        self.backup = self.server.account.file
        vault.add("Bank")
        self.alice = Member(self.server.browser(), name="Safari on iPhone")

    def lie(self, what: str, change: Callable[[Any], Any]) -> None:
        """Let the server lie in this answer."""
        self.server.tampers[what] = change

    def begin(self, way: str) -> None:
        """What a member does on this way."""
        recovery = self.alice.recover()
        if way == "kit":
            recovery.with_kit(self.kit)
        elif way == "backup":
            recovery.with_backup(self.backup, [self.kit])
        else:
            recovery.from_nothing()


@pytest.fixture
def scene() -> Scene:
    return Scene()


WAYS = pytest.mark.parametrize(
    ("way", "titles"), [("kit", ["Mail", "Bank"]), ("backup", ["Mail", "Bank"]), ("nothing", [])]
)


@WAYS
def test_the_whole_way(scene: Scene, way: str, titles: list[str]) -> None:
    scene.begin(way)
    vault = scene.alice.finish_recovery(NEW_PIN)
    assert [item["title"] for item in vault.items] == titles
    assert vault.opened.manifest["epoch"] == 2
    vault.add("afterwards")
    assert [item["title"] for item in scene.alice.unlock(NEW_PIN).items] == [*titles, "afterwards"]


@WAYS
def test_a_lost_answer_is_asked_for_again(scene: Scene, way: str, titles: list[str]) -> None:
    scene.begin(way)

    def lost(_: object) -> object:
        raise ConnectionError

    scene.lie(FINISH, lost)
    with pytest.raises(ConnectionError):
        scene.alice.finish_recovery(NEW_PIN)
    scene.server.tampers.clear()
    assert [item["title"] for item in scene.alice.finish_recovery(NEW_PIN).items] == titles
    assert scene.server.account.epoch == 2


def test_nothing_is_finished_before_it_is_begun(scene: Scene) -> None:
    with pytest.raises(NotUnlocked):
        scene.alice.recover().finish(NEW_PIN)


def test_a_vault_older_than_the_backup_is_refused(scene: Scene) -> None:
    """Whoever has the backup knows better than a server that turns the clock back."""
    newest = scene.server.account.file
    scene.lie(BEGIN, lambda answer: (answer[0], scene.backup))
    with pytest.raises(OlderThanSeen):
        scene.alice.recover().with_backup(newest, [scene.kit])


def test_a_vault_of_another_epoch_than_said_is_refused(scene: Scene) -> None:
    scene.lie(BEGIN, lambda answer: ({**answer[0], "epoch": 2}, answer[1]))
    for way in ("kit", "backup"):
        with pytest.raises(EpochEnded):
            scene.begin(way)
        with pytest.raises(NotUnlocked):
            scene.alice.finish_recovery(NEW_PIN)


@pytest.mark.parametrize("way", ["kit", "backup"])
def test_a_vault_that_the_key_does_not_open_is_refused(scene: Scene, way: str) -> None:
    other = Scene()
    scene.lie(BEGIN, lambda answer: (answer[0], other.server.account.file))
    with pytest.raises(WrongKey):
        scene.begin(way)


def test_another_members_vault_is_refused(scene: Scene) -> None:
    """It even opens with the kit, which the server somehow got to seal it to."""
    other = Scene()
    scene.kit = other.kit
    scene.server.account.kit_verify_key = verify_key(other.kit, scene.server.account.id)
    scene.lie(BEGIN, lambda answer: (answer[0], other.server.account.file))
    with pytest.raises(WrongAccount):
        scene.begin("kit")


@pytest.mark.parametrize("way", ["kit", "backup"])
def test_no_file_at_all_is_refused(scene: Scene, way: str) -> None:
    scene.lie(BEGIN, lambda answer: (answer[0], b""))
    with pytest.raises((Malformed, WrongKey)):
        scene.begin(way)


def test_a_file_that_the_kit_does_not_open_is_told_before_anything_is_sent(scene: Scene) -> None:
    with pytest.raises(WrongKey):
        scene.alice.recover().with_backup(scene.backup, [new_identity()])
    assert scene.server.account.own == {}
