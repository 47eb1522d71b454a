"""An account on hold: no recovery begins, everything else goes on. Warnings that a device showed have arrived."""

import pytest
from flask import Flask

from tests.support.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.restoring import asked, request_row, restoring
from tests.support.vetoing import heading, states
from tests.views.test_notices import give
from tests.views.test_recovery import STEPS
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models import Hold, Notice, RestoreRequest, User


def hold(person: Person) -> None:
    with person.app.app_context(), transaction():
        Hold.begin(User.locked(person.user_id), "Laptop")


def lift(person: Person) -> None:
    with person.app.app_context(), transaction():
        found = Hold.of(person.user_id)
        assert found
        found.lift(None)


def test_account_recovery_says_so_instead_of_doors(alice: Person, olga: Person) -> None:
    enrolled(alice)
    keyless = alice.another_browser()
    be_at(alice, None, keyless)
    hold(alice)
    page = keyless.get("/recovery")
    assert heading(page) == "Your Account Is on Hold"
    assert "with Laptop" in page.text
    assert "Your vault still opens on Firefox on Linux." in page.text
    assert "mailto:olga@example.org" in page.text
    assert "Recover From Backup" not in page.text
    assert "This browser still opens your vault" in alice.get("/recovery").text
    lift(alice)
    assert heading(keyless.get("/recovery")) == "Account Recovery"


@pytest.mark.parametrize("path", [path for path in STEPS if path != "/recovery"])
def test_every_step_leads_to_where_it_is_said(alice: Person, path: str) -> None:
    enrolled(alice)
    hold(alice)
    assert alice.get(path).headers["Location"] == "/recovery"


def test_no_request_is_made(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    made = restoring(alice, backed_up(alice, organisation_key))
    hold(alice)
    answer = made.ask()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/recovery")
    assert states(alice) == []


def test_signing_in_the_vault_and_admin_pages_go_on(alice: Person, bob: Person) -> None:
    enrolled(alice)
    hold(alice)
    assert alice.get("/vault").status_code == 200
    enrolled(bob, here=False)
    hold(bob)
    assert bob.get("/admin/").status_code == 200


def test_it_is_nobody_elses(alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    be_at(charlie, None)
    hold(alice)
    assert heading(charlie.get("/recovery")) == "Account Recovery"


def seen(app: Flask, notice_id: str) -> bool:
    with app.app_context():
        return db.session.get_one(Notice, notice_id).seen_at is not None


def test_a_warning_that_a_device_showed_was_seen(app: Flask, alice: Person) -> None:
    enrolled(alice)
    notice = give(alice)
    keyless = alice.another_browser()
    be_at(alice, None, keyless)
    keyless.get("/settings")
    assert not seen(app, notice), "a password alone sees for nobody"
    alice.get("/settings")
    assert seen(app, notice)


def test_what_admins_are_told_about_others_is_not_noted(app: Flask, bob: Person) -> None:
    enrolled(bob)
    notice = give(bob, "restore_requested")
    bob.get("/settings")
    assert not seen(app, notice)


def test_a_wait_begins_when_a_device_shows_its_notice(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        request_id = request_row(alice, State.APPROVED)
    notice_id = give(alice, "restore_approved_waiting", request=request_id, admin="Bob", hours="24")
    with app.app_context(), transaction() as session:
        request = session.get_one(RestoreRequest, request_id)
        request.waits_for, request.usable_at = notice_id, None
    alice.get("/settings")
    with app.app_context():
        begun = db.session.get_one(RestoreRequest, request_id).usable_at
        assert begun
        assert begun > now()
    alice.get("/settings")
    with app.app_context():
        assert db.session.get_one(RestoreRequest, request_id).usable_at == begun


def test_a_request_is_not_stopped_by_a_hold_of_somebody_else(
    alice: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    asked(alice, backed_up(alice, organisation_key))
    hold(charlie)
    assert states(alice) == ["requested"]
