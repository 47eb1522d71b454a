"""The product’s whole promise in one journey, from an empty database; and a search for what must not have leaked."""

import json
import re
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.attacks import leaks
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import CHROMIUM_ARGUMENTS, SETTINGS, Complaints, find_chromium
from tests.support.pages.tour import (
    Recorder,
    add_login,
    add_note,
    approve,
    ask,
    back_up,
    enable_cloud_backups,
    finish,
    heading,
    invite,
    join,
    sign_in,
)
from tests.support.run import patience
from tests.support.servers.processes import LiveServer
from tests.support.vault.server_copy import everything_stored, shares_a
from webapp.client.crypto.identities import read_identity, scalar_of
from webapp.client.formats.documents import Document, open_document
from webapp.client.formats.recovery_keys import read_key
from webapp.client.formats.recovery_kits import read_kit
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

PIN, SECOND_PIN, THIRD_PIN = "904172638515", "271848590217", "550391827461"
EMAIL = "mia@example.org"
CANARY_PASSWORD = f"canary-{secrets.token_hex(12)}"
CANARY_NOTE = f"The spare key is under the third stone. {secrets.token_hex(12)} Grüße, 鍵 🔑"

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def browser_of(new_context: Contexts, recorder: Recorder) -> Callable[[], Page]:
    """A further browser of somebody, recorded."""

    def make() -> Page:
        context = new_context()
        recorder.listen(context)
        return context.new_page()

    return make


@pytest.fixture
def profile(
    playwright: Playwright, live_server: LiveServer, recorder: Recorder, complaints: Complaints, tmp_path: Path
) -> Iterator[tuple[BrowserContext, Path]]:
    """A browser whose profile folder can be searched afterwards."""
    folder = tmp_path / "profile"
    executable = find_chromium(playwright)
    assert executable
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=executable, args=CHROMIUM_ARGUMENTS, base_url=live_server.url, **SETTINGS
    )
    context.set_default_timeout(patience.AT_ONCE)
    recorder.listen(context)
    complaints.listen(context)
    yield context, folder
    context.close()


def newest_vault(app: Flask, kit_file: Path) -> tuple[Vault, Document]:
    """Mia’s vault on the server, opened with the kit she saved."""
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        vault = Vault.current(user, with_file=True)
        assert vault
        return vault, open_document(vault.file, [read_kit(kit_file.read_text()).identity])


def items_of(document: Document) -> bytes:
    return json.dumps(document.body["items"], ensure_ascii=False, sort_keys=True).encode()


@dataclass
class People:
    """Everybody’s browsers, and what they saved on their disks."""

    app: Flask
    browser_of: Callable[[], Page]
    folder: Path

    @property
    def key_file(self) -> Path:
        return self.folder / "key.txt"

    def kit(self, number: int) -> Path:
        return self.folder / f"kit-{number}.txt"

    def begin(self, first: Page) -> Page:
        """init, ceremony, an admin and Mia join; returns the admin’s page."""
        arguments = ["init", "--organisation", "Example Works", "--email", "olga@example.org", "--name", "Olga"]
        link = re.search(r"http\S+/join/\S+", self.app.test_cli_runner().invoke(args=arguments).output)
        assert link
        owner, admin = self.browser_of(), self.browser_of()
        join(owner, link[0], "604172638519", self.kit(0))
        enable_cloud_backups(owner, self.key_file)
        join(admin, invite(owner, "bob@example.org", "Bob", "admin", self.key_file), "704172638519", self.kit(1))
        join(first, invite(owner, EMAIL, "Mia", "member", self.key_file), PIN, self.kit(2))
        return admin

    def recover(self, admin: Page, start: str, pin: str, kit: Path) -> Page:
        """A further browser of Mia’s, approved from `start`, up to the open vault."""
        page = self.browser_of()
        sign_in(page, EMAIL)
        digits = approve(admin, start, "Mia", ask(page), self.key_file)
        finish(page, pin, kit, digits)
        page.get_by_role("link", name="Open Vault").click()
        expect(page.get_by_text("Newer than the backup")).to_be_visible(timeout=SLOW)
        return page


def fill(page: Page) -> None:
    """Two items, a backup, one item more."""
    add_login(page, "Bank", "mia.b", CANARY_PASSWORD)
    add_note(page, "Where", CANARY_NOTE)
    back_up(page)
    page.goto("/vault")
    add_login(page, "Newer than the backup", "mia", f"{CANARY_PASSWORD}-newer")


def test_from_nothing_to_a_vault_that_came_back_twice(
    app: Flask,
    browser_of: Callable[[], Page],
    profile: tuple[BrowserContext, Path],
    recorder: Recorder,
    tmp_path: Path,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    people = People(app, browser_of, tmp_path)
    context, folder = profile
    first = context.pages[0]
    admin = people.begin(first)
    fill(first)
    before, document = newest_vault(app, people.kit(2))
    assert [item["title"] for item in document.body["items"]] == ["Bank", "Where", "Newer than the backup"]

    people.recover(admin, "/admin/", SECOND_PIN, people.kit(3))
    after, restored = newest_vault(app, people.kit(3))
    assert items_of(restored) == items_of(document)
    assert (after.epoch, after.counter > before.counter) == (2, True)
    assert_is_unpaired(app, first)

    people.recover(admin, "/admin/settings", THIRD_PIN, people.kit(4))
    again, thrice = newest_vault(app, people.kit(4))
    assert items_of(thrice) == items_of(document)
    assert again.epoch == 3

    context.close()
    opens_with_other_programs(app, people.kit(2), tmp_path)
    kits = [people.kit(number) for number in range(5)]
    database_file = Path(database_url.removeprefix("sqlite:///"))
    searched(app, recorder, thrice, people.key_file, kits, folder, database_file, caplog)


def assert_is_unpaired(app: Flask, page: Page) -> None:
    """The device that was recovered away from: it says so, and the right PIN opens nothing any more."""
    page.goto("/vault")
    page.wait_for_url(re.compile("/(recovery|sign-in)"))
    if "sign-in" in page.url:
        sign_in(page, EMAIL)
    expect(heading(page, "Account Recovery")).to_be_visible()
    expect(page.get_by_text("recovered")).to_be_visible()
    page.goto("/unlock")
    page.wait_for_url("**/recovery**")
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        assert len(Device.of(user.id, DeviceState.ACTIVE)) == 1
        assert len(Device.of(user.id, DeviceState.UNPAIRED)) == 1


def opens_with_other_programs(app: Flask, kit_file: Path, folder: Path) -> None:
    """The oldest backup, as the database has it, opened by the age program and by pyrage with the kit alone."""
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        backup = CloudBackup.with_file(CloudBackup.of(user.id)[-1].id)
        assert backup
        file = backup.file
    path = folder / "backup.age"
    path.write_bytes(file)
    age = subprocess.run(["age", "-d", "-i", kit_file, path], capture_output=True, check=True).stdout
    lines = subprocess.run(["gunzip"], input=age, capture_output=True, check=True).stdout
    kit = read_kit(kit_file.read_text())
    assert pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(kit.identity)]) == age
    assert lines.count(b"\n") == 3
    manifest = open_document(file, [kit.identity]).manifest
    assert json.loads(lines.split(b"\n")[0]) == manifest


def searched(
    app: Flask, recorder: Recorder, document: Document, key_file: Path, kits: list[Path], profile: Path,
    database_file: Path, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Nothing secret stands in the database, the outbox, the logs or any request; V not in the profile folder."""
    vault_keys = {f"V of epoch {epoch['epoch']}": epoch["key"] for epoch in document.body["keyring"]["epochs"]}
    assert len(vault_keys) == 3
    key = read_key(key_file.read_bytes())
    identities = {
        **vault_keys,
        "key file": key.identity,
        **{f"kit {number}": read_kit(kit.read_text()).identity for number, kit in enumerate(kits)},
    }
    words: dict[str, bytes] = {name: str(identity).encode() for name, identity in identities.items()}
    words |= {f"{name} (32 bytes)": scalar_of(read_identity(str(identity))) for name, identity in identities.items()}
    words |= {"key file’s seed": key.seed, "an item’s password": CANARY_PASSWORD.encode()}
    words |= {"an item’s note": CANARY_NOTE[:40].encode(), "PIN": PIN.encode()}
    words |= {"second PIN": SECOND_PIN.encode(), "third PIN": THIRD_PIN.encode()}
    words |= shares_a(app, EMAIL, key)
    places = [*everything_stored(app, database_file), *recorder.sent, ("logs", caplog.text.encode())]
    assert len(recorder.sent) > 200
    for path in ("/join/vault", "/vault/file", "/backups", "/finish"):
        bodies = [body for address, body in recorder.sent if address.startswith("POST") and address.endswith(path)]
        assert bodies, path
        assert all(b"age-encryption.org/v1" in body for body in bodies), path
    assert leaks.find(words, places) == []
    assert leaks.find(words, [*places, ("planted", document.lines)])
    on_disk = [(str(path), path.read_bytes()) for path in profile.rglob("*") if path.is_file()]
    assert any("IndexedDB" in place for place, _ in on_disk)
    only_vault_keys = {name: secret for name, secret in words.items() if name.startswith("V of")}
    assert leaks.find(only_vault_keys, on_disk) == []
    assert leaks.find({"our own address": b"localhost:" + app.config["ORIGIN"].rpartition(":")[2].encode()}, on_disk)
