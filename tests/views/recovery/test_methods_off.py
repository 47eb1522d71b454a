"""A way back that the organisation has switched off: its door says so, and every step of it is refused."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.method_switch import switch_off
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.self_service import WAYS, own
from tests.support.recovery.vetoes import heading
from webapp.database import db
from webapp.flows.pairing import State as PairingState
from webapp.flows.recovery_methods import EVERY_METHOD, PAIRING, RecoveryMethod
from webapp.flows.restore_request import State
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery

DOORS = {
    RecoveryMethod.LOCAL_BACKUP: "/recovery/local",
    RecoveryMethod.CLOUD_BACKUP: "/recovery/cloud",
    RecoveryMethod.RECOVERY_KIT: "/recovery/kit",
    RecoveryMethod.NEW_ACCOUNT: "/recovery/new-account",
}
OFF = "Not enabled by your organisation"
NOT_ENABLED = "Not Enabled by Your Organisation"


def keyless(person: Person) -> FlaskClient:
    client = person.another_browser()
    be_at(person, None, client)
    return client


@pytest.mark.parametrize("way", DOORS)
def test_its_door_is_closed_and_says_why(
    app: Flask, alice: Person, organisation_key: ActiveKey, way: RecoveryMethod
) -> None:
    backed_up(alice, organisation_key)
    client = keyless(alice)
    assert OFF not in client.get("/recovery/backup-type").text
    switch_off(app, way)
    page = client.get("/recovery/backup-type").text
    assert page.count(OFF) == 1
    for each, path in DOORS.items():
        assert (f'class="door__link" href="{path}"' in page) == (each != way)


def test_the_door_to_pairing_is_closed_and_says_why(app: Flask, alice: Person) -> None:
    enrolled(alice)
    client = keyless(alice)
    assert 'class="door__link" href="/recovery/pair"' in client.get("/recovery").text
    switch_off(app, PAIRING)
    page = client.get("/recovery").text
    assert OFF in page
    assert 'href="/recovery/pair"' not in page


def test_every_page_of_it_says_so_and_no_other_does(app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    """Out of the route map: whatever `requires_method` marks."""
    backed_up(alice, organisation_key)
    client = keyless(alice)
    pages = {
        rule.rule: getattr(app.view_functions[rule.endpoint], "way", "")
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "way") and not rule.arguments and "GET" in (rule.methods or ())
    }
    assert set(pages.values()) == set(EVERY_METHOD)
    for way in EVERY_METHOD:
        switch_off(app, way)
        for path, of in pages.items():
            answer = client.get(path)
            assert (answer.status_code == 403) == (of == way), (way, path)
            if of == way:
                assert heading(answer) == NOT_ENABLED


@pytest.mark.parametrize("way", WAYS)
def test_a_recovery_of_ones_own_is_neither_begun_nor_finished(app: Flask, alice: Person, way: RecoveryMethod) -> None:
    enrolled(alice)
    made = own(alice, way)
    switch_off(app, way)
    answer = made.begin()
    assert (answer.status_code, answer.get_json()) == (403, {"error": "way_off"})
    with app.app_context():
        assert db.session.get(SelfServiceRecovery, made.device.id) is None
    switch_off(app)
    assert made.begin().status_code == 200
    body = made.finish_body()
    switch_off(app, way)
    answer = made.signed("/finish", body)
    assert (answer.status_code, answer.get_json()) == (403, {"error": "way_off"})
    switch_off(app, *(each for each in EVERY_METHOD if each != way))
    assert made.signed("/finish", body).status_code == 200


@pytest.fixture
def waiting(alice: Person, organisation_key: ActiveKey) -> Restoring:
    return asked(alice, backed_up(alice, organisation_key))


def state(made: Restoring) -> str:
    with made.person.app.app_context():
        return db.session.get_one(RestoreRequest, made.id).state


def test_a_request_stands_still_at_each_step_and_goes_on(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, waiting: Restoring
) -> None:
    switch_off(app, RecoveryMethod.CLOUD_BACKUP)
    page = bob.get(f"/admin/requests/{waiting.id}").text
    assert 'data-code="cloud_off"' in page
    assert "The 16 characters" not in page
    assert "Deny Request" in page
    assert "these requests stand still" in bob.get("/admin/").text
    shown = waiting.client.get(waiting.path).text
    assert "stands still" in shown
    assert "Cancel Request" in shown
    switch_off(app)
    waiting.approve(bob, organisation_key)
    switch_off(app, RecoveryMethod.CLOUD_BACKUP)
    answer = waiting.signed("release")
    assert (answer.status_code, answer.get_json(), state(waiting)) == (403, {"error": "way_off"}, State.APPROVED)
    assert heading(waiting.client.get(f"{waiting.path}/restore")) == NOT_ENABLED
    switch_off(app)
    opened = waiting.release()
    body = waiting.finish_body(opened)
    switch_off(app, RecoveryMethod.CLOUD_BACKUP)
    for what, sent in (("release", b""), ("vault", b""), ("finish", body)):
        assert waiting.signed(what, sent).get_json() == {"error": "way_off"}, what
    assert state(waiting) == State.RELEASED
    switch_off(app)
    assert waiting.signed("finish", body).status_code == 200


def test_an_approval_that_comes_too_late_is_not_kept(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    form = request.approval(organisation_key, bob)
    switch_off(app, RecoveryMethod.CLOUD_BACKUP)
    answer = bob.post(f"{request.path}/approval", data=form)
    assert (answer.status_code, 'data-code="cloud_off"' in answer.text) == (409, True)
    denied = bob.post(f"{request.path}/denial", data={"reason": "Call me."})
    assert denied.status_code == 303


def test_a_request_can_be_cancelled_and_none_is_made(app: Flask, alice: Person, waiting: Restoring) -> None:
    switch_off(app, RecoveryMethod.CLOUD_BACKUP)
    assert waiting.client.post(f"{waiting.path}/cancellation").status_code == 303
    assert state(waiting) == State.CANCELLED
    again = waiting.ask()
    assert (again.status_code, heading(again)) == (403, NOT_ENABLED)


@pytest.mark.parametrize("reached", [PairingState.OPENED, PairingState.OFFERED])
def test_a_pairing_stands_still_at_each_step_and_goes_on(app: Flask, alice: Person, reached: PairingState) -> None:
    enrolled(alice)
    made = pairing_run(alice)
    made.upto(reached)
    step = {PairingState.OPENED: made.offer, PairingState.OFFERED: made.answer}[reached]
    switch_off(app, PAIRING)
    answer = step()
    assert (answer.status_code, answer.get_json()) == (403, {"error": "way_off"})
    assert pairing_state(made) == reached
    assert "stands still" in made.at_new.get(made.new_path).text
    switch_off(app)
    assert step().status_code == 200


@pytest.mark.parametrize("reached", [PairingState.ANSWERED, PairingState.CONFIRMED])
def test_a_pairing_hands_no_key_on_and_is_not_completed(app: Flask, alice: Person, reached: PairingState) -> None:
    enrolled(alice)
    made = pairing_run(alice)
    made.upto(reached)
    is_answered = reached == PairingState.ANSWERED
    by, body = (made.by_old, made.confirm_body()) if is_answered else (made.by_new, made.completion_body())
    first, last = ("vault", "confirmation") if is_answered else ("key", "completion")
    switch_off(app, PAIRING)
    for what, sent in ((first, b""), (last, body)):
        assert by(what, sent).get_json() == {"error": "way_off"}, what
    assert pairing_state(made) == reached
    switch_off(app)
    assert by(last, body).status_code == 200


def test_a_pairing_can_be_cancelled(app: Flask, alice: Person) -> None:
    enrolled(alice)
    made = pairing_run(alice)
    made.upto(PairingState.CONFIRMED)
    switch_off(app, PAIRING)
    assert made.at_new.post(f"{made.new_path}/cancellation").status_code == 303
    assert pairing_state(made) == PairingState.CANCELLED


def test_no_pairing_is_opened(app: Flask, alice: Person) -> None:
    enrolled(alice)
    made = pairing_run(alice)
    switch_off(app, PAIRING)
    answer = made.open()
    assert (answer.status_code, heading(answer)) == (403, NOT_ENABLED)
    with app.app_context():
        assert db.session.get(Pairing, made.id) is None


def pairing_state(made: PairingRun) -> str:
    with made.person.app.app_context():
        return db.session.get_one(Pairing, made.id).state
