"""What a page that waits for an approval asks, and what it gets."""

import re

import pytest
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Alice’s request, which waits."""
    enrolled(alice)
    return asked(alice, backed_up(alice, organisation_key))


@pytest.mark.parametrize("seconds", [0, 90, 900])
def test_a_poll_with_nothing_new_is_empty(made: Restoring, clock: MovableClock, seconds: int) -> None:
    page = made.client.get(made.path).text
    clock.advance(seconds=seconds)
    address = re.search(r'hx-get="([^"]+)"', page)
    assert address
    answer = made.client.get(address[1].replace("&amp;", "&"), headers=HTMX)
    if seconds == 0:
        assert (answer.status_code, answer.data) == (204, b"")
    else:
        pace = 5 if seconds == 90 else 15
        assert f"pace={pace}" in answer.text
        every = re.search(r"every (\d+)ms", answer.text)
        assert every
        assert abs(int(every[1]) - pace * 1000) <= pace * 100
        assert "HX-Retarget" not in answer.headers
        assert made.client.get(f"{made.path}/status?version=1&pace={pace}").status_code == 204


def test_the_poll_brings_the_next_step_when_somebody_approved(
    made: Restoring, bob: Person, organisation_key: ActiveKey
) -> None:
    made.approve(bob, organisation_key)
    answer = made.client.get(f"{made.path}/status?version=1&pace=2", headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#main"
    assert answer.headers["HX-Replace-Url"] == f"{made.path}/restore"
    assert "Create a New PIN" in answer.text
    assert "hx-trigger" not in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(("end", "heading"), [("deny", "Request Denied"), ("cancel", "Request Cancelled")])
def test_the_poll_of_an_ended_request_ends(made: Restoring, bob: Person, end: str, heading: str) -> None:
    if end == "deny":
        with bob.app.app_context(), transaction() as session:
            User.locked(made.person.user_id)
            session.get_one(RestoreRequest, made.id).deny(session.get_one(User, bob.user_id), "I don’t know you")
    else:
        made.client.post(f"{made.path}/cancellation")
    answer = made.client.get(f"{made.path}/status?version=1&pace=2", headers=HTMX)
    assert heading in answer.text
    assert "hx-trigger" not in answer.text


def test_polling_keeps_nobody_signed_in_as_active(made: Restoring, clock: MovableClock) -> None:
    clock.advance(minutes=5)
    before = activity(made)
    made.client.get(f"{made.path}/status?version=1&pace=2")
    assert activity(made) == before


def activity(made: Restoring) -> object:
    with made.person.app.app_context():
        return db.session.scalars(select(SignIn).where(SignIn.device_id == made.device.id)).one().last_active_at
