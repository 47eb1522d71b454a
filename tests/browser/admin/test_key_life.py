"""The life of a recovery key in real browsers: replaced, re-wrapped, deleted; Cloud Backups disabled, and not."""

from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.file_choice import choose, saved
from tests.support.people.people import ActiveKey, Person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import key_of
from tests.support.recovery_keys.pages import active, approve, cancel, generate, rewrap
from tests.support.run.clock import MovableClock
from webapp import worker
from webapp.client.formats.recovery_keys import make_key, read_key, write_key
from webapp.client.recovery.approvals import open_wrapped
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


def replace(key_desk: Page, first: Path, second: Path, screen: Screens) -> None:
    """Regenerate; the new file is at `second`, the former signs, and no other file does."""
    key_desk.get_by_role("link", name="Regenerate").click()
    expect(key_desk.get_by_label("Name of the key")).to_be_visible()
    screen(key_desk, "admin-regenerate")
    key_desk.go_back()
    generate(key_desk, second)
    use = key_desk.get_by_role("button", name="Use the New Key")
    use.click()
    expect(key_desk.get_by_text("Choose the recovery key file first.")).to_be_visible()
    foreign = write_key(make_key("0" * 32, "Other Works", "Theirs", 1))
    for wrong, sentence in (
        (second, "Needed is “First key” (number 1)"),
        (saved(second.with_name("foreign"), foreign), "belongs to another organisation, Other Works."),
    ):
        choose(key_desk, wrong, "Key file that signs the new key")
        use.click()
        expect(key_desk.get_by_text(sentence)).to_be_visible()
    screen(key_desk, "admin-regenerate-both-files")
    choose(key_desk, first, "Key file that signs the new key")
    use.click()
    expect(key_desk.get_by_text("Members’ browsers follow the signature")).to_be_visible()


def follow_by_itself(pinned_home: Page, alice: Person, key: OrganisationKey, screen: Screens) -> None:
    """Alice’s browser takes the new key over, says so once, and makes a backup with it."""
    pinned_home.goto("/vault")
    told = pinned_home.get_by_text("The key that your vault had on record signed it")
    expect(told).to_be_visible(timeout=SLOW)
    screen(pinned_home, "vault-key-followed")
    with alice.app.app_context():
        user, newest = db.session.get_one(User, alice.user_id), CloudBackup.newest(alice.user_id)
        assert user.cloud_backups_fingerprint == key.fingerprint
        assert newest
        assert (newest.organisation_key_id, CloudBackup.count(alice.user_id)) == (key.id, 2)
    pinned_home.reload()
    expect(pinned_home.locator(".item")).to_have_count(1)
    expect(told).to_be_hidden()


def rewrap_once_nobody_needs_it(
    key_desk: Page, alice: Person, bob: Person, former: ActiveKey, files: tuple[Path, Path], screen: Screens
) -> None:
    """Her former backup is asked for: the former file approves it, and it is not re-wrapped before that is over."""
    first, second = files
    request = waiting_request(alice, former)
    approve(key_desk, request, first)
    key_desk.goto("/admin/settings")
    screen(key_desk, "admin-settings-keys")
    key_desk.get_by_role("link", name="Re-wrap").click()
    expect(key_desk.get_by_text("1 backup is needed by an open restore request")).to_be_visible()
    choose(key_desk, first, "Former key file")
    choose(key_desk, first, "Key file in use")
    expect(key_desk.get_by_text("Needed is “Second key” (number 2)")).to_be_visible()
    choose(key_desk, second, "Key file in use")
    rewrap(key_desk)
    expect(key_desk.get_by_text("Re-wrap again when that is over.")).to_be_visible()
    assert key_of(bob, alice.backups[0].id) == (former.id, alice.backups[0].share_a)
    cancel(alice, request)
    rewrap(key_desk)
    expect(key_desk.get_by_text("1 backup is re-wrapped: “Second key” opens it now.")).to_be_visible()
    screen(key_desk, "admin-rewrapped")


def put_back_and_re_wrap_again(
    key_desk: Page, alice: Person, bob: Person, former: ActiveKey, files: tuple[Path, Path], screen: Screens
) -> None:
    """Her former backup is sealed to the former key for a while."""
    key_desk.goto("/admin/settings")
    key_desk.get_by_role("link", name="Put Back Shares").click()
    expect(key_desk.get_by_text("1 backup depends on “First key” again")).to_be_visible()
    screen(key_desk, "admin-put-back-shares")
    key_desk.get_by_role("button", name="Put Back").click()
    expect(key_desk.get_by_text("Shares that are back in their place: 1.")).to_be_visible()
    assert key_of(bob, alice.backups[0].id) == (former.id, alice.backups[0].share_a)
    key_desk.get_by_role("link", name="Re-wrap").click()
    for file, name in zip(files, ("Former key file", "Key file in use"), strict=True):
        choose(key_desk, file, name)
    rewrap(key_desk)
    expect(key_desk.get_by_text("1 backup is re-wrapped: “Second key” opens it now.")).to_be_visible()


def approve_what_was_re_wrapped(key_desk: Page, alice: Person, former: ActiveKey, second: Path) -> None:
    """From now on the new file approves it."""
    request = waiting_request(alice, former)
    approve(key_desk, request, second)
    with alice.app.app_context():
        wrapped = db.session.get_one(RestoreRequest, request.id).wrapped
    opened = open_wrapped(wrapped, request.request, request.device.identity)
    assert opened.meta == alice.backups[0].meta
    opened.require_made_for(read_key(second.read_bytes()).public.fingerprint)


def announce_deletion(key_desk: Page, screen: Screens) -> None:
    """By its name, not by another’s."""
    key_desk.goto("/admin/settings")
    key_desk.get_by_role("link", name="Delete").click()
    key_desk.get_by_label("Type the name of the key").fill("Second key")
    key_desk.get_by_role("button", name="Delete in 7 Days").click()
    expect(key_desk.get_by_text("This is not the name.")).to_be_visible()
    screen(key_desk, "admin-delete-key")
    key_desk.get_by_label("Type the name of the key").fill("First key")
    key_desk.get_by_role("button", name="Delete in 7 Days").click()
    expect(key_desk.get_by_text("“First key” and its backups will be deleted")).to_be_visible()


def test_a_key_is_replaced_its_backups_are_re_wrapped_and_it_is_deleted(
    app: Flask, key_desk: Page, pinned_home: Page, alice: Person, bob: Person, organisation_key: ActiveKey,
    tmp_path: Path, clock: MovableClock, screen: Screens,
) -> None:  # fmt: skip
    first, second = saved(tmp_path / "first.txt", organisation_key.file), tmp_path / "second.txt"
    replace(key_desk, first, second, screen)
    key = active(app, bob)
    assert key.fingerprint == read_key(second.read_bytes()).public.fingerprint
    follow_by_itself(pinned_home, alice, key, screen)
    rewrap_once_nobody_needs_it(key_desk, alice, bob, organisation_key, (first, second), screen)
    put_back_and_re_wrap_again(key_desk, alice, bob, organisation_key, (first, second), screen)
    approve_what_was_re_wrapped(key_desk, alice, organisation_key, second)
    announce_deletion(key_desk, screen)
    clock.advance(days=7)
    key_desk.goto("/admin/settings")
    expect(key_desk.get_by_text("First key")).to_have_count(1)  # whose place the second took
    with alice.app.app_context():
        worker.settle_due()
        assert CloudBackup.count(alice.user_id) == 2
        assert organisation_key.id not in set(db.session.scalars(db.select(FormerShare.organisation_key_id)))


def test_cloud_backups_are_announced_to_be_disabled_and_that_is_stopped(
    app: Flask, key_desk: Page, pinned_home: Page, alice: Person, screen: Screens
) -> None:
    key_desk.get_by_role("link", name="Disable Cloud Backups").click()
    key_desk.get_by_label("Type the name of the organisation").fill("Example")
    key_desk.get_by_role("button", name="Disable in 7 Days").click()
    expect(key_desk.get_by_text("This is not the name.")).to_be_visible()
    screen(key_desk, "admin-disable-backups")
    key_desk.get_by_label("Type the name of the organisation").fill("example works")
    key_desk.get_by_role("button", name="Disable in 7 Days").click()
    expect(key_desk.get_by_text("Cloud Backups will be disabled: every key")).to_be_visible()
    screen(key_desk, "admin-settings-disabling")
    pinned_home.goto("/backups")
    expect(pinned_home.get_by_text("Cloud Backups will be disabled", exact=True)).to_be_visible()
    screen(pinned_home, "backups-going")
    key_desk.get_by_role("button", name="Stop disabling Cloud Backups").click()
    expect(key_desk.get_by_text("Stopped. Nothing is deleted")).to_be_visible()
    pinned_home.reload()
    expect(pinned_home.get_by_role("link", name="Your cloud backups stay")).to_be_visible()
    expect(pinned_home.get_by_text("Cloud Backups will be disabled", exact=True)).to_have_count(0)
