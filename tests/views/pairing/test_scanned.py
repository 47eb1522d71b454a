"""The page that a scanned code opens, over HTTP: it says an offer to the browser that asked, and to no other."""

import pytest
from flask.testing import FlaskClient

from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.people import Person, enrolled
from webapp.flows.pairing import State


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice)
    return pairing_run(alice)


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        *((State.OPENED, "late"), (State.OFFERED, "offered"), (State.ANSWERED, "code_used")),
        *((State.CONFIRMED, "code_used"), (State.COMPLETED, "pairing_over")),
    ],
)
def test_it_stands_as_the_pairing_does(made: PairingRun, state: State, standing: str) -> None:
    made.upto(state)
    page = made.at_new.get(f"/pair/{made.id}/code").text
    assert f'data-standing="{standing}"' in page
    assert ("data-offer=" in page) == (state == State.OFFERED)


def test_every_other_browser_gets_the_page_of_a_pairing_that_is_not_there(
    made: PairingRun, client: FlaskClient, bob: Person
) -> None:
    """Signed out, the device that shows the code, somebody else: never redirected, and nothing is said of it."""
    made.upto(State.OFFERED)
    unknown = "0" * 32
    for browser in (client, made.at_old, bob.client):
        answer = browser.get(f"/pair/{made.id}/code")
        assert answer.status_code == 200
        assert 'data-standing="other_browser"' in answer.text
        assert "data-offer=" not in answer.text
        assert answer.text.replace(made.id, unknown) == browser.get(f"/pair/{unknown}/code").text
