"""Text that one of the databases can’t hold is refused like any other nonsense, and never a crash."""

import pytest

from tests.support.people.person import Person

pytestmark = pytest.mark.databases


@pytest.mark.parametrize(
    "path",
    [
        *("/admin/requests/%00", "/admin/requests?before=%00", "/admin/users?after=%00", "/admin/activity?before=%00"),
        *("/admin/users?words=%00", "/admin/requests?person=%00", "/admin/activity?person=%00"),
    ],
)
def test_a_nul_in_an_address(bob: Person, path: str) -> None:
    assert bob.get(path).status_code in (200, 400, 404)


@pytest.mark.parametrize("before", [-1, 0, 2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 10**30, -(10**30)])
def test_a_number_that_no_event_has_begins_with_the_newest(bob: Person, olga: Person, before: int) -> None:
    assert olga.client
    for path in ("/admin/activity", f"/admin/users/{olga.user_id}"):
        answer = bob.get(f"{path}?before={before}")
        assert (answer.status_code, 'data-kind="user.signed_in"' in answer.text) == (200, True)


@pytest.mark.parametrize("field", ["email", "name", "role", "token_sha256"])
def test_half_a_character_in_a_row_of_a_file(bob: Person, field: str) -> None:
    row = {"email": "dora@example.org", "name": "Dora", "role": "member", "token_sha256": "a" * 64, field: "\ud800@x"}
    for path in ("/admin/invites/check", "/admin/invites/rows"):
        assert bob.post(path, json={"rows": [row]}).status_code == 400


@pytest.mark.parametrize(
    "email", ["a\0@example.org", "a\u202e@example.org", "a\u200b@example.org", f"{'İ' * 200}@example.org"]
)
def test_an_address_with_something_invisible_or_too_long_in_lower_case(bob: Person, email: str) -> None:
    """Nobody is invited as somebody whose address looks the same; and one letter may become two."""
    answer = bob.post("/admin/invites", data={"email": email, "name": "Dora", "role": "member"})
    assert (answer.status_code, "This is no email address" in answer.text) == (422, True)
    rows = {"rows": [{"email": email.replace("\0", ""), "name": "Dora", "role": "member"}]}
    said = bob.post("/admin/invites/check", json=rows).get_json()["codes"]
    assert said == ([""] if "\0" in email else ["no_address"])


def test_a_nul_in_a_form(bob: Person) -> None:
    assert bob.post("/admin/contact", data={"name": "a\0b", "email": "help@example.org"}).status_code in (303, 400)
    assert bob.get("/admin/settings").status_code == 200
