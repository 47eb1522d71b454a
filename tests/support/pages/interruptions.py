"""A member, an admin and a server that can die, and a browser that is closed and opened again on the same profile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, Request, Route

from tests.support.pages import chromium
from tests.support.pages.chromium import CHROMIUM_ARGUMENTS, find_chromium
from tests.support.people.people import Person
from tests.support.run import patience
from tests.support.servers.processes import GranianServer
from webapp.client.admin import Admin
from webapp.client.crypto.identities import Identity
from webapp.client.member import Member
from webapp.client.transport.http import UrllibTransport
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault

EMAIL, PASSWORD = "zoe@example.org", "copper lantern under the bridge"
OLD_PIN, PIN = "274913", "830526"

Reopen = Callable[[], Page]


@dataclass
class Stage:
    """Zoë’s vault, an admin with the key file, and the server."""

    app: Flask
    server: GranianServer
    admin: Admin
    key_file: bytes
    lost: Member
    """Her former device, which the recovery unpairs."""
    kit: Identity

    def assert_untouched(self) -> None:
        """Nothing has changed, as the database has it: what can be looked at while the server is away."""
        epoch, active, _ = self._state()
        assert (epoch, active) == (1, [self.lost.device.id])

    def assert_old(self, items: int = 2) -> None:
        """Nothing has changed: the first epoch, and the lost device still opens the vault."""
        self.assert_untouched()
        assert len(self.lost.unlock(OLD_PIN).items) == items

    def assert_new(self, items: int = 2) -> None:
        """All has changed: the second epoch, one other active device, the items counted."""
        epoch, active, counted = self._state()
        assert (epoch, counted) == (2, items)
        assert len(active) == 1
        assert active != [self.lost.device.id]

    def _state(self) -> tuple[int, list[str], int]:
        with self.app.app_context():
            user = User.by_email(EMAIL)
            assert user
            vault = Vault.current(user)
            assert vault
            return user.epoch, [device.id for device in Device.of(user.id, DeviceState.ACTIVE)], vault.items


def joined(app: Flask, by: Person, server: GranianServer) -> Stage:
    """Zoë, invited by the admin `by`, with one item in her vault."""
    admin = Admin(UrllibTransport(server.url))
    admin.sign_in(by.email, by.password)
    key_file = admin.make_key("Key of 2026")
    lost = Member(UrllibTransport(server.url))
    vault = lost.join(admin.invite(EMAIL, "Zoë", key_file), "Zoë", PASSWORD, OLD_PIN)
    kit = vault.kit().identity
    vault.confirm_kit(kit[-4:])
    vault.add("Mail", username="zoe", password="secret")
    return Stage(app, server, admin, key_file, lost, kit)


def reopening(playwright: Playwright, url: str, profile: Path) -> Iterator[Reopen]:
    """Her new browser, for a fixture: closed if it is open, then opened on the same profile."""
    executable = find_chromium(playwright)
    assert executable
    contexts: list[BrowserContext] = []

    def open_again() -> Page:
        for context in contexts:
            context.close()
        contexts[:] = [
            playwright.chromium.launch_persistent_context(
                profile, executable_path=executable, args=CHROMIUM_ARGUMENTS, base_url=url, **chromium.SETTINGS
            )
        ]
        contexts[0].set_default_timeout(patience.AT_ONCE)
        return contexts[0].pages[0]

    yield open_again
    for context in contexts:
        context.close()


@contextmanager
def failing(page: Page, address: str) -> Iterator[None]:
    """Until a request to this address has failed; polls that the page gives up don’t count."""

    def counts(request: Request) -> bool:
        return request.url.endswith(address.lstrip("*"))

    with page.expect_event("requestfailed", counts):
        yield


def lose_the_answer(route: Route) -> None:
    """The request arrives, the answer doesn’t."""
    route.fetch()
    route.abort()
