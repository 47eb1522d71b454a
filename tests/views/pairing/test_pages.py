"""The pages of a pairing as the server renders them, on both sides and by state, and what their polls are answered."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.pairing.runs import PairingRun, pairing_run, wrong
from tests.support.people.people import Person, be_at, enrolled
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.client.transport.pages import Page
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.ops import mail


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice, [login("Bank")])
    return pairing_run(alice)


def at_new(made: PairingRun) -> TestResponse:
    return made.at_new.get(made.new_path)


def at_old(made: PairingRun) -> TestResponse:
    return made.at_old.get("/pair")


def polled(made: PairingRun, *, new: bool) -> TestResponse:
    """What the page that is open asks next, in its own words."""
    page = Page((at_new(made) if new else at_old(made)).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    client = made.at_new if new else made.at_old
    return client.get(address, headers={"HX-Request": "true"})


NEW_TITLES = {
    State.OPENED: "Enter Pairing Code",
    State.OFFERED: "Enter Pairing Code",
    State.ANSWERED: "Enter Pairing Code",
    State.CONFIRMED: "Create a New PIN",
    State.COMPLETED: "Done",
}


@pytest.mark.parametrize("state", NEW_TITLES)
def test_the_new_device_sees_the_step_it_is_at(made: PairingRun, state: State) -> None:
    page = at_new(made.upto(state))
    assert page.status_code == 200
    assert f">{NEW_TITLES[state]}</h1>" in page.text


def test_steps_before_anything_began(made: PairingRun) -> None:
    assert "/recovery/pair/ready" in made.at_new.get("/recovery/pair").text
    ready = made.at_new.get("/recovery/pair/ready").text
    assert "Pair With Other Device" in ready
    assert made.new_path not in ready


@pytest.mark.parametrize("end", ["decline", "cancellation", "expire"])
@pytest.mark.parametrize("locked", [False, True])
def test_nobody_is_led_to_pair_again_while_that_is_locked(
    app: Flask, made: PairingRun, clock: MovableClock, end: str, locked: bool
) -> None:
    made.upto(State.OPENED)
    if locked:
        with app.app_context(), transaction():
            User.locked(made.person.user_id).pairing_locked_until = now() + timedelta(hours=23)
    if end == "expire":
        clock.advance(minutes=11)
    elif end == "decline":
        made.at_old.post(f"{made.old_path}/decline")
    else:
        made.at_new.post(f"{made.new_path}/cancellation")
    new, old = at_new(made).text, at_old(made).text
    assert ("Pair Again" in new, "pair again" in new.casefold()) == (not locked, not locked)
    assert ["no code is shown until" in page for page in (new, old)] == [locked, locked]
    clock.advance(hours=24)
    assert "Pair Again" in at_new(made).text


@pytest.mark.parametrize("end", ["decline", "cancel", "expire", "lock"])
def test_both_sides_read_how_it_ended(made: PairingRun, clock: MovableClock, end: str) -> None:
    made.upto(State.OPENED)
    title = {"decline": "Declined", "cancel": "Cancelled", "expire": "Expired", "lock": "Locked"}[end]
    if end == "decline":
        made.at_old.post(f"{made.old_path}/decline")
    elif end == "cancel":
        made.at_new.post(f"{made.new_path}/cancellation")
    elif end == "expire":
        clock.advance(minutes=10)
    else:
        for _ in range(3):
            made.offer()
            made.answer(wrong("042137"))
            made.by_old("refusal")
    assert f"Pairing {title}" in at_new(made).text
    assert at_old(made).status_code == 200
    assert "data-announcement" not in at_old(made).text


def test_the_new_device_hears_of_an_offer_and_of_the_confirmation(made: PairingRun) -> None:
    made.upto(State.OPENED)
    assert polled(made, new=True).status_code == 204, "nothing new"
    page = Page(at_new(made).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    made.offer()
    assert made.offered
    heard = made.at_new.get(address, headers={"HX-Request": "true"})
    assert Page(heard.text).value("data-offer") == made.offered.exact
    made.answer()
    made.confirm()
    heard = made.at_new.get(address, headers={"HX-Request": "true"})
    assert (heard.headers["HX-Retarget"], heard.headers["HX-Replace-Url"]) == ("#main", made.new_path)
    assert "Create a New PIN" in heard.text


def test_the_other_device_hears_of_the_answer(made: PairingRun) -> None:
    made.upto(State.OFFERED)
    assert polled(made, new=False).status_code == 204
    page = Page(at_old(made).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    made.answer()
    heard = made.at_old.get(address, headers={"HX-Request": "true"})
    assert Page(heard.text).value("data-answer") == made.answered


def test_a_code_that_ran_out_is_told_at_the_next_poll(made: PairingRun, clock: MovableClock) -> None:
    made.upto(State.OFFERED)
    page = Page(at_new(made).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    clock.advance(minutes=2)
    heard = made.at_new.get(address, headers={"HX-Request": "true"})
    assert Page(heard.text).value("data-state") == "opened"
    assert not Page(heard.text).all("data-offer")


def test_the_other_device_reads_who_asks(made: PairingRun) -> None:
    made.upto(State.OPENED)
    page = at_old(made)
    assert Page(page.text).value("data-announcement") == made.announced.exact
    assert Page(page.text).value("data-pairing") == made.id
    assert made.row().browser in page.text


def test_the_page_that_shows_the_code_and_the_mail_name_the_address_it_is_for(app: Flask, made: PairingRun) -> None:
    made.upto(State.OPENED)
    said = "only on the page whose address bar shows "
    assert f"{said}localhost." in at_old(made).text
    app.config["PUBLIC_URL"] = "http://localhost:8000"
    with app.app_context():
        notice = db.session.scalars(select(Notice).where(Notice.kind == "pairing_opened")).one()
        assert f"{said}localhost:8000." in mail.rendered(notice).body


def test_only_a_device_that_opens_something_reads_who_asks(
    made: PairingRun, alice: Person, bob: Person, charlie: Person
) -> None:
    made.upto(State.OPENED)
    nowhere = alice.another_browser()
    be_at(alice, None, nowhere)
    for client in (made.at_new, nowhere):
        assert "data-announcement" not in client.get("/pair").text
    for person in (bob, charlie):
        enrolled(person)
        page = person.get("/pair")
        assert (page.status_code, made.id in page.text) == (200, False)
        assert person.get(f"/pair/status?pairing={made.id}").text.find(made.id) == -1


def test_a_browser_that_has_not_looked_looks_first(alice: Person, made: PairingRun) -> None:
    fresh = alice.another_browser()
    assert fresh.get("/pair").headers["Location"].startswith("/devices/here?next=")
    made.upto(State.OPENED)
    assert fresh.get(made.new_path).headers["Location"].startswith("/devices/here?next=")
    be_at(alice, None, fresh)
    assert fresh.get(made.new_path).headers["Location"] == "/recovery", "an open one is shown only where it is for"


def test_without_a_pairing_the_page_says_what_to_do(made: PairingRun) -> None:
    page = at_old(made)
    assert page.status_code == 200
    assert "data-announcement" not in page.text
    assert made.at_old.get("/pair/status", headers={"HX-Request": "true"}).status_code == 204


def test_no_page_shows_a_key_or_a_confirmation(made: PairingRun) -> None:
    """What is for one device is asked for by signed requests alone."""
    made.upto(State.CONFIRMED)
    for page in (at_new(made), at_old(made), polled(made, new=False)):
        assert "pairing-key" not in page.text
        assert made.row().confirmation not in page.text


def test_where_the_pin_is_chosen_the_page_hears_of_the_end_and_keeps_what_is_typed(
    made: PairingRun, clock: MovableClock
) -> None:
    made.upto(State.CONFIRMED)
    page = Page(at_new(made).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    assert made.at_new.get(address).status_code == 204
    clock.advance(minutes=2)
    slower = made.at_new.get(address)
    assert "pin" not in slower.text.replace("at=pin", "")
    assert "HX-Retarget" not in slower.headers
    made.at_old.post(f"/pair/{made.id}/decline")
    ended = made.at_new.get(address)
    assert ended.headers["HX-Retarget"] == "#main"
    assert "Pairing Declined" in ended.text


def test_its_own_last_step_is_no_news_there(made: PairingRun) -> None:
    made.upto(State.CONFIRMED)
    page = Page(at_new(made).text)
    [address] = [each["hx-get"] for each in page.all("hx-get") if "status" in each["hx-get"]]
    made.complete()
    assert made.at_new.get(address).status_code == 204
