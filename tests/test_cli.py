"""Commands of the operator."""

import pytest
from flask import Flask

from webapp.database import db
from webapp.models import Invite, Organisation


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
    assert invited(app) == ["olga@example.org"]
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
