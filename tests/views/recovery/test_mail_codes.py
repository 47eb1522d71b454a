"""Confirm Your Mail: the code from the mailbox, wrong ones, and going on without."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, backed_up, be_at
from tests.support.recovery.runs import asked, restoring
from tests.support.run.clock import MovableClock
from webapp.database import db
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.mail_code import MailCode
from webapp.ops import mail

PATH = "/recovery/mail"
BACKUPS = "/recovery/cloud/backups"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp+plain://localhost:2525", "MAIL_FROM": "keys@example.org"}


@pytest.fixture
def keyless(alice: Person, bob: Person, organisation_key: ActiveKey) -> FlaskClient:
    """A browser of alice’s without a key; she has a backup, and bob may approve."""
    backed_up(alice, organisation_key)
    client = alice.another_browser()
    be_at(alice, None, client)
    return client


def mailed(app: Flask) -> str:
    """The code in the newest mail."""
    with app.app_context():
        newest = select(Notice).where(Notice.kind == "mail_code").order_by(Notice.made_at.desc()).limit(1)
        text = mail.rendered(db.session.scalars(newest).one(), for_mailbox=True)
    found = re.search(r"\d{6}", text.subject)
    assert found
    return found[0]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_ticking_the_box_sends_a_code_once(app: Flask, keyless: FlaskClient) -> None:
    for _ in range(2):
        assert keyless.post("/recovery/cloud", data={"understood": "1"}).headers["Location"] == PATH
    page = keyless.get(PATH).text
    assert "We mailed a 6-digit code to alice@example.org" in page
    assert 'autocomplete="one-time-code"' in page
    with app.app_context():
        assert len(db.session.scalars(select(Notice).where(Notice.kind == "mail_code")).all()) == 1


def test_the_right_code_is_shown_to_the_admin(app: Flask, keyless: FlaskClient, alice: Person, bob: Person) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    code = mailed(app)
    answer = keyless.post(PATH, data={"code": f"{code[:3]} {code[3:]}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, BACKUPS)
    assert keyless.get(PATH).headers["Location"] == BACKUPS
    made = restoring(alice, alice.backups[-1], client=keyless)
    assert made.ask().status_code == 303
    assert made.row().mail_confirmed_at
    assert "Mail not confirmed" not in bob.get(f"/admin/requests/{made.id}").text


def test_whoever_cant_read_the_mail_goes_on_and_the_admin_sees_it(
    app: Flask, keyless: FlaskClient, alice: Person, bob: Person
) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    assert "I can’t read my mail" in keyless.get(PATH).text
    assert "your mail is not confirmed" in keyless.get(BACKUPS).text
    made = restoring(alice, alice.backups[-1], client=keyless)
    assert made.ask().status_code == 303
    assert made.row().mail_confirmed_at is None
    assert "ail not confirmed" in bob.get(f"/admin/requests/{made.id}").text


def test_five_wrong_codes_kill_it_and_a_new_one_is_sent(app: Flask, keyless: FlaskClient) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    code = mailed(app)
    for left in (4, 3, 2, 1):
        page = keyless.post(PATH, data={"code": another(code)})
        assert page.status_code == 422
        assert f"Tries left: {left}." in page.text
    assert "no longer works" in keyless.post(PATH, data={"code": another(code)}).text
    assert "no longer works" in keyless.post(PATH, data={"code": code}).text
    assert keyless.post(f"{PATH}/code").headers["Location"] == PATH
    assert keyless.post(PATH, data={"code": code}).status_code == 422, "the one before is dead"
    assert keyless.post(PATH, data={"code": mailed(app)}).status_code == 303


def test_a_code_lives_for_a_quarter_of_an_hour(app: Flask, keyless: FlaskClient, clock: MovableClock) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    code = mailed(app)
    clock.advance(minutes=15, seconds=1)
    assert "no longer works" in keyless.post(PATH, data={"code": code}).text
    assert "Send The Code" in keyless.get(PATH).text


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_costs_no_try(app: Flask, keyless: FlaskClient, typed: str) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    page = keyless.post(PATH, data={"code": typed})
    assert page.status_code == 422
    assert "The code has six digits" in page.text
    with app.app_context():
        assert db.session.scalars(select(MailCode.tries_left)).one() == 5


def test_a_code_is_good_in_the_session_it_was_sent_for_alone(app: Flask, keyless: FlaskClient, alice: Person) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    other = alice.another_browser()
    be_at(alice, None, other)
    assert other.post(PATH, data={"code": mailed(app)}).status_code == 422
    assert keyless.post(PATH, data={"code": mailed(app)}).status_code == 303


def test_somebody_elses_code_is_none_of_mine(app: Flask, keyless: FlaskClient, charlie: Person) -> None:
    keyless.post("/recovery/cloud", data={"understood": "1"})
    charlie.get("/")
    assert charlie.post(PATH, data={"code": mailed(app)}).status_code == 303, "led to joining: charlie has no vault"
    with app.app_context():
        assert db.session.scalars(select(MailCode.tries_left)).one() == 5


def test_only_so_many_codes_are_sent(app: Flask, keyless: FlaskClient) -> None:
    for _ in range(5):
        assert keyless.post(f"{PATH}/code").status_code == 303
    answer = keyless.post(f"{PATH}/code")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    assert "Several codes were sent already" in answer.text
    assert "I can’t read my mail" in answer.text


def test_while_a_request_is_open_there_is_nothing_to_confirm(
    keyless: FlaskClient, alice: Person, organisation_key: ActiveKey
) -> None:
    asked(alice, alice.backups[-1])
    assert keyless.get(PATH).headers["Location"] == "/recovery"


def test_a_request_from_before_the_code_is_not_confirmed_later(app: Flask, keyless: FlaskClient, alice: Person) -> None:
    made = restoring(alice, alice.backups[-1], client=keyless)
    made.ask()
    with app.app_context():
        assert db.session.scalars(select(RestoreRequest.mail_confirmed_at)).all() == [None]
