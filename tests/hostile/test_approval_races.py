"""Two admins at the same moment: exactly one of them wins, whatever they do and whichever database it is."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.people.people import ActiveKey
from tests.support.people.person import Person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.ceremonies import generate, new_key, proof_form
from webapp.database import db
from webapp.models.accounts.invite import Invite
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import KeyState, OrganisationKey

pytestmark = pytest.mark.databases


def at_once(*posts: Callable[[], TestResponse]) -> list[int]:
    """The status of each, sent as nearly at the same time as threads can."""
    barrier = Barrier(len(posts))

    def send(post: Callable[[], TestResponse]) -> int:
        barrier.wait()
        return post().status_code

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


def test_an_approval_and_a_denial(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    form = request.approval(organisation_key, bob)
    assert bob.client
    assert olga.client
    statuses = at_once(
        lambda: bob.post(f"{request.path}/approval", data=form),
        lambda: olga.post(f"{request.path}/denial", data={"reason": "No."}),
    )
    assert Counter(statuses) == {303: 1, 409: 1}
    with app.app_context():
        row = db.session.get_one(RestoreRequest, request.id)
        winner, state = (bob, "approved") if statuses[0] == 303 else (olga, "denied")
        assert (row.state, row.decided_by) == (state, winner.user_id)
        assert Counter(notice.kind for notice in Notice.shown_to(row.user))[f"restore_{state}"] == 1


def test_two_ceremonies(app: Flask, bob: Person, olga: Person) -> None:
    keys = {person.user_id: new_key(person) for person in (bob, olga)}
    ids = {person.user_id: generate(person, keys[person.user_id]) for person in (bob, olga)}

    def activation(person: Person) -> Callable[[], TestResponse]:
        key_id = ids[person.user_id]
        form = proof_form(person, keys[person.user_id], key_id)
        return lambda: person.post(f"/admin/keys/{key_id}/activation", data=form)

    assert Counter(at_once(activation(bob), activation(olga))) == {303: 1, 409: 1}
    with app.app_context():
        assert [key.state for key in OrganisationKey.all_of(bob.organisation_id)] == [KeyState.ACTIVE]
        kinds = [event.kind for event in EventList(bob.organisation_id).page(20)[0]]
        assert kinds.count("organisation_key.activated") == 1


def test_two_invites_to_one_address(app: Flask, bob: Person, olga: Person) -> None:
    data = {"email": "dora@example.org", "role": "member"}
    assert bob.client
    assert olga.client
    statuses = at_once(lambda: bob.post("/admin/invites", data=data), lambda: olga.post("/admin/invites", data=data))
    assert Counter(statuses) == {200: 1, 422: 1}
    with app.app_context():
        assert len(Invite.open_ones(bob.organisation_id)) == 1
