"""The pages of the ways that need nobody’s help: where they lead."""

import pytest

from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service import WAYS, Own, own
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.flows.recovery_methods import RecoveryMethod


@pytest.fixture(params=WAYS)
def made(request: pytest.FixtureRequest, alice: Person) -> Own:
    """A new browser of alice’s, once on each way."""
    enrolled(alice, [login("Bank")])
    return own(alice, request.param)


def test_a_page_that_is_reloaded_in_the_last_moment_leads_on_to_done(made: Own, clock: MovableClock) -> None:
    page = "/recovery/new-account" if made.way == RecoveryMethod.NEW_ACCOUNT else "/recovery/local"
    made.begin()
    assert made.client.get(page).status_code == 200
    assert made.signed("/finish", made.finish_body()).status_code == 200
    assert made.client.get(page).headers["Location"] == "/recovery/done"
    assert made.client.get("/recovery/done").status_code == 200
    clock.advance(minutes=6)
    assert made.client.get(page).status_code == 200, "who forgot the new PIN needs it again"
