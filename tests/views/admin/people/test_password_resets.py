"""Reset Password: what it says before, what it does at once, and how the link gets to the member."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.people.marks import disable, hold, mark
from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import db, transaction
from webapp.models.accounts.password_reset import NotReset, reset_by_admin
from webapp.models.accounts.second_factor_reset import may_reset_factor
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.devices.device import Device
from webapp.models.directory.user import Role, User
from webapp.models.journal.listing import EventList
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp://mail.example.org:587", "MAIL_FROM": "keys@example.org"}


def reset_page(person: Person) -> str:
    return f"/admin/users/{person.user_id}/reset"


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace(" ,", ",").replace(" .", ".")


def token_in(text: str) -> str:
    found = re.search(r"http://localhost/password/([\w-]{43})", text)
    assert found, text
    return found[1]


def marks(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [
            (mark.admin_id, str(mark.kind))
            for mark in db.session.scalars(select(ConflictMark).order_by(ConflictMark.kind))
        ]


def test_looking_changes_nothing(app: Flask, bob: Person, alice: Person) -> None:
    enrolled(alice)
    assert bob.get(reset_page(alice)).status_code == 200
    assert alice.get("/settings").status_code == 200
    assert marks(app) == []


def test_it_says_what_happens_before_it_does(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    page = words(bob.get(reset_page(alice)).text)
    for said in (
        "signed out everywhere at once",
        "1 active device has to be brought back",
        f"The open request {request.id[:8]} is stopped.",
        "Nothing in it is lost, and you can’t read it.",
        "1 cloud backup, made on",
        "For 30 days you can’t approve a request of Alice; Olga can.",
        "told that you did it",
    ):
        assert said in page
    assert "There is no cloud backup" not in page


def test_it_warns_where_nothing_would_bring_the_member_back(bob: Person, alice: Person) -> None:
    enrolled(alice)
    page = bob.get(reset_page(alice)).text
    assert "notice--danger" in page
    assert "There is no cloud backup to bring Alice back with" in page


def test_somebody_without_a_vault_loses_nothing_by_it(bob: Person, charlie: Person) -> None:
    page = bob.get(reset_page(charlie)).text
    assert "There is no vault yet" in page
    assert "notice--danger" not in page


def test_it_says_that_the_only_admin_left_approves_after_a_wait(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    disable(olga)
    assert "it counts only 24 hours after their notice arrived" in words(bob.get(reset_page(alice)).text)


def test_it_warns_where_nobody_could_approve_afterwards(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    mark(olga, alice)
    assert "Nobody could approve a request of Alice" in bob.get(reset_page(alice)).text


@pytest.mark.databases
def test_by_mail_the_admin_never_sees_the_link(
    app: Flask, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice)
    request = waiting_request(alice, organisation_key)
    answer = bob.post(reset_page(alice), data={"way": "mail"})
    assert (answer.status_code, answer.location) == (303, f"/admin/users/{alice.user_id}")
    page = bob.get(answer.location).text
    assert "on its way by mail" in page
    assert "No password at present" in page
    assert "/password/" not in page
    assert alice.get("/settings").status_code == 303
    assert marks(app) == [(bob.user_id, "reset_password")]
    with app.app_context():
        member = db.session.get_one(User, alice.user_id)
        assert (member.password_hash, member.reset_by) == ("", "Bob")
        assert [str(device.state) for device in Device.of(member.id)] == ["prior"]
        assert db.session.get_one(RestoreRequest, request.id).state == "stopped"
        kinds = set(db.session.scalars(select(Notice.kind).where(Notice.user_id == alice.user_id)))
        assert {"password_was_reset", "password_link", "restore_stopped"} <= kinds
        assert Notice.shown_to(db.session.get_one(User, olga.user_id))[0].kind == "password_reset_admin"
        assert "user.password_reset" in [event.kind for event in EventList(bob.organisation_id).page(5)[0]]


@pytest.mark.databases
def test_a_link_to_hand_over_is_shown_once(app: Flask, bob: Person, alice: Person) -> None:
    answer = bob.post(reset_page(alice), data={"way": "hand_over"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = token_in(answer.text)
    for path in (reset_page(alice), f"/admin/users/{alice.user_id}", "/admin/activity"):
        assert token not in bob.get(path).text
    assert marks(app) == [(bob.user_id, "held_link"), (bob.user_id, "reset_password")]
    with app.app_context():
        link = Link.by_token(token, Purpose.PASSWORD)
        assert link
        assert (link.user_id, link.is_open) == (alice.user_id, True)
        kinds = set(db.session.scalars(select(Notice.kind).where(Notice.user_id == alice.user_id)))
        assert "password_link" not in kinds


def test_it_works_for_an_hour_and_a_newer_one_voids_it(
    app: Flask, bob: Person, alice: Person, clock: MovableClock
) -> None:
    tokens = [token_in(bob.post(reset_page(alice), data={"way": "hand_over"}).text) for _ in range(2)]
    with app.app_context():
        found = [Link.by_token(token, Purpose.PASSWORD) for token in tokens]
        assert [link and link.is_open for link in found] == [False, True]
    clock.advance(seconds=limits.LINK_LIFE.total_seconds() + 1)
    with app.app_context():
        last = Link.by_token(tokens[1], Purpose.PASSWORD)
        assert last
        assert not last.is_open


@pytest.mark.parametrize("way", ["", "post"])
def test_nothing_is_reset_before_it_is_said_how_the_link_goes(app: Flask, bob: Person, alice: Person, way: str) -> None:
    answer = bob.post(reset_page(alice), data={"way": way})
    assert (answer.status_code, 'data-code="way_missing"' in answer.text) == (422, True)
    assert alice.get("/settings").status_code == 200
    assert marks(app) == []


@pytest.mark.parametrize("way", ["mail", "hand_over"])
@pytest.mark.parametrize(("who", "whose", "code"), [("bob", "bob", "reset_self"), ("bob", "olga", "reset_admin")])
def test_who_may_not_gets_a_sentence_and_no_form(
    app: Flask, request: pytest.FixtureRequest, who: str, whose: str, code: str, way: str
) -> None:
    by, person = request.getfixturevalue(who), request.getfixturevalue(whose)
    page = by.get(reset_page(person))
    assert (page.status_code, f'data-code="{code}"' in page.text) == (200, True)
    assert 'name="way"' not in page.text
    on_page = by.get(f"/admin/users/{person.user_id}").text
    assert (f'data-code="{code}"' in on_page, reset_page(person) in on_page) == (True, False)
    answer = by.post(reset_page(person), data={"way": way})
    assert (answer.status_code, f'data-code="{code}"' in answer.text) == (409, True)
    assert marks(app) == []
    with app.app_context():
        assert db.session.get_one(User, person.user_id).has_password


def test_an_owner_resets_another_owner_and_an_admin_and_no_admin_does(app: Flask, bob: Person, olga: Person) -> None:
    owner = add_person(app, bob.organisation_id, "Otto", Role.OWNER)
    admin = add_person(app, bob.organisation_id, "Anna", Role.ADMIN)
    assert olga.post(reset_page(owner), data={"way": "hand_over"}).status_code == 200
    assert bob.post(reset_page(admin), data={"way": "hand_over"}).status_code == 409
    assert olga.post(reset_page(admin), data={"way": "hand_over"}).status_code == 200


def test_somebody_who_is_disabled_is_not_reset(app: Flask, bob: Person, alice: Person) -> None:
    disable(alice)
    answer = bob.post(reset_page(alice), data={"way": "hand_over"})
    assert (answer.status_code, 'data-code="reset_disabled"' in answer.text) == (409, True)
    assert marks(app) == []


def test_a_hold_stays(bob: Person, alice: Person) -> None:
    hold(alice)
    assert "The account stays on hold" in bob.get(reset_page(alice)).text
    bob.post(reset_page(alice), data={"way": "mail"})
    assert "On hold" in bob.get(f"/admin/users/{alice.user_id}").text


def test_who_reset_a_password_does_not_lift_the_hold(bob: Person, alice: Person) -> None:
    mark(bob, alice, ConflictKind.RESET_PASSWORD)
    hold(alice)
    assert 'data-code="marked_hold"' in bob.get(f"/admin/users/{alice.user_id}").text


@pytest.mark.parametrize("lost", [{"role": Role.MEMBER}, {"disabled_at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_who_is_no_admin_any_more_when_it_is_stored_resets_nothing(
    app: Flask, bob: Person, alice: Person, lost: dict[str, object]
) -> None:
    with app.app_context():
        with transaction() as session:
            session.execute(update(User).where(User.id == bob.user_id).values(**lost))
        with pytest.raises(NotReset, match="manage_no_more"), transaction() as session:
            reset_by_admin(User.locked(alice.user_id), session.get_one(User, bob.user_id), hand_over=True)
        by, member = db.session.get_one(User, bob.user_id), db.session.get_one(User, alice.user_id)
        assert may_reset_factor(by, member) == "manage_no_more"
    assert marks(app) == []


class TestWithoutMail:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {}

    def test_the_link_can_only_be_handed_over(self, app: Flask, bob: Person, alice: Person) -> None:
        page = bob.get(reset_page(alice)).text
        assert 'value="mail"' not in page
        assert "No mail server is set up here" in page
        answer = bob.post(reset_page(alice), data={"way": "mail"})
        assert (answer.status_code, 'data-code="way_missing"' in answer.text) == (422, True)
        assert marks(app) == []
        assert bob.post(reset_page(alice), data={"way": "hand_over"}).status_code == 200
