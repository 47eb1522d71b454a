"""Overview: who waits, and whether everybody could be helped."""

from tests.support.people import ActiveKey, backed_up
from tests.support.person import Person
from tests.support.restores import waiting_request


def test_it_says_that_nobody_waits(bob: Person) -> None:
    page = bob.get("/admin/").text
    assert "Nobody is waiting" in page
    assert "Not enabled" in page
    assert "Enable Cloud Backups" in page


def test_it_lists_who_waits_with_a_link(bob: Person, alice: Person, organisation_key: ActiveKey) -> None:
    request = waiting_request(alice, organisation_key)
    page = bob.get("/admin/").text
    assert f'href="{request.path}"' in page
    assert "alice@example.org" in page
    assert "192.0.2.7" in page


def test_it_counts_and_names_who_has_no_backup(
    bob: Person, alice: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    page = bob.get("/admin/").text
    assert "Without a cloud backup: Bob, Charlie, Olga." in page


def test_it_lists_open_invites_and_the_latest_activity(bob: Person) -> None:
    bob.post("/admin/invites", data={"email": "dora@example.org", "name": "Dora", "role": "member"})
    page = bob.get("/admin/").text
    assert "Dora" in page
    assert "Bob invited dora@example.org as member." in page


def test_what_people_call_themselves_is_no_markup(bob: Person) -> None:
    bob.post("/admin/invites", data={"email": "dora@example.org", "name": "<b>Dora", "role": "member"})
    assert "&lt;b&gt;Dora" in bob.get("/admin/").text
