"""A person’s own second factor under Settings: on, off, one-time codes, and where it is required."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.people.factors import KEY, ONE_TIME_CODE, PAGE, begin_set_up, with_second_factor
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.views.account.test_sign_in_codes import is_signed_in
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.one_time_code import OneTimeCode
from webapp.models.signin.second_factor import SecondFactor


def is_on(person: Person) -> bool:
    with person.app.app_context():
        return SecondFactor.of(person.user_id) is not None


def told(person: Person) -> list[str]:
    with person.app.app_context():
        query = select(Notice.kind).where(Notice.user_id == person.user_id).order_by(Notice.made_at)
        return list(db.session.scalars(query))


def require(person: Person, policy: str) -> None:
    with person.app.app_context(), transaction() as session:
        session.execute(update(Organisation).values(second_factor_policy=policy))


def test_it_is_turned_on_with_a_first_code_and_gives_ten_codes_once(app: Flask, alice: Person) -> None:
    assert "Off. Whoever knows your password" in alice.get("/settings").text
    factor = begin_set_up(alice)
    page = alice.get(PAGE).text
    assert f"secret={factor.key}" in page, "it survives a reload"
    assert "<svg" in page
    assert not is_on(alice)
    answer = alice.post(PAGE, data={"code": factor.code()})
    assert (answer.status_code, len(ONE_TIME_CODE.findall(answer.text))) == (200, 10)
    assert is_on(alice)
    page = alice.get(PAGE).text
    assert ONE_TIME_CODE.findall(page) == []
    assert KEY.search(page) is None
    assert factor.key not in page
    assert "10 of 10 left" in page
    assert told(alice) == ["second_factor_on"]


@pytest.mark.parametrize("code", ["", None, "abc", "1" * 400])
def test_a_wrong_first_code_turns_nothing_on_and_the_key_stays(alice: Person, code: str | None) -> None:
    factor = begin_set_up(alice)
    answer = alice.post(PAGE, data={"code": factor.wrong() if code is None else code})
    assert (answer.status_code, f"secret={factor.key}" in answer.text) == (422, True)
    assert not is_on(alice)


def test_without_a_set_up_no_code_turns_it_on(alice: Person) -> None:
    answer = alice.post(PAGE, data={"code": "123456"})
    assert (answer.status_code, "Set Up Second Factor" in answer.text) == (422, True)


@pytest.mark.parametrize("minutes", [0, 12, 16])
def test_setting_it_up_takes_the_password_however_fresh_the_session_is(
    alice: Person, clock: MovableClock, minutes: int
) -> None:
    """A stolen cookie sets up none, with which the thief would answer whatever asks again, and keep the member out."""
    assert alice.client
    clock.advance(minutes=minutes)
    assert 'name="password"' in alice.get(PAGE).text
    for data in ({}, {"password": "wrong"}):
        answer = alice.post(f"{PAGE}/key", data=data)
        assert (answer.status_code, KEY.search(answer.text)) == (422, None)
        assert "not your sign-in password" in answer.text
    begin_set_up(alice)


def test_a_session_left_open_shows_no_key(alice: Person, clock: MovableClock) -> None:
    """Nor is it confirmed there: the password is asked for first."""
    factor = begin_set_up(alice)
    with alice.app.app_context(), transaction() as session:
        session.get_one(SecondFactor, alice.user_id).made_at = clock.now()
    clock.advance(minutes=14)
    assert factor.key in alice.get(PAGE).text.replace(" ", "")
    clock.advance(minutes=2)
    assert KEY.search(alice.get(PAGE).text) is None
    assert alice.post(PAGE, data={"code": factor.at(0)}).status_code == 403
    assert not is_on(alice)


def test_it_is_turned_off_with_password_and_code(alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    clock.advance(minutes=16)
    code = factor.code()
    tries = [{}, {"code": code}, {"password": "wrong", "code": code}, {"password": alice.password}]
    for data in tries:
        assert alice.post(f"{PAGE}/ending", data=data).status_code == 422, data
    clock.advance(minutes=16)
    both = {"password": alice.password, "code": factor.code()}
    answer = alice.post(f"{PAGE}/ending", data=both)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert not is_on(alice)
    assert told(alice)[-1] == "second_factor_off"
    assert is_signed_in(alice.another_browser())
    with alice.app.app_context():
        assert db.session.scalars(select(OneTimeCode)).all() == []


def test_new_one_time_codes_take_the_place_of_the_old(alice: Person) -> None:
    factor = with_second_factor(alice)
    assert alice.post(f"{PAGE}/codes").status_code == 422
    answer = alice.post(f"{PAGE}/codes", data={"code": factor.code()})
    fresh = ONE_TIME_CODE.findall(answer.text)
    assert (answer.status_code, len(fresh), set(fresh) & set(factor.one_time_codes)) == (200, 10, set())
    assert factor.sign_in(alice.app.test_client(), factor.one_time_codes[0]).status_code == 422
    assert factor.sign_in(alice.app.test_client(), fresh[0]).status_code == 303
    assert "one_time_codes_made" in told(alice)


def test_setting_up_where_it_is_on_changes_nothing(alice: Person) -> None:
    factor = with_second_factor(alice)
    answer = alice.post(f"{PAGE}/key", data={"password": alice.password})
    assert (answer.status_code, KEY.search(answer.text)) == (200, None)
    with alice.app.app_context():
        assert db.session.get_one(SecondFactor, alice.user_id).key == factor.key


@pytest.mark.parametrize("path", ["codes", "ending"])
def test_where_none_is_on_there_is_nothing_to_change(alice: Person, path: str) -> None:
    assert alice.post(f"{PAGE}/{path}", data={"code": "123456"}).status_code in (200, 303)
    assert not is_on(alice)
    with alice.app.app_context():
        assert db.session.scalars(select(Event.kind).where(Event.kind.like("second_factor.%"))).all() == []
        assert db.session.scalars(select(OneTimeCode)).all() == []


def test_nobody_changes_somebody_elses(alice: Person, charlie: Person) -> None:
    factor = with_second_factor(alice)
    charlie.post(f"{PAGE}/ending", data={"code": factor.code()})
    charlie.post(f"{PAGE}/codes", data={"code": factor.one_time_codes[0]})
    assert is_on(alice)
    with alice.app.app_context():
        assert OneTimeCode.left(alice.user_id) == 10
    assert KEY.search(charlie.get(PAGE).text) is None


def test_an_account_from_before_goes_on_as_it_was(alice: Person) -> None:
    enrolled(alice)
    for path in ("/vault", "/settings", "/backups", PAGE):
        assert alice.get(path).status_code == 200, path


@pytest.mark.parametrize("path", ["/admin/", "/admin/users", "/admin/settings"])
def test_where_admins_need_one_the_portal_waits_for_it(bob: Person, olga: Person, path: str) -> None:
    require(olga, "admins")
    for admin in (bob, olga):
        answer = admin.get(path)
        assert (answer.status_code, answer.location) == (303, f"{PAGE}?next={path}")
        page = admin.get(answer.location).text
        assert "Example Works asks for a second factor" in page
        assert f'name="next" value="{path}"' in page
    factor = begin_set_up(bob)
    answer = bob.post(PAGE, data={"code": factor.code(), "next": path})
    assert f'href="{path}"' in answer.text
    assert bob.get(path).status_code == 200


def test_an_open_page_of_the_portal_stays_and_learns_nothing_more(bob: Person, olga: Person) -> None:
    require(olga, "admins")
    for path in ("/admin/requests/pending", "/admin/requests/count"):
        answer = bob.get(path, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.data) == (204, b""), path


def test_nothing_is_changed_in_the_portal_without_it(bob: Person, olga: Person) -> None:
    require(olga, "admins")
    answer = olga.post("/admin/waiting-time", data={"hours": 1}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, PAGE)
    with olga.app.app_context():
        assert db.session.get_one(Organisation, olga.organisation_id).approval_wait_hours == 24


@pytest.mark.parametrize("policy", ["nobody", "admins"])
def test_members_go_on_where_only_admins_need_one(alice: Person, olga: Person, policy: str) -> None:
    enrolled(alice)
    require(olga, policy)
    for path in ("/vault", "/settings", "/backups", "/devices"):
        assert alice.get(path).status_code == 200, path


def test_where_everyone_needs_one_the_rooms_wait_and_recovery_doesnt(alice: Person, olga: Person) -> None:
    enrolled(alice)
    require(olga, "everyone")
    for path in ("/vault", "/settings", "/backups", "/devices"):
        answer = alice.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, PAGE), path
    for path in ("/recovery", "/sessions", PAGE, "/pair"):
        answer = alice.get(path)
        assert not (answer.location or "").startswith(PAGE), path
    assert alice.get("/vault/file", headers={"Accept": "application/octet-stream"}).status_code != 303
    with_second_factor(alice)
    assert alice.get("/vault").status_code == 200


def test_where_it_is_required_turning_it_off_leads_to_setting_it_up(alice: Person, olga: Person) -> None:
    enrolled(alice)
    require(olga, "everyone")
    factor = with_second_factor(alice)
    assert "you are led to set it up again" in alice.get(PAGE).text
    assert alice.post(f"{PAGE}/ending", data={"code": factor.code()}).status_code == 303
    assert alice.get("/vault").location == f"{PAGE}?next=/vault"


def test_admins_without_one_are_reminded_quietly(bob: Person) -> None:
    assert "Your password alone opens this Admin Portal." in bob.get("/admin/").text
    with_second_factor(bob)
    assert "Your password alone" not in bob.get("/admin/").text
