"""The genuine restore: with digits, the kit's line, a key that was known, or unconfirmed, and how that ends."""

from datetime import timedelta

import pytest

from tests.support.attacks.pretend_server import PretendServer
from tests.support.recovery.first_requests import as_first
from webapp.client.admin import Admin
from webapp.client.crypto.identities import read_identity
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import ApprovalPast, DigitsMissing, KeyMismatch, WrongDigits
from webapp.client.formats.encoding import new_id, to_base64
from webapp.client.formats.key_successions import make_succession
from webapp.client.formats.recovery_keys import make_key, read_key
from webapp.client.formats.recovery_kits import read_kit, write_kit
from webapp.client.member import Member
from webapp.client.recovery.cloud import Recovery
from webapp.clock import now

PIN, NEW_PIN, PASSWORD = "274913", "975310", "a long password"


class Scene:
    """Alice with a cloud backup, who lost her browser."""

    def __init__(self) -> None:
        self.server = PretendServer()
        self.dana = Admin(self.server.browser())
        self.key_file = self.dana.make_key("Key of 2026")
        self.key = read_key(self.key_file).public
        self.old = Member(self.server.browser())
        vault = self.old.join(self.dana.invite("alice@example.org", "Alice", self.key_file), "Alice", PASSWORD, PIN)
        vault.add("Mail", password="secret")
        vault.switch_on_cloud_backups()
        vault.back_up()
        self.alice = self.blank()

    def blank(self, known: str = "") -> Member:
        """A browser that knows nothing, or this fingerprint."""
        found = Member(self.server.browser(), name="Safari on iPhone")
        found.sign_in("alice@example.org", PASSWORD)
        if known:
            found.state = DeviceState(
                found.browser.origin, self.server.organisation, self.server.account.id, "", "Safari"
            )
            found.state.key_fingerprint = known
        return found

    def approved(self, alice: Member) -> tuple[Recovery, str]:
        """A request that Dana approved, and the digits that she tells."""
        self.server.account.state = "requested"
        recovery = alice.request_restore()
        digits = self.dana.approve(self.dana.pending()[0], recovery.request.fingerprint, self.key_file)
        recovery.wait(0)
        return recovery, digits

    def unconfirmed(self) -> Vault:
        """Alice’s vault after a recovery without digits."""
        recovery, _ = self.approved(self.alice)
        recovery.check.go_on_unconfirmed()
        return self.alice.finish(NEW_PIN)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def pinned(vault: Vault) -> str | None:
    pin = vault.opened.manifest["organisation_key"]
    return pin and pin["fingerprint"]


def test_with_digits_the_key_is_on_record_and_on_the_kit(scene: Scene) -> None:
    recovery, digits = scene.approved(scene.alice)
    with pytest.raises(DigitsMissing):
        scene.alice.finish(NEW_PIN)
    recovery.type_digits(digits)
    vault = scene.alice.finish(NEW_PIN)
    assert pinned(vault) == vault.kit().organisation_key == scene.key.fingerprint
    vault.back_up()


def test_digits_may_come_before_the_approval(scene: Scene) -> None:
    recovery = scene.alice.request_restore()
    recovery.type_digits(scene.dana.compare(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file))
    scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    recovery.wait(0)
    assert pinned(scene.alice.finish(NEW_PIN)) == scene.key.fingerprint


def test_digits_of_somebody_who_did_not_approve_confirm_nothing(scene: Scene) -> None:
    scene.server.others = [new_id()]
    recovery = scene.alice.request_restore()
    recovery.type_digits(scene.dana.compare(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file))
    [scene.server.admin] = scene.server.others  # another one approves
    digits = scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    recovery.wait(0)
    with pytest.raises(DigitsMissing):
        scene.alice.finish(NEW_PIN)
    recovery.type_digits(digits)
    assert pinned(scene.alice.finish(NEW_PIN)) == scene.key.fingerprint


def test_digits_of_another_request_do_not_fit(scene: Scene) -> None:
    _, earlier = scene.approved(scene.alice)
    later, _ = scene.approved(scene.blank())
    with pytest.raises(WrongDigits):
        later.type_digits(earlier)


def test_the_kits_line_does_as_well_as_digits(scene: Scene) -> None:
    line = scene.old.vault.kit().organisation_key
    recovery, _ = scene.approved(scene.alice)
    recovery.check.type_characters(line[:16])
    assert pinned(scene.alice.finish(NEW_PIN)) == scene.key.fingerprint


@pytest.mark.parametrize("length", [16, 52])
def test_a_browser_that_knows_the_key_needs_no_digits(scene: Scene, length: int) -> None:
    alice = scene.blank(scene.key.fingerprint[:length])
    scene.approved(alice)
    assert pinned(alice.finish(NEW_PIN)) == scene.key.fingerprint


def test_what_only_a_link_said_spares_no_digits(scene: Scene) -> None:
    """Anybody can put one into a page or a mail, a server that lies too."""
    alice = scene.blank(scene.key.fingerprint[:32])
    recovery, digits = scene.approved(alice)
    with pytest.raises(DigitsMissing):
        alice.finish(NEW_PIN)
    recovery.type_digits(digits)
    assert pinned(alice.finish(NEW_PIN)) == scene.key.fingerprint


def test_what_only_a_link_said_ends_nothing_after_an_unconfirmed_recovery(scene: Scene) -> None:
    alice = scene.blank(scene.key.fingerprint[:32])
    recovery, _ = scene.approved(alice)
    recovery.check.go_on_unconfirmed()
    vault = alice.finish(NEW_PIN)
    with pytest.raises(KeyMismatch):
        vault.switch_on_cloud_backups()
    assert (pinned(vault), vault.kit().organisation_key) == (None, "")


def test_a_recovery_of_ones_own_takes_no_key_that_only_a_link_said(scene: Scene) -> None:
    kit = scene.unconfirmed().kit().identity
    later = scene.blank(scene.key.fingerprint[:32])
    later.recover().with_kit(kit)
    vault = later.finish_recovery("864209")
    assert pinned(vault) is None
    assert "unconfirmed_since" in vault.opened.manifest


def test_a_link_spares_typing_in_the_join_that_it_was_part_of(scene: Scene) -> None:
    """The vault that was made with it; and the line on its kit."""
    assert scene.old.device.joined_with == scene.key.fingerprint[:32]
    assert scene.old.vault.kit().organisation_key == pinned(scene.old.vault) == scene.key.fingerprint


def test_unconfirmed_the_items_come_back_and_nothing_is_backed_up(scene: Scene) -> None:
    vault = scene.unconfirmed()
    assert [item["title"] for item in vault.items] == ["Mail"]
    vault.add("Bank")
    assert pinned(vault) is None
    assert "unconfirmed_since" in vault.opened.manifest
    with pytest.raises(KeyMismatch):
        vault.back_up()
    with pytest.raises(KeyMismatch):
        vault.switch_on_cloud_backups()


@pytest.mark.parametrize("length", [16, 32])
def test_the_keys_characters_or_a_link_end_it(scene: Scene, length: int) -> None:
    vault = scene.unconfirmed()
    vault.switch_on_cloud_backups(scene.key.fingerprint[:length])
    assert pinned(vault) == scene.key.fingerprint
    assert "unconfirmed_since" not in vault.opened.manifest
    vault.back_up()


def test_digits_of_a_later_request_end_it(scene: Scene) -> None:
    scene.unconfirmed().switch_on_cloud_backups(scene.key.fingerprint[:16])
    scene.alice.vault.back_up()
    scene.alice.vault.write(scene.alice.vault.opened.body, None)  # as if nobody had
    later = scene.blank()
    recovery, digits = scene.approved(later)
    recovery.type_digits(digits)
    assert pinned(later.finish("864209")) == scene.key.fingerprint


def test_a_kit_made_while_unconfirmed_is_no_root(scene: Scene) -> None:
    kit = scene.unconfirmed().kit()
    assert "organisation-key" not in write_kit(kit)
    assert kit.organisation_key == ""
    later = scene.blank()
    later.recover().with_kit(kit.identity, kit.organisation_key)
    vault = later.finish_recovery("864209")
    assert pinned(vault) is None
    assert "unconfirmed_since" in vault.opened.manifest
    assert vault.kit().organisation_key == ""
    with pytest.raises(KeyMismatch):
        vault.back_up()


def test_a_kit_made_when_the_key_was_compared_is_a_root(scene: Scene) -> None:
    kit = read_kit(write_kit(scene.old.vault.kit()))
    assert kit.organisation_key == scene.key.fingerprint
    scene.alice.recover().with_kit(read_identity(kit.identity), kit.organisation_key)
    vault = scene.alice.finish_recovery(NEW_PIN)
    assert pinned(vault) == vault.state.key_fingerprint == scene.key.fingerprint


def test_a_vault_with_another_key_than_the_kits_line_is_refused_unless_one_knows_why(scene: Scene) -> None:
    kit = scene.old.vault.kit()
    recovering = scene.alice.recover()
    recovering.with_kit(kit.identity, "a" * 52)
    with pytest.raises(KeyMismatch):
        scene.alice.finish_recovery(NEW_PIN)
    recovering.go_on_unconfirmed()
    assert pinned(scene.alice.finish_recovery(NEW_PIN)) is None


def test_a_request_of_version_1_is_finished_unconfirmed(scene: Scene) -> None:
    vault = finish_first(scene, scene.alice)
    assert pinned(vault) is None
    with pytest.raises(KeyMismatch):
        vault.back_up()


def test_a_request_of_version_1_in_a_browser_that_knows_the_key_keeps_it(scene: Scene) -> None:
    assert pinned(finish_first(scene, scene.blank(scene.key.fingerprint))) == scene.key.fingerprint


def finish_first(scene: Scene, alice: Member) -> Vault:
    """A request that was open at the upgrade."""
    recovery = alice.request_restore()
    first = as_first(recovery.request, recovery.state.signer.seed)
    recovery.state.request, recovery.state.request_signature = first.exact, to_base64(first.signature)
    scene.server.account.request = first
    assert scene.dana.approve(scene.dana.pending()[0], first.fingerprint, scene.key_file) == ""
    recovery.wait(0)
    return alice.finish(NEW_PIN)


@pytest.mark.parametrize("off", [timedelta(days=3, hours=2), timedelta(days=9)])
def test_an_approval_past_by_this_clock_is_told_with_both_times(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, off: timedelta
) -> None:
    monkeypatch.setattr("webapp.client.recovery.cloud.now", lambda: now() + off)
    recovery = scene.alice.request_restore()
    digits = scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    with pytest.raises(ApprovalPast) as caught:
        recovery.poll()
    assert caught.value.expires_at < caught.value.now
    recovery.clock_is_wrong = True
    assert recovery.poll()
    recovery.type_digits(digits)
    assert scene.alice.finish(NEW_PIN).items


@pytest.mark.parametrize("off", [timedelta(days=-3), timedelta(days=3, minutes=30)])
def test_a_clock_that_is_slow_or_an_hour_fast_gets_through(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, off: timedelta
) -> None:
    monkeypatch.setattr("webapp.client.recovery.cloud.now", lambda: now() + off)
    recovery, digits = scene.approved(scene.alice)
    recovery.type_digits(digits)
    assert scene.alice.finish(NEW_PIN).items


def test_a_recovery_of_ones_own_takes_nothing_back_that_the_browser_knows(scene: Scene) -> None:
    """It was told the second key. The vault that the server hands out, an older one, has the first."""
    first = read_key(scene.key_file)
    second = make_key(first.organisation, "Example", "Key of 2027", 2)
    scene.server.successions = [make_succession(first, second).fields()]
    alice = scene.blank(second.public.fingerprint)
    alice.recover().with_kit(scene.old.vault.kit().identity)
    vault = alice.finish_recovery(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] == {"epoch": 2, "fingerprint": second.public.fingerprint}
    assert alice.device.key_fingerprint == second.public.fingerprint


def test_a_vault_with_an_earlier_key_on_record_makes_no_device_forget_the_later(scene: Scene) -> None:
    vault, document = scene.old.vault, scene.old.vault.opened
    second = make_key(scene.server.organisation, "Example", "Key of 2027", 2).public
    vault.write(document.body, {"epoch": 2, "fingerprint": second.fingerprint})
    vault.write(document.body, document.manifest["organisation_key"])
    assert (vault.state.key_fingerprint, vault.state.key_epoch) == (second.fingerprint, 2)
