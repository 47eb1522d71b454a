"""The polls of the Admin Portal: nothing when nothing changed, else the fragment with its next interval."""

import html
import re

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey
from tests.support.people.person import Person
from tests.support.recovery.requests import Asked, waiting_request
from tests.support.run.clock import MovableClock
from webapp.database import db
from webapp.models.signin.session import SignIn

POLLS = ("/admin/requests/count", "/admin/requests/pending")


def following(text: str) -> str:
    """The address that the fragment asks next."""
    found = re.search(r'hx-get="([^"]+)"', text)
    assert found, text
    return html.unescape(found[1])


def interval(text: str) -> int:
    found = re.search(r'hx-trigger="every (\d+)ms', text)
    assert found, text
    return int(found[1])


def test_nothing_changed_is_said_without_a_page(bob: Person) -> None:
    for path in POLLS:
        first = bob.get(path)
        assert first.status_code == 200
        again = bob.get(following(first.text))
        assert (again.status_code, again.data) == (204, b"")


@pytest.mark.databases
def test_a_new_request_is_there_at_once(bob: Person, alice: Person, organisation_key: ActiveKey) -> None:
    addresses = [following(bob.get(path).text) for path in POLLS]
    request = waiting_request(alice, organisation_key)
    count, pending = (bob.get(address) for address in addresses)
    assert 'data-count="1"' in count.text
    assert request.path in pending.text


def test_a_decision_takes_it_away(bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey) -> None:
    request = waiting_request(alice, organisation_key)
    addresses = [following(bob.get(path).text) for path in POLLS]
    olga.post(f"{request.path}/denial", data={"reason": "No."})
    count, pending = (bob.get(address) for address in addresses)
    assert 'data-count="0"' in count.text
    assert request.path not in pending.text


def test_ages_are_told_anew_when_they_change(
    bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    waiting_request(alice, organisation_key)
    first = bob.get("/admin/requests/pending").text
    assert "just now" in first
    clock.advance(seconds=62)
    assert "1 minute ago" in bob.get(following(first)).text


def test_it_asks_less_often_the_longer_it_waits(bob: Person, clock: MovableClock) -> None:
    paces = []
    address = "/admin/requests/count"
    for seconds in (61, 600, 1):
        text = bob.get(address).text
        paces.append(interval(text))
        address = following(text)
        clock.advance(seconds=seconds)
    assert 1_800 <= paces[0] <= 2_200
    assert 4_500 <= paces[1] <= 5_500
    assert 13_500 <= paces[2] <= 16_500
    assert bob.get(address).status_code == 204


def test_a_request_whose_time_is_up_leaves_the_list_before_the_clock_has_moved_it(
    bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    waiting_request(alice, organisation_key)
    address = following(bob.get("/admin/requests/count").text)
    clock.advance(days=8)
    assert 'data-count="0"' in bob.get(address).text


def test_whatever_stands_in_the_address_is_survived(bob: Person) -> None:
    for query in ("version=x", "since=-1&due=y", "due=99999999999999999999", "since=999999999999", "since=²"):
        for path in POLLS:
            assert bob.get(f"{path}?{query}").status_code == 200


def test_asking_is_no_sign_that_somebody_is_there(app: Flask, bob: Person, clock: MovableClock) -> None:
    address = following(bob.get("/admin/requests/count").text)
    clock.advance(minutes=10)
    bob.get(address)
    with app.app_context():
        row = db.session.query(SignIn).filter_by(user_id=bob.user_id).one()
        assert (clock.now() - row.last_active_at).total_seconds() >= 590


def test_an_open_page_learns_that_the_member_cancelled(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    request: Asked = waiting_request(alice, organisation_key)
    first = bob.get(f"{request.path}/decision").text
    assert bob.get(following(first)).status_code == 204
    olga.post(f"{request.path}/denial", data={"reason": "No."})
    after = bob.get(following(first)).text
    assert "Denied by Olga" in after
    assert "hx-trigger" not in after
