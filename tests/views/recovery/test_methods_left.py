"""Pages and mails that say what is left to get back with name the ways that are allowed, and no other."""

import pytest
from flask import Flask

from tests.support.people.marks import mark
from tests.support.people.method_switch import switch_off
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.people.person import add_person
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp import worker
from webapp.database import transaction
from webapp.flows.recovery_methods import PAIRING, RecoveryMethod
from webapp.models.directory.user import Role, User
from webapp.models.notices.notice import Notice
from webapp.ops.mail import rendered

LEFT = {
    (): "another device, a local backup or {kit}",
    (PAIRING,): "a local backup or {kit}",
    (RecoveryMethod.LOCAL_BACKUP,): "another device or {kit}",
    (PAIRING, RecoveryMethod.LOCAL_BACKUP): "{kit}",
    (RecoveryMethod.RECOVERY_KIT, RecoveryMethod.NEW_ACCOUNT): "another device or a local backup",
}
by_what_is_off = pytest.mark.parametrize("off", LEFT, ids=lambda off: " ".join(off) or "nothing")


@by_what_is_off
def test_disabling_cloud_backups(app: Flask, bob: Person, organisation_key: ActiveKey, off: tuple[str, ...]) -> None:
    switch_off(app, *off)
    page = bob.get("/admin/cloud-backups/disabling").text
    assert f"What is left to members: {LEFT[off].format(kit='their Recovery Kit')}.</li>" in page


def test_cloud_backups_that_are_the_only_way_left(app: Flask, bob: Person, organisation_key: ActiveKey) -> None:
    switch_off(app, PAIRING, RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)
    page = bob.get("/admin/cloud-backups/disabling").text
    assert "Allow another one first, under Ways back" in page
    assert "Disable in 7 Days" not in page


@by_what_is_off
def test_the_mail_about_backups_that_are_gone(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock, off: tuple[str, ...]
) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    switch_off(app, *off)
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    clock.advance(days=7)
    with app.app_context():
        worker.settle_due()
    assert f"What is left to you is {LEFT[off].format(kit='your Recovery Kit')}." in told(app, alice)


def test_a_notice_from_before_this_was_kept_with_it(app: Flask, alice: Person) -> None:
    with app.app_context(), transaction() as session:
        user = session.get_one(User, alice.user_id)
        Notice.give(user, "backups_gone", removal="", name="", due="", admin="", number=2)
    assert "2 cloud backups of yours went" in told(app, alice)


@by_what_is_off
def test_a_password_reset_where_there_is_no_cloud_backup(
    app: Flask, alice: Person, bob: Person, off: tuple[str, ...]
) -> None:
    enrolled(alice)
    switch_off(app, *off)
    page = bob.get(f"/admin/users/{alice.user_id}/reset").text
    assert f"What is left is {LEFT[off].format(kit='their Recovery Kit')}." in page


@by_what_is_off
def test_ones_own_request_that_nobody_can_approve(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, off: tuple[str, ...]
) -> None:
    enrolled(bob, here=False)
    own = waiting_request(bob, organisation_key)
    for admin in (olga, add_person(app, bob.organisation_id, "Dana", Role.ADMIN)):
        mark(admin, bob)
    switch_off(app, *off)
    assert f"What is left to you is {LEFT[off].format(kit='your Recovery Kit')}." in bob.get(own.path).text


def test_a_password_reset_where_nothing_is_left(app: Flask, alice: Person, bob: Person) -> None:
    enrolled(alice)
    switch_off(app, PAIRING, RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)
    page = bob.get(f"/admin/users/{alice.user_id}/reset").text
    assert "No other way that brings a vault back is allowed now." in page


@by_what_is_off
def test_joining_without_cloud_backups(app: Flask, alice: Person, off: tuple[str, ...]) -> None:
    enrolled(alice)
    with app.app_context(), transaction():
        User.locked(alice.user_id).joined_at = None
    switch_off(app, *off)
    page = alice.get("/join/cloud-backup").text
    assert f"Until then, what leads back to your vault is {LEFT[off].format(kit='your Recovery Kit')}." in page


def test_unpairing_the_last_device(app: Flask, alice: Person) -> None:
    path = f"/devices/{enrolled(alice).id}/unpairing"
    assert "what is left is your Recovery Kit" in alice.get(path).text
    switch_off(app, RecoveryMethod.RECOVERY_KIT)
    page = alice.get(path).text
    assert "your organisation does not allow the Recovery Kit now" in page
    assert "what is left is your Recovery Kit" not in page


def told(app: Flask, person: Person) -> str:
    with app.app_context():
        user = User.by_email(person.email)
        assert user
        return rendered(Notice.shown_to(user)[0]).body
