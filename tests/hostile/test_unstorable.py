"""Text that one of the databases can’t hold is refused like any other nonsense, and never a crash."""

import pytest

from tests.support.person import Person

pytestmark = pytest.mark.databases


@pytest.mark.parametrize(
    "path",
    ["/admin/requests/%00", "/admin/requests?before=%00", "/admin/users?after=%00", "/admin/activity?before=%00"],
)
def test_a_nul_in_an_address(bob: Person, path: str) -> None:
    assert bob.get(path).status_code in (200, 400, 404)


def test_a_nul_in_a_form(bob: Person) -> None:
    assert bob.post("/admin/contact", data={"name": "a\0b", "email": "help@example.org"}).status_code in (303, 400)
    assert bob.get("/admin/settings").status_code == 200
