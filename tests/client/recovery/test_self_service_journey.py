"""Getting the vault back without anybody’s help, by the headless device, against the real application."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.client.pairing.test_journey import NEW_PASSWORD, reset_by_mail
from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from tests.support.vault.lost_vault import EMAIL, Lost
from webapp.client.crypto.identities import new_identity
from webapp.client.errors import ServerRefused
from webapp.client.formats import documents
from webapp.client.member import Member
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.undo import Undo
from webapp.models.vaults.vault import Vault


@pytest.fixture
def lost(app: Flask, bob: Person) -> Lost:
    return Lost(People(app, bob))


def with_kit(lost: Lost) -> None:
    lost.new.recover().with_kit(lost.kit)


def with_backup(lost: Lost) -> None:
    lost.new.recover().with_backup(lost.backup, [lost.kit])


def from_nothing(lost: Lost) -> None:
    lost.new.recover().from_nothing()


@pytest.mark.parametrize("recover", [with_kit, with_backup])
def test_a_kit_or_a_backup_brings_back_the_newest_vault(lost: Lost, recover: Callable[[Lost], None]) -> None:
    recover(lost)
    vault = lost.new.finish_recovery(NEW_PIN)
    assert (vault.opened.manifest["epoch"], vault.kit().number) == (2, 2)
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]
    lost.old.sign_in(EMAIL, PASSWORD)
    with pytest.raises(ServerRefused) as refused:
        lost.old.unlock(PIN)
    assert refused.value.code == "device_not_active"


def test_the_backup_alone_can_be_wanted(lost: Lost) -> None:
    lost.new.recover().with_backup(lost.backup, [lost.kit], keep_newer=False)
    lost.new.finish_recovery(NEW_PIN)
    assert lost.titles(lost.new) == ["Mail"]


def test_after_a_reset_the_pin_opens_the_copy_that_this_browser_kept(lost: Lost) -> None:
    reset_by_mail(lost.people)
    browser = Member(lost.people.browser(), lost.old.state)
    browser.sign_in(EMAIL, NEW_PASSWORD)
    key = browser.vault_key(PIN)
    browser.recover().with_backup(lost.backup, [key])
    browser.finish_recovery(NEW_PIN)
    assert lost.titles(browser) == ["Mail", "Bank, after the backup"]


def test_a_new_account_is_empty_and_the_former_vault_is_archived(lost: Lost, app: Flask) -> None:
    from_nothing(lost)
    vault = lost.new.finish_recovery(NEW_PIN)
    assert (vault.items, vault.opened.manifest["epoch"], vault.kit().number) == ([], 2, 2)
    assert vault.opened.manifest["account"] == EMAIL
    assert lost.titles(lost.new) == []
    with app.app_context():
        archived = db.session.scalars(select(Vault).where(Vault.epoch == 1)).one()
        former = documents.open_document(archived.file, [lost.kit])
    assert [item["title"] for item in former.body["items"]] == ["Mail", "Bank, after the backup"]


@pytest.mark.parametrize("recover", [with_kit, with_backup, from_nothing])
def test_after_an_undo_the_former_browser_goes_on(lost: Lost, app: Flask, recover: Callable[[Lost], None]) -> None:
    recover(lost)
    lost.new.finish_recovery(NEW_PIN)
    with app.app_context(), transaction() as session:
        user = User.locked(lost.old.device.user)
        session.scalars(select(Undo)).one().undo(user)
    lost.old.sign_in(EMAIL, PASSWORD)
    vault = lost.old.unlock(PIN)
    assert [item["title"] for item in vault.items] == ["Mail", "Bank, after the backup"]
    vault.add("Afterwards")
    lost.somewhere().recover().with_kit(lost.kit)


def test_a_new_account_needs_the_password_typed_lately(lost: Lost, clock: MovableClock) -> None:
    clock.advance(minutes=16)
    with pytest.raises(ServerRefused) as refused:
        from_nothing(lost)
    assert refused.value.code == "password_needed"


def test_nothing_is_handed_to_whoever_holds_no_key(lost: Lost) -> None:
    with pytest.raises(ServerRefused) as refused:
        lost.new.recover().with_kit(new_identity())
    assert refused.value.code == "wrong_kit"


def test_a_backup_of_a_former_epoch_is_refused_and_nothing_changes(lost: Lost) -> None:
    with_kit(lost)
    lost.new.finish_recovery(NEW_PIN)
    with pytest.raises(ServerRefused) as refused:
        lost.somewhere().recover().with_backup(lost.backup, [lost.kit])
    assert refused.value.code == "wrong_epoch"
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]


@pytest.mark.parametrize("recover", [with_kit, from_nothing])
def test_a_finish_whose_answer_got_lost_is_sent_again(lost: Lost, recover: Callable[[Lost], None]) -> None:
    recover(lost)
    first = lost.new.finish_recovery(NEW_PIN)
    assert lost.new.finish_recovery(NEW_PIN).sha256 == first.sha256
    assert len(lost.titles(lost.new)) == (2 if recover is with_kit else 0)
