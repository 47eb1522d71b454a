"""The life of recovery keys with headless devices: one follows another, old backups still come back, none is lost."""

import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from tests.support.vault.documents import maker
from webapp.client.errors import KeyMismatch, ServerRefused
from webapp.client.formats.key_successions import leads_to, make_succession
from webapp.client.formats.recovery_keys import make_key, read_key
from webapp.client.member import Member
from webapp.client.recovery.rewrap import Rewrapping
from webapp.database import db, transaction
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup

KEY = maker().key
SECOND = make_key(KEY.organisation, "Example", "Second", KEY.epoch + 1)
THIRD = make_key(KEY.organisation, "Example", "Third", KEY.epoch + 2)


@pytest.fixture
def people(app: Flask, bob: Person) -> People:
    return People(app, bob)


def recover(people: People, key_file: bytes) -> list[str]:
    """Zoë asks in a new browser, Dana approves with this file; the titles of what came back."""
    zoe = Member(people.browser(), name="Safari on iPhone")
    zoe.sign_in("zoe@example.org", PASSWORD)
    request = zoe.request_restore().request
    digits = people.dana.approve(request.fields["request"], request.fingerprint, key_file)
    zoe.recovery.poll()
    zoe.recovery.type_digits(digits)
    return [item["title"] for item in zoe.finish(NEW_PIN).items]


def states(people: People) -> list[str]:
    with people.app.app_context():
        return [
            str(key.state) for key in db.session.scalars(db.select(OrganisationKey).order_by(OrganisationKey.epoch))
        ]


def test_an_older_backup_comes_back_with_the_older_key(people: People) -> None:
    people.joined()
    people.dana.regenerate_key("Key of 2027", people.key_file)
    assert states(people) == ["disabled", "active"]
    assert recover(people, people.key_file) == ["Mail"]


def test_a_request_that_is_open_keeps_its_key(people: People) -> None:
    people.joined()
    zoe = Member(people.browser(), name="Safari on iPhone")
    zoe.sign_in("zoe@example.org", PASSWORD)
    request = zoe.request_restore().request
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    assert people.dana.rewrap(people.key_file, new_file).done == []
    digits = people.dana.approve(request.fields["request"], request.fingerprint, people.key_file)
    assert people.dana.rewrap(people.key_file, new_file).held
    zoe.recovery.poll()
    zoe.recovery.type_digits(digits)
    assert zoe.finish(NEW_PIN).items


def test_what_is_re_wrapped_comes_back_with_the_new_key_and_the_old_one_can_go(
    people: People, clock: MovableClock
) -> None:
    people.joined()
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    outcome = people.dana.rewrap(people.key_file, new_file)
    assert (len(outcome.done), outcome.skipped) == (1, {})
    people.dana.delete_key(people.key_file, "key of  2026")
    clock.advance(days=7)
    with people.app.app_context():
        assert carry_out_due() == 1
    assert states(people) == ["deleted", "active"]
    assert recover(people, new_file) == ["Mail"]


def test_a_re_wrapped_backup_is_re_wrapped_again(people: People) -> None:
    people.joined()
    second = people.dana.regenerate_key("Second", people.key_file)
    people.dana.rewrap(people.key_file, second)
    third = people.dana.regenerate_key("Third", second)
    assert len(people.dana.rewrap(second, third).done) == 1
    assert recover(people, third) == ["Mail"]


def test_a_member_follows_the_signature_and_is_told(people: People) -> None:
    zoe = people.joined()
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    zoe.vault.add("Bank")
    zoe.vault.back_up()
    pin = zoe.vault.opened.manifest["organisation_key"]
    assert pin == {"epoch": 2, "fingerprint": read_key(new_file).public.fingerprint}
    assert "Your organisation has a new recovery key" in zoe.browser.visit("/vault").page.text
    assert recover(people, new_file) == ["Mail", "Bank"]


def test_without_the_signature_no_backup_is_made_before_the_characters_were_compared(people: People) -> None:
    zoe = people.joined()
    new_file = people.dana.regenerate_key("Key of 2027", None)
    with pytest.raises(KeyMismatch):
        zoe.vault.back_up()
    zoe.vault.switch_on_cloud_backups(read_key(new_file).public.fingerprint[:16])
    assert zoe.vault.back_up()


def test_a_file_that_turns_up_later_signs_with_the_re_wrap(people: People) -> None:
    """The admin had said that it is lost; members who have not compared yet follow it then."""
    zoe = people.joined()
    new_file = people.dana.regenerate_key("Key of 2027", None)
    assert len(people.dana.rewrap(people.key_file, new_file).done) == 1
    assert zoe.vault.back_up()


def test_an_invite_from_before_names_a_key_that_signed_for_the_present_one(people: People) -> None:
    link = people.dana.invite("max@example.org", "Max", people.key_file)
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    max_ = Member(people.browser())
    vault = max_.join(link, "Max", PASSWORD, PIN)
    vault.switch_on_cloud_backups()
    assert vault.opened.manifest["organisation_key"]["fingerprint"] == read_key(new_file).public.fingerprint  # type: ignore[index]
    people.dana.regenerate_key("Key of 2028", None)
    with pytest.raises(KeyMismatch):
        vault.switch_on_cloud_backups()


def test_after_two_keys_a_member_who_was_away_follows_both(people: People) -> None:
    zoe = people.joined()
    second = people.dana.regenerate_key("Second", people.key_file)
    people.dana.regenerate_key("Third", second)
    assert zoe.vault.back_up()
    assert zoe.vault.opened.manifest["organisation_key"]["epoch"] == 3  # type: ignore[index]


def test_a_re_wrap_that_stopped_half_way_goes_on_with_what_is_left(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.limits.REWRAP_BATCH", 2)
    zoe = people.joined()
    for _ in range(4):
        zoe.vault.back_up()
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    key_id = people.dana.key_id(people.key_file)
    run = Rewrapping(people.dana.browser, read_key(people.key_file), read_key(new_file))
    assert len(run.run(key_id, batches=1).done) == 2
    assert "3 backups were left to re-wrap" in people.dana.browser.visit(f"/admin/keys/{key_id}/rewrap").page.text
    assert len(run.run(key_id).done) == 3
    assert run.run(key_id).done == []
    with people.app.app_context():
        keys = {backup.organisation_key.state for backup in db.session.scalars(db.select(CloudBackup))}
        assert keys == {KeyState.ACTIVE}


def test_damaged_and_strange_shares_are_named_and_left(people: People) -> None:
    zoe = people.joined()
    made = [zoe.vault.back_up() for _ in range(3)]
    with people.app.app_context(), transaction() as session:
        first, second = (session.get_one(CloudBackup, one.id) for one in made[:2])
        first.share_a, second.share_a = first.share_a[:-1] + bytes([first.share_a[-1] ^ 1]), made[2].share_a
    new_file = people.dana.regenerate_key("Key of 2027", people.key_file)
    outcome = people.dana.rewrap(people.key_file, new_file)
    assert outcome.skipped == {made[0].id: "malformed", made[1].id: "wrong_shares"}
    assert len(outcome.done) == 2


def test_after_disabling_a_new_ceremony_begins_with_the_next_epoch(people: People, clock: MovableClock) -> None:
    zoe = people.joined()
    people.dana.disable_cloud_backups("Example Works")
    people.dana.stop_removals()
    people.dana.disable_cloud_backups("Example Works")
    clock.advance(days=7)
    key = read_key(people.dana.make_key("Again"))
    assert (key.epoch, states(people)) == (2, ["deleted", "active"])
    zoe.unlock(PIN)
    with pytest.raises(KeyMismatch):
        zoe.vault.back_up()
    zoe.vault.switch_on_cloud_backups(key.public.fingerprint[:16])
    assert zoe.vault.back_up()


def test_the_wrong_name_deletes_nothing(people: People) -> None:
    people.dana.regenerate_key("Key of 2027", people.key_file)
    for typed in ("", "Key of 2027", "Key of 202"):
        with pytest.raises(ServerRefused):
            people.dana.delete_key(people.key_file, typed)


def test_statements_lead_only_where_they_were_signed() -> None:
    first, _, third = (key.public.fingerprint for key in (KEY, SECOND, THIRD))
    steps = [make_succession(SECOND, THIRD), make_succession(KEY, SECOND)]
    assert leads_to(steps, KEY.organisation, first, third)
    assert leads_to(steps, KEY.organisation, first[:32], third)
    assert not leads_to(steps, KEY.organisation, third, first)
    assert not leads_to(steps[:1], KEY.organisation, first, third)
    assert not leads_to(steps, "0" * 32, first, third)
    assert leads_to([], KEY.organisation, first, first)
    assert not leads_to([], KEY.organisation, first[:15], first)
    with pytest.raises(KeyMismatch):
        make_succession(SECOND, KEY)
