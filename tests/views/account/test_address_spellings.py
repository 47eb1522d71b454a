"""One address, however it is spelled, is one account: at the sign-in, in invites, when a password is forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.invitations import PASSWORD, invite
from tests.support.people.person import Person
from tests.support.servers.mail_server import Postbox
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.web.rate_limits import SIGN_IN_ACCOUNT

TYPED = "Ada.Pier@Bücher.example"
SPELLINGS = (
    "ada.pier@bücher.example",
    "ADA.PIER@XN--BCHER-KVA.EXAMPLE",
    "Ada.Pier@bu\u0308cher.example",
    "mailto:ada.pier@bücher.example",
    "<ada.pier@bücher.example>",
    "ada.pier@bücher.example.",
    "  ada.pier@bücher.example\n",
)


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


@pytest.fixture
def ada(app: Flask, organisation: str) -> str:
    """Somebody who joined at TYPED; the id."""
    link = invite(app, organisation, TYPED, "Ada")
    assert app.test_client().post(link, data={"name": "Ada", "password": PASSWORD}).status_code == 303
    with app.app_context():
        return db.session.scalars(select(User.id)).one()


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> int:
    return client.post("/sign-in", data={"email": email, "password": password}).status_code


def test_an_address_is_kept_as_it_was_typed(app: Flask, ada: str) -> None:
    with app.app_context():
        user = db.session.get_one(User, ada)
        assert (user.email, user.email_key) == ("Ada.Pier@bücher.example", "ada.pier@xn--bcher-kva.example")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_signs_in(app: Flask, ada: str, spelling: str) -> None:
    assert sign_in(app.test_client(), spelling) == 303


def test_wrong_tries_in_every_spelling_are_counted_together(app: Flask, ada: str) -> None:
    answers = [
        sign_in(app.test_client(), SPELLINGS[number % len(SPELLINGS)], "wrong")
        for number in range(SIGN_IN_ACCOUNT.burst + 1)
    ]
    assert answers == [422] * SIGN_IN_ACCOUNT.burst + [429]


@pytest.mark.usefixtures("postbox")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_link_for_a_new_password_is_asked_for_in_every_spelling(app: Flask, ada: str, spelling: str) -> None:
    assert app.test_client().post("/forgot-password", data={"email": spelling}).status_code == 303
    with app.app_context():
        assert PasswordResetRequest.answer_all() == 1
        assert db.session.scalars(select(Link.user_id)).one() == ada
        db.session.remove()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_is_invited_a_second_time_in_another_spelling(app: Flask, ada: str, bob: Person, spelling: str) -> None:
    refused = bob.post("/admin/invites", data={"email": spelling, "name": "", "role": "member"})
    assert refused.status_code == 422
    assert "belongs to the organisation already" in refused.text.lower()
    answer = bob.post("/admin/invites/check", json={"rows": [{"email": spelling, "name": "", "role": "member"}]})
    assert answer.get_json()["codes"] == ["already_user"]


def test_an_invite_in_another_spelling_takes_the_place_of_the_one_before(app: Flask, organisation: str) -> None:
    first = invite(app, organisation, SPELLINGS[0])
    second = invite(app, organisation, SPELLINGS[1])
    assert app.test_client().get(first).status_code == 410
    assert app.test_client().get(second).status_code == 200
    with app.app_context():
        found = Invite.open_to(SPELLINGS[2])
        assert found
        assert found.email == "ADA.PIER@bücher.example"


def test_rows_that_are_one_person_are_told(bob: Person) -> None:
    rows: list[dict[str, Any]] = [{"email": spelling, "name": "", "role": "member"} for spelling in SPELLINGS]
    answer = bob.post("/admin/invites/check", json={"rows": rows})
    assert answer.get_json()["codes"] == ["", *["duplicate"] * (len(SPELLINGS) - 1)]


def test_an_admin_finds_somebody_by_any_letters_of_the_address(ada: str, bob: Person) -> None:
    for words in ("ada.pier", "ADA.PIER@BÜCHER", "pier@xn--bcher"):
        assert "Ada.Pier@bücher.example" in bob.get("/admin/users", query_string={"words": words}).text, words
    page = bob.get("/admin/activity", query_string={"person": SPELLINGS[1]})
    assert "joined" in page.text


def test_whoever_helps_is_written_down_in_one_spelling(app: Flask, olga: Person) -> None:
    data = {"name": "Help", "email": "mailto:Help@xn--bcher-kva.example", "phone": ""}
    assert olga.post("/admin/contact", data=data).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Organisation.contact_email)).one() == "Help@bücher.example"


@pytest.mark.parametrize("email", ["ada", "Ada <ada@example.org>", "ada@[192.0.2.7]", "a\u200bda@example.org"])
def test_what_is_no_address_is_refused_everywhere(olga: Person, email: str) -> None:
    answers = [
        olga.post("/admin/invites", data={"email": email, "name": "", "role": "member"}),
        olga.post("/admin/contact", data={"name": "Help", "email": email, "phone": ""}),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("This is no email address" in answer.text for answer in answers)
    checked = olga.post("/admin/invites/check", json={"rows": [{"email": email, "name": "", "role": "member"}]})
    assert checked.get_json()["codes"] == ["no_address"]


def test_letters_before_the_at_need_a_mail_server_that_takes_them(postbox: Postbox, bob: Person) -> None:
    row = {"email": "josé@example.org", "name": "José", "role": "member"}
    refused = bob.post("/admin/invites", data=row)
    assert (refused.status_code, "doesn’t offer SMTPUTF8" in refused.text) == (422, True)
    assert bob.post("/admin/invites/check", json={"rows": [row]}).get_json()["codes"] == ["no_smtputf8"]
    token = {"token_sha256": "ab" * 32}
    assert bob.post("/admin/invites/rows", json={"rows": [row | token]}).get_json()["codes"] == ["no_smtputf8"]
    bob.app.extensions.pop("smtputf8")
    postbox.offers = ["SMTPUTF8"]
    assert bob.post("/admin/invites/rows", json={"rows": [row | token]}).get_json()["codes"] == [""]


def test_two_accounts_from_before_keep_their_own_spelling(app: Flask, ada: str) -> None:
    other = "ada.pier@bücher.example"
    with app.app_context(), transaction() as session:
        first = session.get_one(User, ada)
        facts = {"organisation_id": first.organisation_id, "name": "Other", "password_hash": first.password_hash}
        session.add(User(**facts, email=other, email_key=other))
    with app.app_context():
        found = [User.by_email(email) for email in (other, SPELLINGS[1], SPELLINGS[2])]
        assert [user and user.name for user in found] == ["Other", "Ada", "Ada"]
        assert [(one.name, two.name) for one, two in User.twins()] == [("Ada", "Other")]
        db.session.remove()
