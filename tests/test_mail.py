"""Notices in words, and the mails made of them."""

import re

import pytest
from flask import Flask

from tests.support.people import Person
from tests.views.test_notices import FACTS
from webapp import mail
from webapp.config import ROOT
from webapp.database import db, transaction
from webapp.models import Notice, Organisation, User

GIVEN = re.compile(r"(?:give|give_admins|tell_member|tell_admins)\(\s*[\w.]+,\s*\"(\w+)\"")
FURTHER = {"admin": "Bob", "reason": "Call me first."}


def kinds() -> list[str]:
    """Every kind of notice that a model gives."""
    sources = (path.read_text() for path in sorted((ROOT / "webapp").rglob("*.py")))
    return sorted({kind for source in sources for kind in GIVEN.findall(source)})


@pytest.fixture
def told(alice: Person) -> mail.Text:
    return rendered(alice, "restore_requested_by_you")


def rendered(person: Person, kind: str, **facts: str) -> mail.Text:
    with person.app.app_context(), transaction() as session:
        notice = Notice.give(session.get_one(User, person.user_id), kind, **{**FACTS, **FURTHER, **facts})
        session.flush()
        return mail.rendered(notice)


def test_there_are_kinds_and_no_text_is_left_over() -> None:
    texts = {path.stem for path in (ROOT / "templates/mail").glob("[!_]*.txt")}
    assert len(kinds()) >= 10
    assert set(kinds()) == texts


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_a_short_subject_and_a_text_that_leads_somewhere(alice: Person, kind: str) -> None:
    text = rendered(alice, kind)
    assert 10 < len(text.subject) <= 78
    assert "\n" not in text.subject
    assert not text.subject.endswith(".")
    assert re.fullmatch(r"/(admin/requests|recovery(/requests)?)(/[0-9a-f]{32})?", text.path)
    assert f"http://localhost{text.path}\n" in text.body
    assert "never asks for your PIN" in text.body
    assert "\n\n\n" not in text.body
    assert "{" not in text.body
    assert "&#39;" not in text.body
    assert "'" not in text.body, "apostrophes are ’"


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
