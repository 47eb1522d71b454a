"""Asked again before what is sensitive: whose code or password, how long it holds, and that nothing typed gets lost."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.pages.access import ADMIN, OWNER
from tests.support.people.factors import with_second_factor
from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from webapp.config import ROOT
from webapp.database import db
from webapp.models.directory.organisation import Organisation
from webapp.models.signin.one_time_code import OneTimeCode
from webapp.web import rate_limits
from webapp.web.reauthentication import is_sensitive

ASKS_AGAIN = {
    *("admin_people.create_reset", "admin_people.lift_hold", "admin_requests.create_approval"),
    *("admin_policies.second_factor", "admin_second_factor_resets.create_reset"),
    *("admin_settings.activate_key", "admin_contact.change_contact", "admin_settings.create_key"),
    *("admin_users.create_invite", "admin_policies.waiting_time", "admin_invites.create_rows"),
    *("admin_members.create_role", "admin_members.create_disabling", "admin_members.create_enabling"),
    *("admin_members.create_signing_out", "admin_members.create_unpairing"),
    *("admin_keys.create_deletion", "admin_keys.create_disabling", "admin_former_shares.create_putting_back"),
    *("admin_retention.set_retention", "admin_ways.change_allowed"),
}
DOES_NOT_ASK_AGAIN = {
    "admin_audit.create_export": "it changes nothing, and the record says who took it along",
    "admin_diagnostics.create_test_mail": "it mails only whoever asks",
    "admin_again.create_in_dialog": "it is the answer",
    "admin_again.create_on_page": "it is the answer",
    "admin_invites.check_rows": "it looks, and makes nothing",
    "admin_keys.create_cancellation": "it stops a deletion, and must not have to wait for a phone",
    "admin_keys.create_rewrap": "it takes both key files, and loses nothing",
    "admin_requests.create_denial": "it releases nothing, and must not have to wait for a phone",
    "admin_requests.create_key_warning": "it warns, and must not have to wait for a phone",
    "admin_settings.prove_key": "it takes the key file, and changes nothing",
    "admin_settings.remove_key": "it throws away one’s own key that was never used",
    "admin_users.withdraw_invite": "it takes a way in away",
}
"""Whatever else an admin can post asks whether it is still them; what doesn’t has a reason."""
HTMX = {"HX-Request": "true"}
WAIT = "/admin/waiting-time"


def wait(person: Person) -> int:
    with person.app.app_context():
        return db.session.get_one(Organisation, person.organisation_id).approval_wait_hours


def change(person: Person, hours: int = 48) -> TestResponse:
    return person.post(WAIT, data={"hours": hours}, headers=HTMX)


def show(person: Person, typed: str) -> TestResponse:
    return person.post("/admin/again/dialog", data={"shown": typed}, headers=HTMX)


def is_asked(answer: TestResponse) -> bool:
    """Over the page, which stays."""
    return (
        answer.status_code == 403 and answer.headers.get("HX-Retarget") == "#again" and "<reauth-dialog>" in answer.text
    )


def test_whatever_an_admin_changes_asks_again_or_has_a_reason_not_to(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())} & (ADMIN | OWNER)
    with app.app_context():
        assert {endpoint for endpoint in posts if is_sensitive(endpoint)} == ASKS_AGAIN
    assert posts == ASKS_AGAIN | set(DOES_NOT_ASK_AGAIN)


def test_a_form_that_may_be_asked_about_stays_on_its_page(app: Flask) -> None:
    """By `hx-post` to the same address: the dialog opens over it, and what was typed is still there."""
    forms = [
        form
        for path in (ROOT / "templates").rglob("*.html")
        for form in re.findall(r"<form\b.*?method=\"post\".*?>(?=\s|$)", path.read_text(), re.S)
    ]
    for endpoint in ASKS_AGAIN - {"admin_invites.create_rows"}:  # sent by a script, which says what to do
        # One form stands for all policies that are one field.
        name = "admin_policies.' ~ policy.name" if endpoint.startswith("admin_policies.") else f"{endpoint}'"
        own = [form for form in forms if f"action=\"{{{{ url_for('{name}" in form]
        assert own, endpoint
        assert all(f"hx-post=\"{{{{ url_for('{name}" in form for form in own), endpoint


def test_soon_after_signing_in_nobody_is_asked(olga: Person, clock: MovableClock) -> None:
    assert olga.client
    clock.advance(minutes=9, seconds=50)
    assert change(olga).status_code == 204
    assert wait(olga) == 48


def test_later_the_password_is_asked_for_and_then_it_goes_on(olga: Person, clock: MovableClock) -> None:
    assert olga.client
    clock.advance(minutes=10)
    asked = change(olga)
    assert is_asked(asked)
    assert 'type="password"' in asked.text
    assert wait(olga) == 24
    wrong = show(olga, "not my password")
    assert (wrong.status_code, "not your sign-in password" in wrong.text) == (422, True)
    assert is_asked(change(olga))
    shown = show(olga, olga.password)
    assert (shown.status_code, shown.headers["HX-Retarget"], "data-shown" in shown.text) == (200, "#again", True)
    assert change(olga).status_code == 204
    clock.advance(minutes=10)
    assert is_asked(change(olga, 24))


def test_whoever_has_a_second_factor_is_asked_for_a_code_and_no_password(olga: Person, clock: MovableClock) -> None:
    factor = with_second_factor(olga)
    clock.advance(minutes=10)
    asked = change(olga)
    assert is_asked(asked)
    assert 'autocomplete="one-time-code"' in asked.text
    assert 'type="password"' not in asked.text
    assert show(olga, olga.password).status_code == 422
    assert is_asked(change(olga))
    assert show(olga, factor.code()).status_code == 200
    assert change(olga).status_code == 204


def test_a_one_time_code_does_once_too(olga: Person, clock: MovableClock) -> None:
    factor = with_second_factor(olga)
    clock.advance(minutes=10)
    assert show(olga, factor.one_time_codes[0]).status_code == 200
    assert show(olga, factor.one_time_codes[0]).status_code == 422
    with olga.app.app_context():
        assert OneTimeCode.left(olga.user_id) == 9


def test_it_holds_for_the_session_in_which_it_was_typed(olga: Person, clock: MovableClock) -> None:
    factor = with_second_factor(olga)
    stolen = factor.another_browser()
    clock.advance(minutes=10)
    assert show(olga, factor.code()).status_code == 200
    assert is_asked(stolen.post(WAIT, data={"hours": 48}, headers=HTMX))


def test_a_password_typed_before_the_second_factor_was_on_is_no_code(olga: Person, clock: MovableClock) -> None:
    """A session in which nobody has typed a code is asked at once, however fresh the password is."""
    assert olga.client
    stolen = olga.another_browser()
    with_second_factor(olga)
    assert stolen.post(WAIT, data={"hours": 48}).headers["Location"].startswith("/sign-in")


def test_without_htmx_it_is_a_page_that_leads_back(olga: Person, clock: MovableClock) -> None:
    assert olga.client
    clock.advance(minutes=10)
    referrer = {"Referer": "http://localhost/admin/settings"}
    asked = olga.post(WAIT, data={"hours": 48}, headers=referrer)
    assert (asked.status_code, asked.location) == (303, "/admin/again?next=/admin/settings")
    page = olga.get(asked.location).text
    assert "Nothing was changed yet" in page
    assert olga.post("/admin/again", data={"shown": "wrong", "next": "/admin/settings"}).status_code == 422
    right = {"shown": olga.password, "next": "/admin/settings"}
    assert olga.post("/admin/again", data=right).location == "/admin/settings"
    assert olga.post(WAIT, data={"hours": 48}).location == "/admin/settings"
    assert wait(olga) == 48


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", ""])
def test_it_leads_nowhere_else(olga: Person, elsewhere: str) -> None:
    answer = olga.post("/admin/again", data={"shown": olga.password, "next": elsewhere})
    assert answer.location == "/admin/"


def test_members_are_asked_nothing_they_may_do_nothing(alice: Person, charlie: Person, clock: MovableClock) -> None:
    for person in (alice, charlie):
        assert person.client
        clock.advance(minutes=10)
        assert change(person).status_code == 404
        assert show(person, person.password).status_code == 404


def test_wrong_answers_are_counted(olga: Person, clock: MovableClock) -> None:
    factor = with_second_factor(olga)
    clock.advance(minutes=10)
    answers = [show(olga, factor.wrong()).status_code for _ in range(rate_limits.SECOND_FACTOR.burst + 1)]
    assert answers == [422] * rate_limits.SECOND_FACTOR.burst + [429]


def test_who_may_not_do_it_learns_nothing_new_by_being_asked(bob: Person, clock: MovableClock) -> None:
    assert bob.client
    clock.advance(minutes=10)
    assert is_asked(change(bob))
    assert show(bob, bob.password).status_code == 200
    refused = change(bob)
    assert (refused.status_code, 'data-code="wait_owner"' in refused.text) == (403, True)
