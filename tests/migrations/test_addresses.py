"""The migration that gives each email address a key: what is one is one, and no account is ever merged into another."""

import logging

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from webapp.database import db, transaction
from webapp.models.directory.user import User

U_LABEL, A_LABEL = "ada@bücher.example", "ada@xn--bcher-kva.example"
OTHERS = {
    "dana@example.org": "dana@example.org",
    "zoe\u0301@example.org": "zoé@example.org",
    "odd@[192.0.2.7]": "odd@[192.0.2.7]",
    "ben@keys.local": "ben@keys.local",
}


def kept(emails: list[str]) -> None:
    """Accounts of the version before, in the order in which they were made; an invite to each, too."""
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO organisation (id, name, contact_name, contact_email, contact_phone, is_demo, "
                "requests_version, approval_wait_hours, second_factor_policy, backups_kept, backup_days_kept, "
                "backup_weeks_kept, ways_off, created_at) VALUES ('o', 'Works', '', '', '', false, 0, 24, 'nobody', "
                "10, 14, 8, '', '2026-01-01 00:00:00')"
            )
        )
        for number, email in enumerate(emails):
            facts = {"id": str(number), "email": email, "at": f"2026-01-{number + 1:02} 00:00:00"}
            session.execute(
                text(
                    "INSERT INTO user_account (id, organisation_id, email, name, role, password_hash, session_epoch, "
                    "epoch, kit_number, created_at, pairing_codes, reset_reason, reset_by) VALUES "
                    "(:id, 'o', :email, :id, 'member', '', 1, 0, 0, :at, 0, '', '')"
                ),
                facts,
            )
            session.execute(
                text(
                    "INSERT INTO invite (id, organisation_id, email, name, role, token_sha256, made_at, expires_at) "
                    "VALUES (:id, 'o', :email, '', 'member', :id, :at, :at)"
                ),
                facts,
            )


def found(email: str) -> str | None:
    """The address of the account to which this one leads."""
    user = User.by_email(email)
    db.session.rollback()
    return user.email if user else None


@pytest.fixture
def before(app: Flask) -> Flask:
    with app.app_context():
        downgrade(revision="0015")
    return app


@pytest.mark.databases
def test_every_address_is_found_however_it_is_spelled_and_kept_as_it_is(before: Flask) -> None:
    with before.app_context():
        kept([A_LABEL, *OTHERS])
        upgrade()
        keys: dict[str, str] = dict(db.session.execute(text("SELECT email, email_key FROM user_account")).all())
        assert keys == {A_LABEL: A_LABEL, **OTHERS}
        assert dict(db.session.execute(text("SELECT email, email_key FROM invite")).all()) == keys
        assert [found(U_LABEL), found("ADA@BÜCHER.example"), found(A_LABEL)] == [A_LABEL] * 3
        assert found("ZOÉ@example.org") == "zoe\u0301@example.org"
        assert found("odd@[192.0.2.7]") == "odd@[192.0.2.7]"
        assert User.twins() == []
        db.session.rollback()


@pytest.mark.databases
@pytest.mark.parametrize(
    ("emails", "lost"),
    [
        ([U_LABEL, A_LABEL], "ada@bu\u0308cher.example"),
        ([A_LABEL, U_LABEL], "ada@bu\u0308cher.example"),
        (["zoé@example.org", "zoe\u0301@example.org"], None),
        (["zoe\u0301@example.org", "zoé@example.org"], None),
        (["zoe\u0301@bücher.example", "zoé@bücher.example"], "ZOÉ@xn--bcher-kva.example"),
    ],
)
def test_two_accounts_of_one_address_stay_two_and_are_named(
    before: Flask, caplog: pytest.LogCaptureFixture, emails: list[str], lost: str | None
) -> None:
    with before.app_context():
        kept(emails)
        with caplog.at_level(logging.WARNING):
            upgrade()
        assert [found(email) for email in emails] == emails
        twins = [(one.email, other.email) for one, other in User.twins()]
        db.session.rollback()
        assert len(twins) == 1
        assert sorted(twins[0]) == sorted(emails)
        assert "two accounts have one address" in caplog.text
        if lost:
            assert found(lost) == twins[0][0], "another spelling leads to the one that has the key"
