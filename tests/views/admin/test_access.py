"""Who may enter the Admin Portal: admins and owners who are signed in. For anybody else it does not exist."""

from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import ActiveKey, add_organisation_key, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import waiting_request
from webapp.database import transaction
from webapp.models.directory.user import Role, User

NOBODYS = "0" * 32
OWNERS_ONLY = "/admin/diagnostics"


def addresses(app: Flask) -> set[tuple[str, str]]:
    """Every (method, address) of the Admin Portal, with an id that nobody has."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin_")]
    made = set()
    for rule in rules:
        address = rule.rule
        for argument in rule.arguments:
            address = address.replace(f"<{argument}>", NOBODYS)
        made |= {(method, address) for method in (rule.methods or set()) & {"GET", "POST"}}
    return made


def test_a_stranger_is_asked_to_sign_in(app: Flask, organisation: str, client: FlaskClient) -> None:
    for method, address in addresses(app):
        response = client.open(address, method=method)
        assert response.status_code == 303, address
        assert response.location.startswith("/sign-in"), address


def test_for_members_there_is_no_admin_portal(app: Flask, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        for method, address in addresses(app):
            assert person.client.open(address, method=method).status_code == 404, address


def test_a_member_finds_nothing_where_there_is_something(
    alice: Person, charlie: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    for person in (alice, charlie):
        assert person.get(request.path).status_code == 404
        assert person.post(f"{request.path}/approval", data=request.approval(organisation_key, bob)).status_code == 404
        assert person.post(f"/admin/keys/{organisation_key.id}/proof").status_code == 404


def test_admins_and_owners_need_neither_a_vault_nor_a_device(app: Flask, bob: Person, olga: Person) -> None:
    pages = [address for method, address in addresses(app) if method == "GET" and NOBODYS not in address]
    statuses = {"/admin/keys/successor": 303}
    for person, others in ((bob, {OWNERS_ONLY: 404}), (olga, {})):
        for page in pages:
            assert person.get(page).status_code == (statuses | others).get(page, 200), page


def test_a_recovery_of_ones_own_does_not_close_the_admin_portal(bob: Person, olga: Person) -> None:
    enrolled(bob, here=False)
    waiting_request(bob, add_organisation_key(olga))
    assert bob.get("/admin/").status_code == 200


def test_ids_that_nobody_has_are_not_found(app: Flask, bob: Person) -> None:
    for method, address in addresses(app):
        if NOBODYS in address:
            data = {"reason": "No."} if method == "POST" else None
            assert bob.client.open(address, method=method, data=data).status_code == 404, address


def test_an_admin_who_becomes_a_member_is_out_at_once(app: Flask, bob: Person) -> None:
    assert bob.get("/admin/").status_code == 200
    with app.app_context(), transaction() as session:
        session.get_one(User, bob.user_id).role = Role.MEMBER
    assert bob.get("/admin/").status_code == 404
