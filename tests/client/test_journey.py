"""The headless device against the real application: from the key ceremony to a finished recovery."""

from pathlib import Path

import pytest
from flask import Flask

from tests.support.people.person import Person
from tests.support.servers.processes import LiveServer
from webapp.client.admin import Admin
from webapp.client.device.state import DeviceState
from webapp.client.errors import AlreadyOpen, DeviceError, RequestClosed
from webapp.client.formats.recovery_keys import read_key
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport, Transport, UrllibTransport

PIN, NEW_PIN = "274913", "830526"
PASSWORD = "copper lantern under the bridge"


class People:
    """Browsers of one application."""

    def __init__(self, app: Flask, admin: Person) -> None:
        self.app = app
        self.origin = app.config["PUBLIC_URL"]
        self.dana = Admin(self.browser())
        self.dana.sign_in(admin.email, admin.password)
        self.key_file = self.dana.make_key("Key of 2026")

    def browser(self) -> Transport:
        """A fresh browser profile."""
        return InProcessTransport(self.app.test_client(), self.origin)

    def joined(self) -> Member:
        """Zoë, with a vault, a confirmed kit, cloud backups and one item in them."""
        link = self.dana.invite("zoe@example.org", "Zoë", self.key_file)
        zoe = Member(self.browser())
        vault = zoe.join(link, "Zoë", PASSWORD, PIN)
        assert vault.confirm_kit(vault.kit().identity[-4:])
        vault.add("Mail", username="zoe", password="secret")
        vault.switch_on_cloud_backups()
        vault.back_up()
        return zoe


class PeopleFarAway(People):
    """The same, over the network."""

    def browser(self) -> Transport:
        """A fresh browser profile."""
        return UrllibTransport(self.origin)


@pytest.fixture
def people(app: Flask, bob: Person) -> People:
    return People(app, bob)


def test_a_key_is_made_with_its_file_as_the_only_copy(people: People) -> None:
    assert (
        people.dana.browser.get_json("/organisation/key")["key"]["fingerprint"]
        == read_key(people.key_file).public.fingerprint
    )


def test_a_member_joins_saves_and_unlocks_again(people: People) -> None:
    zoe = people.joined()
    again = Member(people.browser(), zoe.state)
    again.sign_in("zoe@example.org", PASSWORD)
    assert [item["title"] for item in again.unlock(PIN).items] == ["Mail"]
    again.change_pin(NEW_PIN)
    again.lock()
    assert again.unlock(NEW_PIN).items


def test_a_lost_browser_is_recovered_from_the_cloud(people: People) -> None:
    lost = people.joined()
    lost.vault.add("Bank, after the backup")
    zoe = Member(people.browser(), name="Safari on iPhone")
    zoe.sign_in("zoe@example.org", PASSWORD)
    recovery = zoe.request_restore()
    assert recovery.poll() is None
    (waiting,) = people.dana.pending()
    recovery.type_digits(people.dana.approve(waiting, recovery.request.fingerprint, people.key_file))
    assert recovery.wait(0).newest
    kit = zoe.finish(NEW_PIN).kit()
    assert [item["title"] for item in zoe.vault.items] == ["Mail", "Bank, after the backup"]
    assert kit.number == 2
    zoe.vault.confirm_kit(kit.identity[-4:])
    zoe.vault.back_up()
    assert zoe.unlock(NEW_PIN).opened.manifest["epoch"] == 2
    lost.sign_in("zoe@example.org", PASSWORD)
    with pytest.raises(DeviceError):
        lost.unlock(PIN)


def test_a_finish_whose_answer_got_lost_is_sent_again(people: People) -> None:
    people.joined()
    zoe = Member(people.browser())
    zoe.sign_in("zoe@example.org", PASSWORD)
    recovery = zoe.request_restore()
    recovery.type_digits(people.dana.approve(people.dana.pending()[0], recovery.request.fingerprint, people.key_file))
    recovery.wait(0)
    zoe.finish(NEW_PIN)
    assert zoe.finish(NEW_PIN).opened.manifest["epoch"] == 2
    assert zoe.unlock(NEW_PIN).items


def test_it_all_works_over_the_network_from_saved_profiles(
    app: Flask, bob: Person, live_server: LiveServer, tmp_path: Path
) -> None:
    people = PeopleFarAway(app, bob)
    people.joined()
    zoe = Member(people.browser())
    zoe.sign_in("zoe@example.org", PASSWORD)
    fingerprint = zoe.request_restore().request.fingerprint
    zoe.save(tmp_path / "zoe.json")
    digits = people.dana.approve(people.dana.pending()[0], fingerprint, people.key_file)
    tomorrow = Member(people.browser(), DeviceState.load(tmp_path / "zoe.json"))
    tomorrow.sign_in("zoe@example.org", PASSWORD)
    tomorrow.find_device()
    tomorrow.recovery.wait(0)
    tomorrow.recovery.type_digits(digits)
    assert tomorrow.finish(NEW_PIN).items[0]["title"] == "Mail"


def test_a_denied_request_ends(people: People) -> None:
    people.joined()
    zoe = Member(people.browser())
    zoe.sign_in("zoe@example.org", PASSWORD)
    recovery = zoe.request_restore()
    people.dana.deny(people.dana.pending()[0], "I could not reach you.")
    with pytest.raises(RequestClosed) as closed:
        recovery.poll()
    assert closed.value.details["state"] == "denied"


def test_one_request_at_a_time(people: People) -> None:
    people.joined()
    browsers = [Member(people.browser()), Member(people.browser())]
    for zoe in browsers:
        zoe.sign_in("zoe@example.org", PASSWORD)
    backup = browsers[1].backups()[0]
    recovery = browsers[0].request_restore()
    late = browsers[1]
    with pytest.raises(AlreadyOpen):
        late.ask(backup)
    recovery.cancel()
    assert late.request_restore().poll() is None
