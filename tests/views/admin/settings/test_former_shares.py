"""Put Back in Settings: offered where something is kept, told what it means, refused where it would be lost."""

import pytest

from tests.support.people.people import ActiveKey, Person, backed_up
from tests.support.recovery_keys.life import follow, key_of, new_shares, rewrap_form
from webapp import limits

OFFER = "Put Back Shares"


@pytest.fixture
def rewrapped(alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey) -> str:
    """Two backups of Alice’s; the address of what is kept of the former key’s shares."""
    for _ in range(2):
        backed_up(alice, organisation_key)
    assert OFFER not in bob.get("/admin/settings").text
    following = follow(olga, organisation_key)
    assert OFFER not in bob.get("/admin/settings").text
    form = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    assert bob.post(f"/admin/keys/{organisation_key.id}/rewrap", json=form).status_code == 200
    return f"/admin/keys/{organisation_key.id}/former-shares"


def test_an_admin_puts_them_back(bob: Person, alice: Person, organisation_key: ActiveKey, rewrapped: str) -> None:
    assert OFFER in bob.get("/admin/settings").text
    assert "2 backups depend on “First key” again" in bob.get(rewrapped).text
    response = bob.post(rewrapped)
    assert (response.status_code, response.location) == (303, "/admin/settings")
    page = bob.get("/admin/settings").text
    assert "Shares that are back in their place: 2." in page
    assert OFFER not in page
    assert key_of(bob, alice.backups[0].id) == (organisation_key.id, alice.backups[0].share_a)
    assert "Nothing is kept of shares" in bob.get(rewrapped).text
    assert (
        "Bob put back shares of the recovery key “First key” from before a re-wrap: 2."
        in bob.get("/admin/activity").text
    )


def test_what_is_left_is_the_next_step(bob: Person, rewrapped: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PUT_BACK_BATCH", 1)
    response = bob.post(rewrapped)
    assert (response.status_code, response.location) == (303, rewrapped)
    assert "in their place: 1. Left: 1. Go on." in bob.get(rewrapped).text


def test_where_the_key_is_about_to_go_it_says_so(bob: Person, organisation_key: ActiveKey, rewrapped: str) -> None:
    bob.post(f"/admin/keys/{organisation_key.id}/deletion", data={"typed": "First key"})
    assert OFFER not in bob.get("/admin/settings").text
    assert "would go with it" in bob.get(rewrapped).text
    response = bob.post(rewrapped)
    assert response.status_code == 422
    assert "Stop that in Settings first." in response.text


def test_the_key_in_use_has_nothing_to_be_put_back(bob: Person, organisation_key: ActiveKey) -> None:
    address = f"/admin/keys/{organisation_key.id}/former-shares"
    assert "is the key in use" in bob.get(address).text
    assert bob.post(address).status_code == 422


def test_a_key_that_nobody_knows_has_no_such_page(bob: Person) -> None:
    address = f"/admin/keys/{'0' * 32}/former-shares"
    assert (bob.get(address).status_code, bob.post(address).status_code) == (404, 404)
