"""Recoveries that need nobody’s help, in the hands of a thief: of a password, a database, a proof, a former device."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from tests.client.test_journey import NEW_PIN, People
from tests.support.attacks import leaks
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.self_service import WAYS, Own, own, recovered
from tests.support.recovery.vetoes import press_undo, press_veto, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from tests.support.vault.lost_vault import Lost
from tests.support.vault.server_copy import everything_stored
from webapp import limits
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import new_identity, recipient_of, scalar_of
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.formats import recovery_kits
from webapp.client.formats.encoding import new_id, to_base64, unframe
from webapp.database import db
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.models.notices.notice import Notice
from webapp.models.vaults.vault import Vault

WITH_A_KEY = (RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)
OTHER = {
    RecoveryMethod.LOCAL_BACKUP: RecoveryMethod.RECOVERY_KIT,
    RecoveryMethod.RECOVERY_KIT: RecoveryMethod.LOCAL_BACKUP,
}


@pytest.fixture(params=WITH_A_KEY)
def made(request: pytest.FixtureRequest, alice: Person) -> Own:
    """A new browser of alice’s, and what she holds."""
    enrolled(alice, [login("Bank")])
    return own(alice, request.param)


def test_a_proof_said_of_something_else_is_none(made: Own) -> None:
    keys = made.device.sign_public, made.device.recipient
    for said in (
        {"device": new_id()},
        {"way": str(OTHER[made.way])},
        {"way": "new_account"},
        {"user": new_id()},
        {"origin": "https://evil.example"},
        {"keys": (public_key(new_seed()), keys[1])},
        {"keys": (keys[0], recipient_of(new_identity()))},
        {"label": "spare-key/v1/request"},
        {"label": "spare-key/v1/finish"},
        {"seed": new_seed()},
        {"seed": made.device.seed},
    ):
        answer = made.begin(proof=to_base64(made.proof(**said)))
        assert answer.status_code == 403, said
        assert b"age-encryption.org" not in answer.data
    assert made.signed("/finish", made.finish_body()).status_code == 404


def test_a_recorded_proof_serves_no_other_browser(made: Own, alice: Person) -> None:
    """Neither with keys of its own, nor under the id of the one that it was made for."""
    recorded = to_base64(made.proof())
    thief = own(alice, made.way)
    assert thief.begin(proof=recorded).status_code == 403
    thief.device.id = made.device.id
    assert thief.begin(proof=recorded).status_code == 403
    made.begin()
    again = own(alice, made.way)
    again.device = made.device
    assert again.begin(proof=recorded).get_json() == {"error": "recovery_over"}, "nor another session of the same one"


def test_a_proof_of_one_member_is_none_of_another(made: Own, charlie: Person) -> None:
    enrolled(charlie)
    theirs = own(charlie, made.way, holding=made.person.device)
    assert theirs.begin().status_code == 403
    assert theirs.begin(proof=to_base64(theirs.proof(user=made.person.user_id))).status_code == 403


@pytest.mark.parametrize("way", WAYS)
def test_whoever_has_only_the_password_reads_nothing(app: Flask, alice: Person, way: RecoveryMethod) -> None:
    device = enrolled(alice, [login("Bank")])
    thief = own(alice, way, holding=alice.new_device())
    answer = thief.begin()
    assert device.file not in answer.data
    assert answer.status_code == (200 if way == RecoveryMethod.NEW_ACCOUNT else 403)
    ended = thief.signed("/finish", thief.finish_body())
    assert ended.status_code == (200 if way == RecoveryMethod.NEW_ACCOUNT else 404)
    served = thief.client.get("/vault/file", headers={"Accept": "application/octet-stream"}).data
    assert device.file not in served
    with app.app_context():
        assert db.session.get_one(Vault, (alice.user_id, 1)).file == device.file, "archived as it was"


@pytest.mark.parametrize("press", [press_undo, press_veto])
def test_the_mail_brings_back_what_a_thief_of_the_password_put_away(app: Flask, alice: Person, press: Any) -> None:
    device = enrolled(alice, [login("Bank")])
    thief = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    assert press(app.test_client(), veto_path(alice)).status_code == 200
    assert thief.client.get("/settings").headers["Location"].startswith("/sign-in")
    alice.client = alice.another_browser()
    assert alice.signed_post("/devices/here").status_code == 200
    assert unframe(alice.get("/vault/file").data)[1] == device.file
    answer = own(alice, RecoveryMethod.NEW_ACCOUNT).begin()
    assert answer.status_code == (409 if press is press_veto else 200)


def test_the_mail_brings_it_back_from_behind_two(app: Flask, alice: Person) -> None:
    device = enrolled(alice, [login("Bank")])
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    for _ in range(2):
        assert press_undo(app.test_client(), veto_path(alice)).status_code == 200
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id), with_file=True)
        assert vault
        assert vault.file == device.file


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 410)])
def test_its_link_works_as_long_as_it_says(
    app: Flask, alice: Person, clock: MovableClock, days: int, status: int
) -> None:
    enrolled(alice)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    with app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.kind == "own_recovery_completed")).one()
        path = f"/veto/{db.session.get_one(Link, told.details['veto']).token}"
    clock.advance(days=days)
    assert press_undo(app.test_client(), path).status_code == status


@pytest.mark.parametrize(
    "changed",
    [{"counter": 2 + limits.COUNTER_LEAP}, {"counter": limits.COUNTERS}, {"kit": 2 + limits.KIT_LEAP}, {"kit": 1}],
)
@pytest.mark.parametrize("way", WAYS)
def test_no_finish_uses_up_the_numbers_of_later_ones(
    alice: Person, way: RecoveryMethod, changed: dict[str, Any]
) -> None:
    """Else whoever has the sign-in password leaves an account that nobody recovers any more, once its month is over."""
    enrolled(alice)
    thief = own(alice, way)
    thief.begin()
    answer = thief.signed("/finish", thief.finish_body(**changed))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "stale_vault")
    assert thief.signed("/finish", thief.finish_body(kit=1 + limits.KIT_LEAP)).status_code == 200


def test_a_former_device_gets_no_share_with_a_password(alice: Person) -> None:
    """Neither the PIN nor the key of a device that a recovery unpaired opens anything."""
    device = enrolled(alice)
    recovered(alice, RecoveryMethod.RECOVERY_KIT)
    client = alice.another_browser()
    body = {"proof": to_base64(device.proof()), "version": 1}
    answer = alice.signed_post("/devices/unlock", body, device=device, client=client)
    assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})
    for way in WITH_A_KEY:
        assert own(alice, way, holding=device).begin().status_code == 403, "nor does the kit or backup of before"


def test_a_cloud_backup_in_transit_begins_none(alice: Person, organisation_key: ActiveKey) -> None:
    """The key of a backup is a key of its own: only V and the kit prove anything."""
    enrolled(alice)
    made = own(alice, RecoveryMethod.LOCAL_BACKUP)
    backed_up(alice, organisation_key)
    made.vault_key = new_identity()
    assert made.begin().status_code == 403


def test_a_thief_of_the_database_finds_nothing_of_kit_or_vault_key(app: Flask, bob: Person) -> None:
    """After joining, a recovery with the kit and one with a backup: neither keys, nor seeds, nor recipients."""
    lost = Lost(People(app, bob))
    user, keys = lost.old.device.user, [(lost.old.vault.vault_key, lost.kit)]
    lost.new.recover().with_kit(lost.kit)
    vault = lost.new.finish_recovery(NEW_PIN)
    keys.append((vault.vault_key, vault.kit().identity))
    backup, later = vault.browser.get_file("/vault/file")[1], lost.somewhere()
    later.recover().with_backup(backup, [keys[-1][1]])
    vault = later.finish_recovery(NEW_PIN)
    keys.append((vault.vault_key, vault.kit().identity))
    secrets: dict[str, bytes] = {}
    for number, (key, kit) in enumerate(keys, 1):
        secrets |= {f"V {number}": scalar_of(key), f"kit {number}": scalar_of(kit)}
        secrets |= {f"to V {number}": recipient_of(key).encode(), f"to kit {number}": recipient_of(kit).encode()}
        secrets[f"signing seed of V {number}"] = epochs.signing_seed(key, user)
        secrets[f"signing seed of kit {number}"] = recovery_kits.signing_seed(kit, user)
    database = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    places = list(everything_stored(app, database))
    assert any(name.startswith("user_account.kit_verify_key") for name, _ in places)
    assert leaks.find(secrets, places) == []


def test_a_stolen_session_uses_up_nobody_elses_tries(alice: Person) -> None:
    enrolled(alice)
    thief, mine = own(alice, RecoveryMethod.RECOVERY_KIT), own(alice, RecoveryMethod.RECOVERY_KIT)
    codes = [thief.begin(proof=to_base64(bytes(64))).status_code for _ in range(21)]
    assert codes == [403] * 20 + [429]
    assert mine.begin().status_code == 200
