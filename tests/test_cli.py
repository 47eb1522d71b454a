"""Commands of the operator."""

import pytest
from flask import Flask

from tests.support.people.password_links import NEW
from tests.support.people.people import Person, enrolled
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.approval.hold import Hold
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice


def init(app: Flask, email: str) -> tuple[int, str]:
    """(exit code, output)"""
    result = app.test_cli_runner().invoke(args=["init", "--organisation", "Example Works", "--email", email])
    return result.exit_code, result.output


def invited(app: Flask) -> list[str]:
    with app.app_context():
        found = Organisation.the()
        return [invite.email for invite in Invite.open_ones(found.id)] if found else []


def test_the_first_owner_gets_a_link(app: Flask) -> None:
    code, output = init(app, " Olga@example.org ")
    assert code == 0
    assert f"{app.config['PUBLIC_URL']}/join/" in output
    assert invited(app) == ["Olga@example.org"]
    with app.app_context():
        assert db.session.query(Organisation).count() == 1


def test_an_owner_who_never_joined_is_invited_again(app: Flask) -> None:
    init(app, "olga@example.org")
    assert init(app, "otto@example.org")[0] == 0
    with app.app_context():
        assert db.session.query(Organisation).count() == 1


@pytest.mark.parametrize("email", ["olga", "olga@", "@", "olga@example.org, otto@example.org", f"{'o' * 250}@a.org"])
def test_no_link_is_made_for_what_is_no_address(app: Flask, email: str) -> None:
    code, output = init(app, email)
    assert code == 1
    assert "That is no email address" in output
    with app.app_context():
        assert Organisation.the() is None


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.output


def test_a_reset_prints_the_link_to_hand_over(app: Flask, alice: Person) -> None:
    enrolled(alice)
    code, output = run(app, "reset", " Alice@example.org ")
    assert code == 0
    assert "Alice (alice@example.org)" in output
    assert "1 device has to be brought back" in output
    assert alice.get("/settings").status_code == 303
    link = output.split()[-1]
    assert link.startswith("http://localhost/password/")
    path = link.removeprefix("http://localhost")
    assert app.test_client().post(path, data={"password": NEW}).headers["Location"] == "/devices/here"
    with app.app_context():
        assert {notice.kind for notice in db.session.query(Notice)} == {"password_was_reset", "new_sign_in"}


def test_an_owner_who_is_locked_out_is_reset_too(app: Flask, olga: Person) -> None:
    code, output = run(app, "reset", olga.email)
    assert code == 0
    assert "no devices have to be brought back" in output


@pytest.mark.parametrize("command", ["reset", "lift-hold"])
def test_an_unknown_address_is_said(app: Flask, alice: Person, command: str) -> None:
    code, output = run(app, command, "alice@example.com")
    assert code == 1
    assert "There is no account under alice@example.com" in output


def test_a_disabled_account_is_not_reset(app: Flask, alice: Person) -> None:
    with app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    code, output = run(app, "reset", alice.email)
    assert code == 1
    assert "is disabled" in output
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).has_password


def test_the_operator_lifts_a_hold(app: Flask, alice: Person, bob: Person) -> None:
    with app.app_context(), transaction():
        Hold.begin(User.locked(alice.user_id), "a link from a mail")
    code, output = run(app, "lift-hold", alice.email)
    assert code == 0
    assert "The hold on the account of Alice (alice@example.org) is lifted" in output
    with app.app_context():
        assert Hold.of(alice.user_id) is None
        assert "hold_lifted_admin" in {notice.kind for notice in db.session.query(Notice)}
    code, output = run(app, "lift-hold", alice.email)
    assert code == 1
    assert "is not on hold" in output


def test_before_there_are_tables_it_says_what_to_run(app: Flask) -> None:
    with app.app_context():
        db.drop_all()
    assert "upgrade-db" in run(app, "reset", "alice@example.org")[1]
