"""The headless device changes the Recovery Kit: two steps, and what opens and recovers after each."""

import pyrage
import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.people.person import Person
from tests.support.vault.lost_vault import EMAIL, Lost
from webapp.client.crypto.identities import Identity
from webapp.client.device.vault import Vault
from webapp.client.errors import NotUnlocked, ServerRefused
from webapp.client.member import Member


@pytest.fixture
def lost(app: Flask, bob: Person) -> Lost:
    return Lost(People(app, bob))


@pytest.fixture
def vault(lost: Lost) -> Vault:
    """Zoë’s vault, open on her first device."""
    return lost.old.unlock(PIN)


def opens(vault: Vault, kit: Identity) -> bool:
    """Whether that kit opens what the server has, by age alone."""
    try:
        pyrage.decrypt(vault.browser.get_file("/vault/file")[1], [pyrage.x25519.Identity.from_str(kit)])
    except pyrage.DecryptError:
        return False
    return True


def test_both_kits_open_the_vault_until_the_next_is_confirmed(lost: Lost, vault: Vault) -> None:
    made = vault.make_next_kit()
    assert (made.number, opens(vault, lost.kit), opens(vault, made.identity)) == (2, True, True)
    assert vault.make_next_kit() == made, "somebody may have it on paper"
    lost.somewhere().recover().with_kit(lost.kit)
    with pytest.raises(ServerRefused) as early:
        lost.somewhere().recover().with_kit(made.identity)
    assert early.value.code == "wrong_kit", "it recovers once it is confirmed"
    vault.confirm_next_kit()
    assert (opens(vault, lost.kit), opens(vault, made.identity)) == (False, True)
    with pytest.raises(ServerRefused) as late:
        lost.somewhere().recover().with_kit(lost.kit)
    assert late.value.code == "wrong_kit"
    lost.new.recover().with_kit(made.identity)
    lost.new.finish_recovery(NEW_PIN)
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]


def test_where_none_was_made_none_is_confirmed(vault: Vault) -> None:
    with pytest.raises(NotUnlocked):
        vault.confirm_next_kit()


def test_what_is_saved_in_between_is_sealed_to_both(lost: Lost, vault: Vault) -> None:
    made = vault.make_next_kit()
    vault.add("In between")
    assert (opens(vault, lost.kit), opens(vault, made.identity)) == (True, True)
    elsewhere = Member(lost.people.browser(), lost.old.state)
    elsewhere.sign_in(EMAIL, PASSWORD)
    again = elsewhere.unlock(PIN)
    assert again.make_next_kit().identity == made.identity, "another program, the same kit"
    again.confirm_next_kit()
    assert [item["title"] for item in again.items] == ["Mail", "Bank, after the backup", "In between"]
