"""Changing the password where the vault is open: no reset, every device stays."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.password_links import NEW, asked
from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.views.account.test_session_list import session_of
from webapp.crypto import passwords
from webapp.crypto.passwords import hash_password, matches
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


@pytest.fixture
def open_vault(alice: Person) -> Person:
    """Alice, with her vault open in her browser."""
    device = enrolled(alice)
    with alice.app.app_context(), transaction() as session:
        TabKey.store("ab" * 16, session.get_one(SignIn, session_of(alice.client)), device.id, bytes(32))
    return alice


def change(person: Person, new: str = NEW, present: str | None = None) -> Any:
    return person.post("/settings/password", data={"present": present or person.password, "new": new})


def is_password(person: Person, password: str) -> bool:
    with person.app.app_context():
        return matches(password, db.session.get_one(User, person.user_id).password_hash or None)


def test_it_is_changed_and_the_other_sessions_end(app: Flask, open_vault: Person) -> None:
    other = open_vault.another_browser()
    answer = change(open_vault)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings")
    assert "Your password is changed" in open_vault.get("/settings").text
    assert other.get("/settings").status_code == 303
    assert is_password(open_vault, NEW)
    with app.app_context():
        assert [device.state for device in Device.of(open_vault.user_id)] == [DeviceState.ACTIVE]
        assert TabKey.any_of(session_of(open_vault.client)), "the vault stays open here"
        kinds = [notice.kind for notice in db.session.scalars(select(Notice)) if notice.kind != "new_sign_in"]
        assert kinds == ["password_changed"]
        assert db.session.scalars(select(Event).where(Event.kind == "user.password_changed")).one()


def test_a_link_on_its_way_is_void_afterwards(app: Flask, open_vault: Person) -> None:
    link = asked(open_vault)
    change(open_vault)
    assert app.test_client().get(link).status_code == 410


def test_without_a_vault_the_present_password_is_enough(charlie: Person) -> None:
    assert "Change Password" in charlie.get("/settings").text
    assert change(charlie).status_code == 303
    assert is_password(charlie, NEW)


def test_a_locked_vault_has_to_be_unlocked_first(alice: Person) -> None:
    be_at(alice, enrolled(alice, here=False), locked=True)
    page = alice.get("/settings").text
    assert "unlock your vault in this browser first" in page
    assert 'href="/unlock?next=/settings"' in page
    assert 'name="present"' not in page
    answer = change(alice)
    assert answer.status_code == 403
    assert "unlock your vault in this browser first" in answer.text
    assert is_password(alice, alice.password)


def test_after_idle_minutes_it_is_locked_again(open_vault: Person, clock: MovableClock) -> None:
    clock.advance(minutes=16)
    assert change(open_vault).status_code == 403
    assert is_password(open_vault, open_vault.password)


def test_a_browser_without_a_key_is_shown_the_ways(open_vault: Person) -> None:
    be_at(open_vault, None)
    page = open_vault.get("/settings").text
    assert "open Settings in a browser where your vault is open" in page
    assert 'href="/forgot-password"' in page
    assert change(open_vault).status_code == 403


def test_an_open_vault_in_another_browser_is_not_enough(open_vault: Person) -> None:
    other = open_vault.another_browser()
    be_at(open_vault, open_vault.device, other, locked=True)
    answer = other.post("/settings/password", data={"present": open_vault.password, "new": NEW})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("present", "new", "words"),
    [("wrong", NEW, "not your present password"), ("", "short", "fewer than 12"), ("", "password1234", "tried first")],
)
def test_what_is_refused_says_why_and_changes_nothing(open_vault: Person, present: str, new: str, words: str) -> None:
    answer = change(open_vault, new, present or None)
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.lstrip().startswith('<div id="password-form"')
    assert open_vault.password not in answer.text
    assert is_password(open_vault, open_vault.password)


def test_wrong_ones_are_counted_for_the_session_in_which_they_are_typed(app: Flask, open_vault: Person) -> None:
    answers = [change(open_vault, present="wrong").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert "too many tries" in change(open_vault).text
    assert open_vault.another_browser(), "a session left behind keeps nobody from signing in"


def test_right_ones_use_no_tries_up(charlie: Person) -> None:
    for number in range(12):
        assert change(charlie, f"{NEW} {number}", f"{NEW} {number - 1}" if number else None).status_code == 303


def test_a_session_that_ends_meanwhile_changes_nothing(open_vault: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(password: str) -> str:
        with transaction():
            SignIn.end_every(User.locked(open_vault.user_id))
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", slowly)
    assert change(open_vault).status_code == 303
    assert is_password(open_vault, open_vault.password)
    assert open_vault.get("/settings").status_code == 303


def test_for_htmx_success_is_a_page_load(open_vault: Person) -> None:
    data = {"present": open_vault.password, "new": NEW}
    answer = open_vault.post("/settings/password", data=data, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/settings")
