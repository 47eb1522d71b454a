"""Getting the vault back without anybody’s help, by the headless device, against the real application."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.clock import MovableClock
from tests.support.person import Person
from webapp.client.errors import DeviceError, ServerRefused
from webapp.client.identities import Identity, new_identity
from webapp.client.member import Member
from webapp.database import transaction
from webapp.models import Device, DeviceState

EMAIL = "zoe@example.org"


@pytest.fixture
def people(app: Flask, bob: Person) -> People:
    return People(app, bob)


class Lost:
    """Zoë, joined; she signs in on a new browser. The kit, and a local backup from before the last item."""

    def __init__(self, people: People) -> None:
        link = people.dana.invite(EMAIL, "Zoë", people.key_file)
        self.people = people
        self.old = Member(people.browser())
        vault = self.old.join(link, "Zoë", PASSWORD, PIN)
        self.kit: Identity = vault.kit().identity
        vault.confirm_kit(self.kit[-4:])
        vault.add("Mail", username="zoe", password="secret")
        self.backup = vault.browser.get_file("/vault/file")[1]
        vault.add("Bank, after the backup")
        self.new = self.somewhere()

    def somewhere(self) -> Member:
        """A browser without keys, signed in."""
        member = Member(self.people.browser(), name="Safari on iPhone")
        member.sign_in(EMAIL, PASSWORD)
        return member

    def titles(self, member: Member) -> list[str]:
        """What the vault shows after it is unlocked again."""
        return [item["title"] for item in member.unlock(NEW_PIN).items]


@pytest.fixture
def lost(people: People) -> Lost:
    return Lost(people)


def with_kit(lost: Lost) -> None:
    lost.new.recover().with_kit(lost.kit)


def with_backup(lost: Lost) -> None:
    lost.new.recover().with_backup(lost.backup, [lost.kit])


@pytest.mark.parametrize("opened", [with_kit, with_backup])
def test_a_kit_or_a_backup_brings_back_the_newest_vault(lost: Lost, opened: Callable[[Lost], None]) -> None:
    opened(lost)
    vault = lost.new.finish_recovery(NEW_PIN)
    assert (vault.opened.manifest["epoch"], vault.kit().number) == (2, 2)
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]
    lost.old.sign_in(EMAIL, PASSWORD)
    with pytest.raises(DeviceError):
        lost.old.unlock(PIN)


def test_the_backup_alone_can_be_wanted(lost: Lost) -> None:
    lost.new.recover().with_backup(lost.backup, [lost.kit], keep_newer=False)
    lost.new.finish_recovery(NEW_PIN)
    assert lost.titles(lost.new) == ["Mail"]


def test_the_pin_of_a_prior_device_opens_its_own_copy(lost: Lost, app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Device).values(state=DeviceState.PRIOR))
    browser = Member(lost.people.browser(), lost.old.state)
    browser.sign_in(EMAIL, PASSWORD)
    key = browser.vault_key(PIN)
    browser.recover().with_backup(lost.backup, [key])
    browser.finish_recovery(NEW_PIN)
    assert lost.titles(browser) == ["Mail", "Bank, after the backup"]


def test_a_new_account_is_empty_and_the_former_vault_is_archived(lost: Lost, app: Flask) -> None:
    lost.new.recover().from_nothing()
    vault = lost.new.finish_recovery(NEW_PIN)
    assert (vault.items, vault.opened.manifest["epoch"], vault.kit().number) == ([], 2, 2)
    assert lost.titles(lost.new) == []


def test_a_new_account_needs_the_password_typed_lately(lost: Lost, clock: MovableClock) -> None:
    clock.advance(minutes=16)
    with pytest.raises(ServerRefused) as refused:
        lost.new.recover().from_nothing()
    assert refused.value.code == "password_needed"


def test_nothing_is_handed_to_whoever_holds_no_key(lost: Lost) -> None:
    with pytest.raises(ServerRefused) as refused:
        lost.new.recover().with_kit(new_identity())
    assert refused.value.code == "wrong_kit"


def test_a_backup_of_a_former_epoch_is_refused_and_nothing_changes(lost: Lost) -> None:
    with_kit(lost)
    lost.new.finish_recovery(NEW_PIN)
    late = lost.somewhere()
    with pytest.raises(ServerRefused) as refused:
        late.recover().with_backup(lost.backup, [lost.kit])
    assert refused.value.code == "wrong_epoch"
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]


def test_a_finish_whose_answer_got_lost_is_sent_again(lost: Lost) -> None:
    with_kit(lost)
    first = lost.new.finish_recovery(NEW_PIN)
    assert lost.new.finish_recovery(NEW_PIN).sha256 == first.sha256
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]
