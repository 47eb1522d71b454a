"""Regenerate, Re-wrap, Delete and Disable in Settings: what the pages say, what is refused, and what is due."""

import re

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.ceremonies import new_key, proof_form, public_form
from tests.support.recovery_keys.life import follow, new_shares, rewrap_form, succession_form
from tests.support.run.clock import MovableClock
from webapp import worker
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.recovery_keys import OrganisationKey as KeyFile
from webapp.database import db
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession


def generate(person: Person, key: KeyFile, follows: str) -> str:
    """Step 1 of a regeneration; the id of the new key."""
    response = person.post("/admin/keys", data={**public_form(key), "follows": follows})
    assert response.status_code == 200, response.text
    found = re.search(r'data-key="([0-9a-f]{32})"', response.text)
    assert found
    return found[1]


def states(person: Person) -> list[str]:
    with person.app.app_context():
        return [str(key.state) for key in OrganisationKey.all_of(person.organisation_id)]


def codes(text: str) -> list[str]:
    return re.findall(r'data-code="(\w+)"><p class="notice__text">\w', text)


@pytest.fixture
def second(bob: Person, organisation_key: ActiveKey) -> KeyFile:
    """A key file for the next epoch, which nobody knows yet."""
    return new_key(bob, "Safe 2027", epoch=2)


@pytest.mark.databases
def test_a_key_that_the_former_signed_takes_its_place(
    app: Flask, bob: Person, olga: Person, alice: Person, charlie: Person, organisation_key: ActiveKey, second: KeyFile
) -> None:
    backed_up(alice, organisation_key)
    assert "Step 1 of 2" in bob.get("/admin/keys/successor").text
    key_id = generate(bob, second, organisation_key.id)
    assert states(bob) == ["generated", "active"]
    assert "Step 2 of 2" in bob.get("/admin/keys/successor").text
    assert "Step 2 of 2" not in bob.get("/admin/settings").text
    form = {**proof_form(bob, second, key_id), **succession_form(organisation_key, second), "follows": "x"}
    response = bob.post(f"/admin/keys/{key_id}/activation", data=form)
    assert (response.status_code, response.location) == (303, "/admin/settings")
    assert states(bob) == ["active", "disabled"]
    page = " ".join(bob.get("/admin/settings").text.split())
    assert "“First key”, which signed it" in page
    assert "Still opens" in page
    with app.app_context():
        assert EventList(bob.organisation_id).page(1)[0][0].kind == "organisation_key.replaced"
        told = {(notice.user_id, notice.kind) for notice in db.session.scalars(db.select(Notice))}
        assert told == {(alice.user_id, "key_replaced"), (olga.user_id, "key_replaced_admin")}
    answer = alice.get("/organisation/key").get_json()
    assert answer["key"]["fingerprint"] == second.public.fingerprint
    assert (len(answer["successions"]), answer["enrolled"]) == (1, False)


def test_without_the_former_file_it_has_to_be_said_that_it_is_lost(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, second: KeyFile
) -> None:
    backed_up(alice, organisation_key)
    key_id = generate(bob, second, organisation_key.id)
    address = f"/admin/keys/{key_id}/activation"
    response = bob.post(address, data={**proof_form(bob, second, key_id), "follows": "x"})
    assert (response.status_code, codes(response.text)) == (422, ["former_key_needed"])
    response = bob.post(address, data={**proof_form(bob, second, key_id), "follows": "x", "lost": "yes"})
    assert response.status_code == 303
    assert "without its signature" in bob.get("/admin/settings").text
    with app.app_context():
        assert KeySuccession.all_of(bob.organisation_id) == []
        assert EventList(bob.organisation_id).page(1)[0][0].kind == "organisation_key.replaced_unsigned"
        assert {notice.details["is_signed"] for notice in db.session.scalars(db.select(Notice))} == {False}


def test_only_the_former_key_signs_and_only_this_one(bob: Person, organisation_key: ActiveKey, second: KeyFile) -> None:
    key_id = generate(bob, second, organisation_key.id)
    stranger = ActiveKey("", new_key(bob, "Mine", epoch=1), b"")
    honest = succession_form(organisation_key, second)
    for form in (
        succession_form(stranger, second),
        succession_form(organisation_key, new_key(bob, "Another", epoch=2)),
        {**honest, "succession": honest["succession"].replace("{", "{ ", 1)},
        {**honest, "succession": "", "succession_signature": to_base64(bytes(64))},
    ):
        data = {**proof_form(bob, second, key_id), **form, "follows": "x"}
        response = bob.post(f"/admin/keys/{key_id}/activation", data=data)
        assert (response.status_code, codes(response.text)) == (422, ["bad_succession"])
    assert states(bob) == ["generated", "active"]


def test_a_key_is_generated_for_the_place_of_the_active_one_alone(
    bob: Person, olga: Person, organisation_key: ActiveKey, second: KeyFile
) -> None:
    for follows in ("", "0" * 32):
        response = bob.post("/admin/keys", data={**public_form(second), "follows": follows})
        assert (response.status_code, codes(response.text)) == (409, ["another_key"])
    late = generate(olga, new_key(olga, "Late", epoch=2), organisation_key.id)
    key_id = generate(bob, second, organisation_key.id)
    assert "Olga began this too" in bob.get("/admin/keys/successor").text
    form = {**proof_form(bob, second, key_id), **succession_form(organisation_key, second), "follows": "x"}
    assert bob.post(f"/admin/keys/{key_id}/activation", data=form).status_code == 303
    response = olga.post(f"/admin/keys/{late}/activation", data={"follows": "x", "lost": "yes"})
    assert (response.status_code, codes(response.text)) == (409, ["another_key"])


def test_an_interrupted_regeneration_is_begun_anew_where_it_was(
    bob: Person, organisation_key: ActiveKey, second: KeyFile
) -> None:
    key_id = generate(bob, second, organisation_key.id)
    response = bob.post(f"/admin/keys/{key_id}/removal")
    assert (response.status_code, response.location) == (303, "/admin/keys/successor")
    assert states(bob) == ["active"]


def test_without_a_key_there_is_nothing_to_regenerate(bob: Person) -> None:
    assert bob.get("/admin/keys/successor").location == "/admin/settings"


def test_while_everything_is_to_go_no_key_is_made(bob: Person, organisation_key: ActiveKey, second: KeyFile) -> None:
    key_id = generate(bob, second, organisation_key.id)
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    response = bob.post("/admin/keys", data={**public_form(second), "follows": organisation_key.id})
    assert (response.status_code, codes(response.text)) == (409, ["disabling_waits"])
    form = {**proof_form(bob, second, key_id), **succession_form(organisation_key, second), "follows": "x"}
    response = bob.post(f"/admin/keys/{key_id}/activation", data=form)
    assert (response.status_code, codes(response.text)) == (409, ["disabling_waits"])


def test_the_former_key_is_deleted_with_its_name_a_week_later(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    backed_up(alice, organisation_key)
    address = f"/admin/keys/{organisation_key.id}/deletion"
    assert "only disabled keys are deleted" in bob.get(address).text
    response = bob.post(address, data={"typed": "First key"})
    assert response.status_code == 422
    follow(olga, organisation_key)
    assert "1 cloud backup of 1 member" in bob.get(address).text
    response = bob.post(address, data={"typed": "Second key"})
    assert (response.status_code, 'value="Second key"' in response.text) == (422, True)
    assert bob.post(address, data={"typed": "First key"}).location == "/admin/settings"
    assert "This is announced already" in bob.get(address).text
    assert bob.post(address, data={"typed": "First key"}).status_code == 422
    assert "Those that are sealed to “First key” go" in " ".join(alice.get("/backups").text.split())
    clock.advance(days=7)
    assert bob.get(address).status_code == 404
    assert "“First key” and its backups will be deleted" not in bob.get("/admin/settings").text
    with bob.app.app_context():
        worker.tidy()
    assert bob.get(address).status_code == 404
    assert states(bob) == ["active", "deleted"]


def test_a_key_that_an_open_request_needs_is_not_announced(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    waiting_request(alice, organisation_key)
    follow(olga, organisation_key)
    response = bob.post(f"/admin/keys/{organisation_key.id}/deletion", data={"typed": "First key"})
    assert (response.status_code, codes(response.text)) == (422, ["key_needed"])
    response = bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    assert (response.status_code, codes(response.text)) == (422, ["key_needed"])


def test_whoever_sees_it_can_stop_it_once(
    bob: Person, olga: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    found = re.search(r"/admin/removals/[0-9a-f]{32}/cancellation", olga.get("/admin/settings").text)
    assert found
    for sentence in ("Stopped. Nothing is deleted", "It was over already"):
        assert olga.post(found[0]).location == "/admin/settings"
        assert sentence in olga.get("/admin/settings").text
    clock.advance(days=8)
    assert states(bob) == ["active"]
    bob.get("/admin/settings")
    assert states(bob) == ["active"]


def test_a_stop_that_comes_too_late_stops_nothing(
    bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    with bob.app.app_context():
        removal = KeyRemoval.waiting(bob.organisation_id)[0].id
    clock.advance(days=7)
    bob.post(f"/admin/removals/{removal}/cancellation")
    assert states(bob) == ["deleted"]


@pytest.mark.parametrize("path", ["/organisation/key", "/backups", "/backups/list", "/recovery"])
def test_what_is_due_is_gone_from_every_page_without_the_worker(
    bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock, path: str
) -> None:
    backed_up(alice, organisation_key)
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    clock.advance(days=7)
    assert "First key" not in alice.get(path).text
    assert states(bob) == ["active"], "drawing a page deletes nothing"
    with bob.app.app_context():
        worker.tidy()
    assert "First key" not in alice.get(path).text
    assert states(bob) == ["deleted"]


def test_after_disabling_the_first_ceremony_is_offered_again_with_the_next_epoch(
    bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    clock.advance(days=7)
    page = bob.get("/admin/settings").text
    assert 'data-epoch="2"' in page
    assert "Enable Cloud Backups" in page
    bob.show_again()
    assert "nothing to disable" in bob.get("/admin/cloud-backups/disabling").text
    assert bob.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"}).status_code == 422


def test_settings_count_what_each_key_opens(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice)
    for _ in range(2):
        backed_up(alice, organisation_key)
    following = follow(olga, organisation_key)
    page = " ".join(bob.get("/admin/settings").text.split())
    assert re.search(r"Still opens</dt><dd> ?2 backups ?</dd>", page)
    address = f"/admin/keys/{organisation_key.id}/rewrap"
    assert "2 backups were left" in bob.get(address).text
    form = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    assert bob.post(address, json=form).status_code == 200
    page = " ".join(bob.get("/admin/settings").text.split())
    assert "0 backups, and 2 shares from before a re-wrap" in page
    assert "Nothing is left to do" in bob.get(address).text
    assert "its backups need no re-wrapping" in bob.get(f"/admin/keys/{following.id}/rewrap").text


def test_a_deleted_key_is_nothing_to_be_shown(
    bob: Person, olga: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    follow(olga, organisation_key)
    bob.post(f"/admin/keys/{organisation_key.id}/deletion", data={"typed": "First key"})
    clock.advance(days=7)
    for path in ("deletion", "rewrap", "shares"):
        assert bob.get(f"/admin/keys/{organisation_key.id}/{path}").status_code == 404
