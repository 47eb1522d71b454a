"""Settings: the key ceremony, checking the key file, and the contact."""

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, backed_up
from tests.support.people.person import Person
from tests.support.recovery_keys.ceremonies import generate, new_key, proof_form, public_form
from tests.support.run.clock import MovableClock
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.formats.encoding import to_base64
from webapp.database import db
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.listing import EventList
from webapp.models.recovery_keys.key import OrganisationKey


def state_of(app: Flask, key_id: str) -> str | None:
    with app.app_context():
        key = db.session.get(OrganisationKey, key_id)
        return str(key.state) if key else None


def kinds(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        return [event.kind for event in EventList(person.organisation_id).page(20)[0]]


@pytest.mark.databases
def test_a_key_is_generated_then_activated_with_its_saved_file(app: Flask, bob: Person) -> None:
    key = new_key(bob)
    key_id = generate(bob, key)
    assert state_of(app, key_id) == "generated"
    response = bob.post(f"/admin/keys/{key_id}/activation", data=proof_form(bob, key, key_id))
    assert (response.status_code, response.location) == (303, "/admin/settings")
    assert state_of(app, key_id) == "active"
    assert kinds(app, bob)[:2] == ["organisation_key.activated", "organisation_key.generated"]
    page = bob.get("/admin/settings").text
    assert "Safe 2026" in page
    assert "by Bob" in page
    assert "0 backups" in page


def test_the_server_keeps_the_fingerprint_it_computed(app: Flask, bob: Person) -> None:
    key = new_key(bob)
    key_id = generate(bob, key)
    with app.app_context():
        assert db.session.get_one(OrganisationKey, key_id).fingerprint == key.public.fingerprint


def test_a_generated_key_is_not_used_for_backups(app: Flask, bob: Person) -> None:
    generate(bob, new_key(bob))
    with app.app_context():
        assert OrganisationKey.active(bob.organisation_id) is None


ALTERED = {
    "name": "",
    "recipient": recipient_of(new_identity()),
    "sign": to_base64(public_key(new_seed())),
    "fingerprint": "a" * 52,
}


@pytest.mark.parametrize("name", ALTERED)
@pytest.mark.parametrize("missing", [False, True])
def test_a_key_that_is_not_what_it_says_is_refused(app: Flask, bob: Person, name: str, missing: bool) -> None:
    form = {**public_form(new_key(bob)), name: ALTERED[name]}
    if missing:
        del form[name]
    response = bob.post("/admin/keys", data=form)
    assert response.status_code == 422
    assert 'data-code="name_missing"' in response.text or 'data-code="key_missing"' in response.text
    with app.app_context():
        assert OrganisationKey.all_of(bob.organisation_id) == []


def test_the_key_of_another_organisation_or_epoch_is_refused(bob: Person) -> None:
    for key in (new_key(bob, epoch=2), new_key(Person(bob.app, "", "0" * 32, "", ""))):
        assert bob.post("/admin/keys", data=public_form(key)).status_code == 422


def test_a_wrong_proof_activates_nothing(app: Flask, bob: Person, olga: Person) -> None:
    key, other = new_key(bob), new_key(bob)
    key_id = generate(bob, key)
    address = f"/admin/keys/{key_id}/activation"
    spent = proof_form(bob, key, key_id)
    for form in (
        {},
        proof_form(bob, other, key_id),
        proof_form(bob, key, "0" * 32),
        proof_form(olga, key, key_id),
        {**spent, "challenge": to_base64(bytes(32))},
    ):
        response = bob.post(address, data=form)
        assert (response.status_code, 'data-code="proof_failed"' in response.text) == (422, True)
    assert state_of(app, key_id) == "generated"
    assert bob.post(address, data=spent).status_code == 303


def test_a_challenge_is_good_for_two_minutes(app: Flask, bob: Person, clock: MovableClock) -> None:
    key = new_key(bob)
    key_id = generate(bob, key)
    form = proof_form(bob, key, key_id)
    clock.advance(seconds=121)
    assert bob.post(f"/admin/keys/{key_id}/activation", data=form).status_code == 422


def test_an_interrupted_ceremony_is_begun_anew(app: Flask, bob: Person) -> None:
    key_id = generate(bob, new_key(bob))
    assert "Step 2 of 2" in bob.get("/admin/settings").text
    assert bob.post(f"/admin/keys/{key_id}/removal").status_code == 303
    assert state_of(app, key_id) is None
    assert "Generate Key" in bob.get("/admin/settings").text


def test_generating_again_throws_the_former_away(app: Flask, bob: Person) -> None:
    former = generate(bob, new_key(bob))
    key_id = generate(bob, new_key(bob))
    assert (state_of(app, former), state_of(app, key_id)) == (None, "generated")


def test_of_two_ceremonies_the_first_completed_counts(app: Flask, bob: Person, olga: Person) -> None:
    keys = {person.name: new_key(person, person.name) for person in (bob, olga)}
    ids = {person.name: generate(person, keys[person.name]) for person in (bob, olga)}
    assert "Olga began this too" in bob.get("/admin/settings").text.replace("\n", " ")
    late = proof_form(olga, keys["Olga"], ids["Olga"])
    form = proof_form(bob, keys["Bob"], ids["Bob"])
    assert bob.post(f"/admin/keys/{ids['Bob']}/activation", data=form).status_code == 303
    response = olga.post(f"/admin/keys/{ids['Olga']}/activation", data=late)
    assert (response.status_code, 'data-code="another_key"' in response.text) == (409, True)
    assert (state_of(app, ids["Bob"]), state_of(app, ids["Olga"])) == ("active", None)


def test_nobody_touches_the_ceremony_of_another_admin(app: Flask, bob: Person, olga: Person) -> None:
    key = new_key(bob)
    key_id = generate(bob, key)
    assert olga.post(f"/admin/keys/{key_id}/activation", data=proof_form(olga, key, key_id)).status_code == 404
    assert olga.post(f"/admin/keys/{key_id}/removal").status_code == 404
    assert state_of(app, key_id) == "generated"


def test_while_a_key_is_active_no_other_is_made(app: Flask, bob: Person, organisation_key: ActiveKey) -> None:
    response = bob.post("/admin/keys", data=public_form(new_key(bob, epoch=2)))
    assert response.status_code == 409
    assert bob.post(f"/admin/keys/{organisation_key.id}/removal").status_code == 404
    assert state_of(app, organisation_key.id) == "active"


def test_an_activation_that_is_repeated_changes_nothing(app: Flask, bob: Person) -> None:
    key = new_key(bob)
    key_id = generate(bob, key)
    for _ in range(2):
        response = bob.post(f"/admin/keys/{key_id}/activation", data=proof_form(bob, key, key_id))
        assert response.status_code == 303
    assert kinds(app, bob).count("organisation_key.activated") == 1


def test_checking_the_key_file_is_noted(
    app: Flask, bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    clock.advance(days=3)
    assert "3 days ago" in bob.get("/admin/settings").text
    form = proof_form(bob, organisation_key.key, organisation_key.id)
    response = bob.post(f"/admin/keys/{organisation_key.id}/proof", data=form)
    assert "This is the right file" in response.text
    assert "just now" in response.text
    assert kinds(app, bob)[0] == "organisation_key.proved"


def test_another_key_file_does_not_pass_the_check(bob: Person, organisation_key: ActiveKey) -> None:
    form = proof_form(bob, new_key(bob), organisation_key.id)
    response = bob.post(f"/admin/keys/{organisation_key.id}/proof", data=form)
    assert (response.status_code, 'data-code="proof_failed"' in response.text) == (422, True)


def test_settings_show_the_key_and_how_many_backups_it_opens(
    bob: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    page = bob.get("/admin/settings").text
    assert "1 backup<" in page or "1 backup\n" in page or "1 backup " in page
    fingerprint = organisation_key.key.public.fingerprint
    assert " ".join(fingerprint[start : start + 4] for start in range(0, 16, 4)) in page


def test_the_contact_is_the_first_owner_until_it_is_set(app: Flask, bob: Person, olga: Person) -> None:
    assert "Olga (olga@example.org)" in bob.get("/admin/settings").text
    data = {"name": "Help desk", "email": "help@example.org", "phone": "+49 30 1234567"}
    assert bob.post("/admin/contact", data=data).status_code == 303
    with app.app_context():
        organisation = db.session.get_one(Organisation, bob.organisation_id)
        assert contact_of(organisation) == data
    assert kinds(app, bob)[0] == "contact.changed"


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Help desk"},
        {"email": "help"},
        {"email": "a@b c"},
        {"phone": "call me"},
        {"name": "x" * 101, "phone": "110"},
    ],
)
def test_a_contact_that_reaches_nobody_is_refused_and_kept_on_the_page(bob: Person, data: dict[str, str]) -> None:
    response = bob.post("/admin/contact", data=data)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text
    assert all(f'value="{value}"' in response.text for value in data.values())


def test_what_of_a_contact_was_not_edited_stays_as_somebody_else_has_set_it(
    app: Flask, bob: Person, olga: Person
) -> None:
    was = {"shown_name": "Help Desk", "shown_email": "help@example.org", "shown_phone": ""}
    bob.post("/admin/contact", data={"name": "Help Desk", "email": "help@example.org", "phone": ""})
    # Both have the form open. One changes the address, then the other the phone.
    olga.post("/admin/contact", data=was | {"name": "Help Desk", "email": "desk@example.org", "phone": ""})
    bob.post("/admin/contact", data=was | {"name": "Help Desk", "email": "help@example.org", "phone": "+49 30 1"})
    with app.app_context():
        contact = contact_of(db.session.get_one(Organisation, bob.organisation_id))
    assert contact == {"name": "Help Desk", "email": "desk@example.org", "phone": "+49 30 1"}
    refused = bob.post("/admin/contact", data=was | {"name": "Help Desk", "email": "nobody", "phone": ""})
    assert refused.status_code == 422
    assert 'name="shown_email" value="help@example.org"' in refused.text


def test_an_emptied_contact_is_the_first_owner_again(app: Flask, bob: Person, olga: Person) -> None:
    bob.post("/admin/contact", data={"email": "help@example.org"})
    assert bob.post("/admin/contact", data={}).status_code == 303
    with app.app_context():
        assert contact_of(db.session.get_one(Organisation, bob.organisation_id))["email"] == olga.email
