"""An account on hold: no recovery begins, everything else goes on. Warnings that a device showed have arrived."""

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.people.person import RECEIPT
from tests.support.recovery.runs import asked, request_row, restoring
from tests.support.recovery.vetoes import heading, states
from tests.views.account.test_notices import give
from tests.views.recovery.test_start import STEPS
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest


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
    alice.look_at("/settings", keyless)
    assert not seen(app, notice), "a password alone sees for nobody"
    alice.get("/settings")
    assert not seen(app, notice), "drawing a page is not showing it"
    alice.look_at("/settings")
    assert seen(app, notice)


def test_a_page_confirms_a_warning_once(app: Flask, alice: Person) -> None:
    enrolled(alice)
    give(alice)
    assert RECEIPT.search(alice.look_at("/settings").text)
    assert RECEIPT.search(alice.get("/settings").text) is None


def test_whoever_puts_a_warning_away_has_seen_it(app: Flask, alice: Person) -> None:
    enrolled(alice)
    notice = give(alice)
    assert alice.post(f"/notices/{notice}/dismissal").status_code == 200
    assert seen(app, notice)


def test_nothing_but_a_device_of_the_reader_confirms_anything(app: Flask, alice: Person, charlie: Person) -> None:
    enrolled(alice)
    enrolled(charlie)
    notice = give(alice)
    keyless = alice.another_browser()
    be_at(alice, None, keyless)
    for client in (keyless, charlie.client):
        assert client.post("/notices/receipt", data={"seen": notice}).status_code == 204
    assert app.test_client().post("/notices/receipt", data={"seen": notice}).status_code == 303
    assert not seen(app, notice)
    alice.post("/notices/receipt", data={"seen": notice})
    assert seen(app, notice)


def test_a_page_that_lies_confirms_nothing_that_is_not_in_sight(app: Flask, alice: Person) -> None:
    enrolled(alice)
    behind = give(alice)
    newer = [give(alice, request=f"{number:032}") for number in range(limits.NOTICES_SEEN)]
    alice.post("/notices/receipt", data={"seen": " ".join([behind, *newer])})
    assert [seen(app, each) for each in (behind, *newer)] == [False, True, True, True]
    alice.post("/notices/receipt", data={"seen": behind})
    assert not seen(app, behind)
    for each in newer:
        alice.post(f"/notices/{each}/dismissal")
    alice.look_at("/settings")
    assert seen(app, behind)


def test_what_admins_are_told_about_others_is_not_noted(app: Flask, bob: Person) -> None:
    enrolled(bob)
    notice = give(bob, "restore_requested")
    bob.look_at("/settings")
    bob.post("/notices/receipt", data={"seen": notice})
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
        assert db.session.get_one(RestoreRequest, request_id).usable_at is None
    alice.look_at("/settings")
    with app.app_context():
        begun = db.session.get_one(RestoreRequest, request_id).usable_at
        assert begun
        assert begun > now()
    alice.look_at("/settings")
    alice.post("/notices/receipt", data={"seen": notice_id})
    with app.app_context():
        assert db.session.get_one(RestoreRequest, request_id).usable_at == begun


def test_a_request_is_not_stopped_by_a_hold_of_somebody_else(
    alice: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    asked(alice, backed_up(alice, organisation_key))
    hold(charlie)
    assert states(alice) == ["requested"]
