"""A recovery key was replaced: a re-wrap that is cut off, and what members see of a key that was signed or was not."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.hostile.test_swapped_keys import KEY_STORE, type_pin
from tests.support.pages.browser_devices import SLOW, open_vault, sign_in
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.file_choice import choose, saved
from tests.support.pages.tour import ask
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.recovery_keys.life import follow, key_of
from tests.support.recovery_keys.pages import count, generate, put_vault, rewrap
from tests.support.vault.devices import login
from webapp import limits
from webapp.client.formats.recovery_keys import read_key
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup


def test_a_re_wrap_that_the_network_cuts_off_goes_on_with_what_is_left(
    app: Flask, key_desk: Page, alice: Person, olga: Person, organisation_key: ActiveKey, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, complaints: Complaints, screen: Screens,
) -> None:  # fmt: skip
    monkeypatch.setattr(limits, "REWRAP_BATCH", 1)
    enrolled(alice, here=False)
    made = [backed_up(alice, organisation_key).id for _ in range(4)]
    following = follow(olga, organisation_key)
    with app.app_context(), transaction() as session:
        damaged = session.get_one(CloudBackup, max(made))
        damaged.share_a = damaged.share_a[:-1] + bytes([damaged.share_a[-1] ^ 1])
    sent: list[str] = []

    def cut_off(route: Route) -> None:
        sent.extend([route.request.url] if route.request.method == "POST" else [])
        if route.request.method == "POST" and len(sent) == 3:
            route.abort()
        else:
            route.continue_()

    key_desk.route(re.compile("/rewrap$"), cut_off)
    key_desk.reload()
    key_desk.get_by_role("link", name="Re-wrap").click()
    choose(key_desk, saved(tmp_path / "first", organisation_key.file), "Former key file")
    choose(key_desk, saved(tmp_path / "second", following.file), "Key file in use")
    rewrap(key_desk)
    expect(key_desk.get_by_text("The server can’t be reached. Nothing is lost")).to_be_visible()
    expect(key_desk.get_by_text("2 backups are re-wrapped")).to_be_visible()
    complaints.forgive()
    rewrap(key_desk)
    expect(key_desk.get_by_text("1 backup is re-wrapped")).to_be_visible()
    expect(key_desk.get_by_text("1 backup could not be re-wrapped and is left as it is:")).to_be_visible()
    expect(
        key_desk.get_by_text(re.compile(r"Alice, \d{4}-\d\d-\d\d \d\d:\d\d UTC: its half is damaged"))
    ).to_be_visible()
    screen(key_desk, "admin-rewrap-skipped")
    with app.app_context():
        keys = [db.session.get_one(CloudBackup, backup).organisation_key_id for backup in sorted(made)]
        assert keys == [following.id] * 3 + [organisation_key.id]


def test_without_the_former_file_a_member_compares_the_characters(
    app: Flask, key_desk: Page, pinned_home: Page, alice: Person, bob: Person, tmp_path: Path, screen: Screens
) -> None:
    second = tmp_path / "second.txt"
    generate(key_desk, second)
    key_desk.get_by_label("The file of “First key” is lost").check()
    screen(key_desk, "admin-regenerate-lost")
    key_desk.get_by_role("button", name="Use the New Key").click()
    expect(key_desk.get_by_text("Read its first 16 characters out to members who ask")).to_be_visible()
    pinned_home.goto("/vault")
    expect(pinned_home.get_by_text("No cloud backup is made", exact=True)).to_be_visible(timeout=SLOW)
    assert count(alice) == 1
    pinned_home.get_by_role("link", name="See What to Do").click()
    expect(pinned_home.get_by_text("This is another key than the one you know")).to_be_visible(timeout=SLOW)
    screen(pinned_home, "backups-key-changed")
    typed = pinned_home.get_by_label("First 16 characters of the recovery key")
    typed.fill("aaaa bbbb cccc dddd")
    pinned_home.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(pinned_home.get_by_text("These are not the characters of the key")).to_be_visible()
    typed.fill(read_key(second.read_bytes()).public.fingerprint[:16])
    pinned_home.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(pinned_home.get_by_role("button", name="Back Up Now")).to_be_visible(timeout=SLOW)
    assert count(alice) == 2


def test_the_backup_page_follows_a_signed_key_too(
    app: Flask, pinned_home: Page, alice: Person, olga: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    following = follow(olga, organisation_key)
    pinned_home.goto("/backups")
    expect(pinned_home.get_by_text("signed “Second key”, so your vault now has that one")).to_be_visible(timeout=SLOW)
    screen(pinned_home, "backups-key-followed")
    pinned_home.get_by_role("link", name="See Your Backups").click()
    expect(pinned_home.get_by_role("cell", name="Second key")).to_be_visible()
    assert key_of(olga, alice.backups[0].id) == (organisation_key.id, alice.backups[0].share_a)
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).cloud_backups_fingerprint == following.key.public.fingerprint


def test_an_invite_from_before_leads_to_the_present_key(
    alice: Person, olga: Person, organisation_key: ActiveKey, page: Page, screen: Screens
) -> None:
    following, told = follow(olga, organisation_key), organisation_key.key.public.fingerprint[:32]
    device = enrolled(alice, [login()], here=False)
    open_vault(page, alice)
    page.evaluate(KEY_STORE, ["change", device.id, {"told": told}])  # as it joined with that link
    page.goto("/backups")
    expect(page.get_by_text("This browser was told an earlier key, and that key signed this one:")).to_be_visible()
    screen(page, "backups-earlier-invite")
    page.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(page.get_by_role("button", name="Back Up Now")).to_be_visible(timeout=SLOW)
    assert page.evaluate(KEY_STORE, ["pinOf", alice.organisation_id])["fingerprint"] == following.key.public.fingerprint


def test_a_browser_learns_from_the_vault_which_key_was_compared_elsewhere(
    alice: Person, olga: Person, organisation_key: ActiveKey, page: Page
) -> None:
    """Else a recovery there would refuse the vault for ever: the former key, which it was told, did not sign."""
    following, told = follow(olga, organisation_key, signed=False), organisation_key.key.public.fingerprint[:32]
    put_vault(alice, following)
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": told}])
    with page.expect_response(re.compile("/backups$"), timeout=SLOW):
        open_vault(page, alice)
    known = page.evaluate(KEY_STORE, ["pinOf", alice.organisation_id])
    assert known == {"fingerprint": following.key.public.fingerprint, "epoch": following.key.epoch}


@pytest.mark.parametrize("told_the_first", [True, False])
def test_a_recovery_takes_a_vault_and_a_browser_that_know_different_keys_of_one_line(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, page: Page, told_the_first: bool
) -> None:
    """Both ways round: the vault is from before the key was replaced, or what this browser was told is."""
    following = follow(olga, organisation_key)
    told, recorded = (organisation_key, following) if told_the_first else (following, organisation_key)
    put_vault(alice, recorded)
    backed_up(alice, recorded)
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", alice.organisation_id, {"fingerprint": told.key.public.fingerprint}])
    sign_in(page, alice)
    page.goto("/recovery")
    approve_shown(bob, recorded, ask(page))
    type_pin(page)  # the two keys are of one line, so that nobody has to tell digits
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=SLOW)
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 2
