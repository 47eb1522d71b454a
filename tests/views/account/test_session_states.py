"""What an open page is told about its session: that it stands, that its tab is locked, or why it is over."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.factors import with_second_factor
from tests.support.people.people import Person, be_at, enrolled
from tests.support.people.session_ends import ENDS, LOCKS, Elsewhere, factor_reset, undone
from tests.support.recovery.self_service import recovered
from tests.support.recovery.self_service_pages import kit_known
from tests.support.run.clock import MovableClock
from tests.views.account.test_notices import give
from webapp import limits
from webapp.client.transport.answers import ANSWER
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.signin.session import SignIn
from webapp.models.signin.session_end import end_session
from webapp.models.signin.tab_key import TabKey

QUESTION = "0123456789abcdef" * 2
EXPIRED = "You were signed in for 30 days, which is the longest."
TAB = "ab" * 16


@pytest.fixture
def place(alice: Person, bob: Person, clock: MovableClock) -> Elsewhere:
    """Alice’s vault is open in a browser, in tab TAB; her `client` is another browser."""
    device = enrolled(alice)
    clock.advance(minutes=1)
    here = alice.another_browser()
    be_at(alice, device, here)
    open_tab(alice, here, device.id)
    return Elsewhere(alice, bob, device, here, clock)


def open_tab(person: Person, client: FlaskClient, device_id: str) -> None:
    with person.app.app_context(), transaction() as session:
        TabKey.store(TAB, session.get_one(SignIn, person.sign_in_id(client)), device_id, bytes(32))


def state(client: FlaskClient, **asked: str) -> dict[str, Any]:
    answer = client.get("/sessions/state", query_string={"question": QUESTION, **asked})
    assert answer.status_code == 200
    assert answer.content_type == ANSWER
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.get_json()
    assert found.pop("question") == QUESTION, "only ours repeats it"
    return found


def test_a_session_that_stands_says_whose_it_is(place: Elsewhere, charlie: Person) -> None:
    assert state(place.here, tab=TAB) == {"state": "open", "user": place.alice.user_id, "news": False}
    assert state(place.here)["state"] == "open", "a page that shows nothing of the vault"
    assert state(charlie.client) == {"state": "open", "user": charlie.user_id, "news": False}


def test_nobody_learns_anything_of_anothers_tab(place: Elsewhere, charlie: Person, bob: Person) -> None:
    for other in (charlie, bob):
        enrolled(other)
        assert state(other.client, tab=TAB)["state"] == state(other.client, tab="cd" * 16)["state"] == "locked"
    assert state(place.alice.client, tab=TAB)["state"] == "locked", "of another session of hers"


@pytest.mark.parametrize("tab", ["", "x", "ab" * 15, "AB" * 16, "ab" * 16 + "\x00"])
def test_what_is_no_tab_is_none(place: Elsewhere, tab: str) -> None:
    assert state(place.here, tab=tab)["state"] == ("locked" if tab else "open")


@pytest.mark.parametrize("question", ["", "short", "x" * 32, "<b>", "0" * 33])
def test_only_a_number_is_repeated(client: FlaskClient, question: str) -> None:
    assert client.get("/sessions/state", query_string={"question": question}).get_json()["question"] == ""


@pytest.mark.parametrize("way", ENDS)
def test_a_session_that_ended_says_why_and_so_does_the_sign_in_page(place: Elsewhere, way: str) -> None:
    ENDS[way].do(place)
    found = state(place.here, tab=TAB)
    assert found["state"] == "ended"
    assert ENDS[way].says in found["said"]
    assert found["said"].endswith(("UTC.", "UTC: sign in with it.", "UTC. Your vault is kept."))
    for _ in range(2):  # after a reload, too
        page = place.here.get("/sign-in?next=/vault").text
        assert "You were signed out here" in page
        assert ENDS[way].says in page
    assert place.here.get("/vault").status_code == 303


@pytest.mark.parametrize("way", ENDS)
def test_nobody_else_is_told(place: Elsewhere, charlie: Person, client: FlaskClient, way: str) -> None:
    ENDS[way].do(place)
    assert state(charlie.client)["state"] == state(place.bob.client)["state"] == "open"
    assert state(client) == {"state": "ended", "why": "signed_out", "said": "You signed out in this browser."}
    assert "You were signed out here" not in client.get("/sign-in").text


def test_after_a_recovery_was_taken_back_the_new_device_is_told(
    alice: Person, bob: Person, clock: MovableClock
) -> None:
    enrolled(alice)
    kit_known(alice)
    own = recovered(alice, RecoveryMethod.RECOVERY_KIT)
    undone(Elsewhere(alice, bob, own.device, own.client, clock))
    assert state(own.client)["why"] == "undone"
    assert "taken back with “This wasn’t me”" in own.client.get("/sign-in").text


def test_after_its_second_factor_was_reset_everybody_is_told(place: Elsewhere) -> None:
    with_second_factor(place.alice)
    factor_reset(place)
    assert state(place.alice.client)["why"] == "operator_factor_reset"


@pytest.mark.parametrize("way", LOCKS)
def test_a_tab_whose_key_is_gone_is_locked(place: Elsewhere, way: str) -> None:
    LOCKS[way](place)
    assert state(place.here, tab=TAB)["state"] == "locked"
    assert state(place.here)["state"] == "open"


def test_only_whoever_was_idle_is_told_so_where_the_pin_is_asked(place: Elsewhere) -> None:
    idle = "Nothing was done here for 15 minutes"
    assert idle not in place.here.get("/unlock").text
    place.here.post("/devices/lock", json={"why": "by_hand"})
    assert idle not in place.here.get("/unlock").text
    place.clock.advance(minutes=1)
    be_at(place.alice, place.device, place.here)
    place.clock.advance(minutes=16)
    assert state(place.here, tab=TAB)["state"] == "locked"
    for _ in range(2):
        assert idle in place.here.get("/unlock").text
    be_at(place.alice, place.device, place.here)
    place.here.post("/devices/lock", json={"why": "idle"})
    assert idle in place.here.get("/unlock").text
    with place.alice.app.app_context(), transaction():
        TabKey.mark(place.alice.sign_in_id(place.here), place.device.id)
    assert idle not in place.here.get("/unlock").text


def test_asking_is_no_sign_that_somebody_is_there(app: Flask, place: Elsewhere) -> None:
    for _ in range(20):
        place.clock.advance(minutes=1)
        asked = state(place.here, tab=TAB)
    assert asked["state"] == "locked"
    with app.app_context():
        assert db.session.query(SignIn).count() == 2


def test_a_session_that_got_too_old_says_so(place: Elsewhere) -> None:
    place.clock.advance(days=limits.SESSION_LIFE.days)
    assert state(place.here) == {"state": "ended", "why": "expired", "said": EXPIRED}
    assert "signed in for 30 days" in place.here.get("/sign-in").text


def test_the_first_reason_stays(place: Elsewhere) -> None:
    for way in ("signed out from the list", "signed out everywhere by an admin", "disabled"):
        ENDS[way].do(place)
    assert state(place.here)["why"] == "from_list"


def test_signing_out_and_in_again_leaves_no_reason(place: Elsewhere) -> None:
    ENDS["vetoed"].do(place)
    answer = place.here.post("/sign-in", data={"email": place.alice.email, "password": place.alice.password})
    assert answer.status_code == 303
    assert state(place.here)["state"] == "open"
    answer = place.here.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"', "never storage: the device stays"
    page = place.here.get("/sign-in").text
    assert "You are signed out, and your vault is locked" in page
    assert "You were signed out here" not in page


def test_whoever_has_the_name_of_a_tag_is_written_out(place: Elsewhere) -> None:
    with place.alice.app.app_context(), transaction() as session:
        end_session(session.get_one(SignIn, place.alice.sign_in_id(place.here)), by="<b>{at}</b>")
        session.get_one(SignIn, place.alice.sign_in_id(place.here)).ended_why = "unpaired"
    page = place.here.get("/sign-in").text
    assert "This device was unpaired by &lt;b&gt;{at}&lt;/b&gt;, " in page


def test_the_page_hears_that_its_notices_are_out_of_date(place: Elsewhere) -> None:
    assert state(place.here, notices="none")["news"] is False
    give(place.alice)
    assert state(place.here, notices="none")["news"] is True
