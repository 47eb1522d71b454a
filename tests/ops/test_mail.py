"""Notices in words, and the mails made of them."""

import hashlib
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.support.people.people import Person
from tests.views.account.test_notices import FACTS
from webapp.config import ROOT
from webapp.database import db, transaction
from webapp.models.accounts.policies import POLICIES, Policy
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import VETOED_BY_MAIL, Notice
from webapp.models.signin.mail_code import MailCode
from webapp.models.signin.session import SignIn
from webapp.ops import mail

GIVEN = re.compile(r"(?:give|give_admins|tell_member|tell_admins|tell)\(\s*[\w.]+,\s*\"(\w+)\"")
FURTHER = {
    **{
        "admin": "Bob",
        "reason": "Call me first.",
        "member_id": "cd" * 16,
        "said_with": "a link from a mail",
        "way": "mail",
        "own": False,
        "link": "",
    },
    **{"left": 9, "hours": 24, "owner": "Olga", "before": 24, "after": 48, "made_at": "2026-11-01T10:00:00+00:00"},
    **{
        "names": "Firefox on Linux",
        "several": False,
        "with_device": "Safari on iPhone",
        "is_prior": False,
        "deed": "devices_taken",
        "off": "Local Backup",
        "on": "Cloud Backup",
        "handed_over": True,
        "other": "Firefox on Linux",
        "device": "Chrome",
    },
    **{"name": "Safe 2027", "former": "Safe 2026", "is_signed": True, "due": "4 Dec 2026, 10:00 UTC", "members": 2},
    **{"policy": "waiting_time", "last": 10, "days": 14, "weeks": 8, "others": 2},
}
PATHS = (
    r"/(admin/requests|recovery(/requests)?|admin/users)(/[0-9a-f]{32})?|/admin/settings|/admin/diagnostics|/settings|/sessions|/devices|/"
    r"|/forgot-password|/pair|/vault(/earlier)?|/backups"
)


def kinds() -> list[str]:
    """Every kind of notice that a model gives."""
    sources = (path.read_text() for path in sorted((ROOT / "webapp").rglob("*.py")))
    given = {kind for source in sources for kind in GIVEN.findall(source)}
    return sorted(given | {Policy.notice, *(policy.notice for policy in POLICIES)})


@pytest.fixture
def told(alice: Person) -> mail.Text:
    return rendered(alice, "restore_requested_by_you")


def rendered(person: Person, kind: str, **facts: Any) -> mail.Text:
    with person.app.app_context(), transaction() as session:
        notice = Notice.give(session.get_one(User, person.user_id), kind, **{**FACTS, **FURTHER, **facts})
        session.flush()
        return mail.rendered(notice)


def test_there_are_kinds_and_no_text_is_left_over() -> None:
    texts = {path.stem for path in (ROOT / "templates/mail").rglob("[!_]*.txt")}
    assert len(kinds()) >= 10
    assert set(kinds()) == texts


@pytest.mark.parametrize("kind", sorted({*kinds()} - {"mail_code"}))
def test_every_kind_is_a_short_subject_and_a_text_that_leads_somewhere(alice: Person, kind: str) -> None:
    text = rendered(alice, kind)
    assert 10 < len(text.subject) <= 78
    assert "\n" not in text.subject
    assert not text.subject.endswith(".")
    assert re.fullmatch(PATHS, text.path)
    assert f"http://localhost{text.path}\n" in text.body
    assert "never asks for your PIN" in text.body
    assert "\n\n\n" not in text.body
    assert "{" not in text.body
    assert "&#39;" not in text.body
    assert "'" not in text.body, "apostrophes are ’"


@pytest.mark.parametrize(
    ("way", "subject", "words"),
    [
        ("local_backup", "Your vault was restored", "restored with a local backup in Firefox"),
        ("recovery_kit", "Your vault was restored", "restored with your Recovery Kit in Firefox"),
        ("new_account", "A new Password Manager account was created", "For 30 days you can also take all of it back"),
    ],
)
def test_a_recovery_without_help_is_told_by_its_way(alice: Person, way: str, subject: str, words: str) -> None:
    text = rendered(alice, "own_recovery_completed", way=way)
    assert text.subject == subject
    assert words in text.body


@pytest.mark.parametrize("reason", ["reset", "veto", "undo", "recovered", "disabled", "check"])
def test_a_stopped_request_says_what_stopped_it(alice: Person, reason: str) -> None:
    words = {
        "reset": "Your password was reset",
        "veto": "This wasn’t me",
        "undo": "was undone",
        "recovered": "recovered in another way",
        "disabled": "Your account was disabled",
        "check": "whoever answered holds another recovery key",
    }
    text = rendered(alice, "restore_stopped", reason=reason).body
    assert [each for each in words if words[each] in text] == [reason]


def test_it_names_the_contact(alice: Person, olga: Person) -> None:
    assert "Questions? Olga, olga@example.org." in rendered(alice, "restore_approved").body
    with alice.app.app_context(), transaction() as session:
        session.get_one(Organisation, alice.organisation_id).contact_phone = "+1 555 0100"
    assert "Questions? +1 555 0100." in rendered(alice, "restore_approved").body


def test_a_denial_gives_the_reason_where_there_is_one(alice: Person) -> None:
    assert "Call me first." in rendered(alice, "restore_denied").body
    assert "reason" not in rendered(alice, "restore_denied", reason="").body


def test_no_name_can_break_out_of_the_subject(bob: Person) -> None:
    text = rendered(bob, "restore_requested", member="Eve\nBcc: all@example.org")
    assert "\n" not in text.subject


def test_a_link_to_the_contact_is_filled_in(app: Flask, olga: Person) -> None:
    with app.app_context():
        organisation = db.session.get_one(Organisation, olga.organisation_id)
        link = mail.contact_link(organisation, "Fingerprint & more", "abcd efgh\nthanks")
    assert link == "mailto:olga@example.org?subject=Fingerprint%20%26%20more&body=abcd%20efgh%0Athanks"


def give(person: Person, kind: str, purpose: Purpose, name: str) -> tuple[str, Link]:
    """A notice that names a link of its reader; ids of both."""
    with transaction() as session:
        user = session.get_one(User, person.user_id)
        link = Link.make(user, purpose, mailed=True)
        notice = Notice.give(user, kind, **{**FACTS, **FURTHER, name: link.id})
        session.flush()
        return notice.id, link


def test_a_link_stands_in_the_mail_and_nowhere_else(app: Flask, alice: Person) -> None:
    with app.app_context():
        notice_id, link = give(alice, "password_link", Purpose.PASSWORD, "link")
        notice, token = db.session.get_one(Notice, notice_id), link.token
        assert f"http://localhost/password/{token}\n" in mail.rendered(notice, for_mailbox=True).body
        assert token not in mail.rendered(notice).body
        stored = [db.session.execute(text(f"SELECT * FROM {table}")).all() for table in ("notice", "link")]
        assert token not in str(stored)
        assert hashlib.sha256(token.encode()).hexdigest() in str(stored)
    assert "Choose a new password" not in alice.get("/settings").text


def test_every_warning_carries_this_wasnt_me_for_its_reader_alone(app: Flask, alice: Person) -> None:
    for kind in sorted(VETOED_BY_MAIL):
        with app.app_context():
            with transaction() as session:
                given = Notice.give(session.get_one(User, alice.user_id), kind, **{**FACTS, **FURTHER})
                session.flush()
                notice_id = given.id
            notice = db.session.get_one(Notice, notice_id)
            found = re.findall(r"http://localhost/veto/([\w-]{43})\n", mail.rendered(notice, for_mailbox=True).body)
            assert len(found) == 1, kind
            link = Link.by_token(found[0], Purpose.VETO)
            assert link
            assert (link.user_id, link.is_open) == (alice.user_id, True)


def test_a_code_is_six_digits_that_stand_in_no_row(app: Flask, alice: Person) -> None:
    alice.get("/settings")
    with app.app_context():
        sign_in = db.session.scalars(select(SignIn)).first()
        assert sign_in
        with transaction() as session:
            MailCode.send(session.get_one(User, alice.user_id), sign_in.id)
        notice = db.session.scalars(select(Notice).where(Notice.kind == "mail_code")).one()
        code = re.search(r"Your code is (\d{6})$", mail.rendered(notice, for_mailbox=True).subject)
        assert code
        assert code[1] not in str(db.session.execute(text("SELECT * FROM mail_code")).all())
        assert code[1] not in str(db.session.execute(text("SELECT * FROM notice")).all())
