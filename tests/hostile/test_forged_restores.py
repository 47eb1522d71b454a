"""A server that makes up organisation key, vault and backup: nothing is backed up to a key that nobody compared."""

from collections.abc import Callable

import pytest

from tests.support.attacks.forged_server import Forger
from tests.support.attacks.pretend_server import PretendServer
from webapp.client.admin import Admin
from webapp.client.device.vault import Vault
from webapp.client.errors import CheckStopped, DigitsMissing, KeyMismatch, OtherKeyShown, WrongDigits
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.recovery_keys import read_key
from webapp.client.member import Member

PIN, NEW_PIN, PASSWORD = "274913", "975310", "a long password"


class Scene:
    """Alice with a cloud backup, and a forger in the place of the server."""

    def __init__(self) -> None:
        self.server = PretendServer()
        self.dana = Admin(self.server.browser())
        self.key_file = self.dana.make_key("Key of 2026")
        self.link = self.dana.invite("alice@example.org", "Alice", self.key_file)
        self.old = Member(self.server.browser())
        vault = self.old.join(self.link, "Alice", PASSWORD, PIN)
        vault.add("Mail", password="secret")
        vault.switch_on_cloud_backups()
        vault.back_up()
        self.forger = Forger.of(self.server)

    def browser(self, knows: str) -> Member:
        """A blank one, one to which a link named the key, one that was told the whole of it, or the one that has the
        vault."""
        found = Member(self.server.browser(), self.old.state if knows == "seen" else None, name="Safari on iPhone")
        found.sign_in("alice@example.org", PASSWORD)
        if knows in ("linked", "told"):
            found.state = self.old.device.__class__(
                found.browser.origin, self.server.organisation, self.server.account.id, "alice@example.org", "Safari"
            )
            whole = read_key(self.key_file).public.fingerprint
            found.state.key_fingerprint = whole if knows == "told" else whole[:32]
        return found


@pytest.fixture
def scene() -> Scene:
    return Scene()


def nothing_is_backed_up(scene: Scene, vault: Vault) -> None:
    """Neither by itself nor when asked for."""
    before = list(scene.server.account.backups)
    with pytest.raises(KeyMismatch):
        vault.back_up()
    assert scene.server.account.backups == before


PINS: dict[str, Callable[[Forger], KeyPin | None]] = {
    "foreign": lambda forger: {"epoch": forger.key.epoch, "fingerprint": forger.key.public.fingerprint},
    "null": lambda forger: None,
    "older": lambda forger: {"epoch": 0, "fingerprint": forger.key.public.fingerprint},
}


@pytest.mark.parametrize("pin", PINS)
def test_on_a_blank_browser_a_forged_restore_asks_for_digits_and_without_them_pins_nothing(
    scene: Scene, pin: str
) -> None:
    scene.forger.serve(older=pin == "older")
    scene.forger.forge(PINS[pin](scene.forger))
    alice = scene.browser("blank")
    recovery = alice.request_restore()
    scene.forger.approve(recovery.request)
    recovery.wait(0)
    with pytest.raises(DigitsMissing):
        alice.finish(NEW_PIN)
    recovery.check.go_on_unconfirmed()
    vault = alice.finish(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] is None
    assert "unconfirmed_since" in vault.opened.manifest
    assert vault.kit().organisation_key == ""
    vault.add("New secret")
    nothing_is_backed_up(scene, vault)


@pytest.mark.parametrize("knows", ["linked", "told", "seen"])
@pytest.mark.parametrize("pin", ["foreign", "null"])
def test_a_browser_that_knows_the_key_does_not_even_ask_for_a_forged_one(scene: Scene, knows: str, pin: str) -> None:
    scene.forger.serve()
    scene.forger.forge(PINS[pin](scene.forger))
    alice = scene.browser(knows)
    with pytest.raises(KeyMismatch):
        alice.request_restore()
    assert scene.server.account.request is None


@pytest.mark.parametrize("knows", ["linked", "told", "seen"])
@pytest.mark.parametrize("pin", PINS)
def test_whoever_goes_on_all_the_same_has_no_key_on_record(scene: Scene, knows: str, pin: str) -> None:
    scene.forger.serve()
    scene.forger.forge(PINS[pin](scene.forger))
    alice = scene.browser(knows)
    recovery = alice.request_restore(unconfirmed=True)
    scene.forger.approve(recovery.request)
    recovery.wait(0)
    vault = alice.finish(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] is None
    nothing_is_backed_up(scene, vault)


@pytest.mark.parametrize("knows", ["told", "seen"])
@pytest.mark.parametrize("pin", ["null", "older"])
def test_a_key_made_up_as_an_earlier_one_never_takes_the_place_of_the_known_one(
    scene: Scene, knows: str, pin: str
) -> None:
    scene.forger.serve(older=True)
    scene.forger.forge(PINS[pin](scene.forger))
    alice = scene.browser(knows)
    recovery = alice.request_restore()
    scene.forger.approve(recovery.request)
    recovery.wait(0)
    vault = alice.finish(NEW_PIN)
    genuine = read_key(scene.key_file).public
    assert vault.opened.manifest["organisation_key"] == {"epoch": genuine.epoch, "fingerprint": genuine.fingerprint}
    nothing_is_backed_up(scene, vault)


@pytest.mark.parametrize("pin", PINS)
def test_a_backup_made_up_for_the_genuine_key_leads_to_no_other(scene: Scene, pin: str) -> None:
    key = read_key(scene.key_file)
    scene.forger.forge(PINS[pin](scene.forger), key.public)
    alice = scene.browser("blank")
    recovery = alice.request_restore()
    recovery.type_digits(scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file))
    recovery.wait(0)
    vault = alice.finish(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] == {"epoch": 1, "fingerprint": key.public.fingerprint}
    vault.back_up()
    assert scene.server.account.backups[0]["fields"]["organisation_key"] == key.public.fingerprint
    scene.forger.serve()
    nothing_is_backed_up(scene, vault)


@pytest.mark.parametrize("knows", ["told", "seen"])
def test_a_made_up_backup_with_a_foreign_pin_is_refused_where_the_key_is_known(scene: Scene, knows: str) -> None:
    scene.forger.forge(PINS["foreign"](scene.forger), read_key(scene.key_file).public)
    alice = scene.browser(knows)
    recovery = alice.request_restore()
    scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    recovery.wait(0)
    with pytest.raises(KeyMismatch):
        alice.finish(NEW_PIN)


def test_the_admins_page_stops_where_the_member_was_shown_another_key(scene: Scene) -> None:
    scene.forger.serve()
    scene.forger.forge(None)
    recovery = scene.browser("blank").request_restore()
    with pytest.raises(OtherKeyShown):
        scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    assert scene.server.warnings == [read_key(scene.key_file).public.fingerprint]
    assert scene.server.account.state == "requested"


def test_an_approval_by_another_key_than_the_request_names_is_refused(scene: Scene) -> None:
    recovery = scene.browser("blank").request_restore()
    scene.forger.forge(None)
    scene.server.account.backups[0]["fields"]["backup"] = recovery.request.fields["backup"]
    forged = recovery.request.exact.replace(
        recovery.request.organisation_key, scene.forger.key.public.fingerprint
    )  # what the forger’s page would have liked to be asked
    assert forged != recovery.request.exact
    scene.forger.serve()
    with pytest.raises(OtherKeyShown):
        scene.forger.approve(recovery.request)


def test_an_impostor_without_the_key_that_is_named_tells_digits_that_do_not_fit(scene: Scene) -> None:
    recovery = scene.browser("blank").request_restore()
    for _ in range(4):
        with pytest.raises(WrongDigits):
            recovery.type_digits(other_than(scene, recovery.request.fingerprint))
    with pytest.raises(CheckStopped):
        recovery.type_digits(other_than(scene, recovery.request.fingerprint))
    digits = scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    recovery.wait(0)
    with pytest.raises(CheckStopped):
        recovery.type_digits(digits)
    with pytest.raises(CheckStopped):
        recovery.finish(NEW_PIN)


def test_an_impostor_with_a_key_of_their_own_is_not_believed_where_another_is_known(scene: Scene) -> None:
    scene.forger.serve()
    scene.forger.forge(PINS["foreign"](scene.forger))
    alice = scene.browser("told")
    recovery = alice.request_restore(unconfirmed=True)
    recovery.type_digits(scene.forger.approve(recovery.request))
    recovery.wait(0)
    vault = alice.finish(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] is None
    nothing_is_backed_up(scene, vault)


def other_than(scene: Scene, fingerprint: str) -> str:
    """Six digits that somebody makes up."""
    right = scene.dana.compare(scene.dana.pending()[0], fingerprint, scene.key_file)
    return "123456" if right != "123456" else "654321"
