"""Taking over sign-ins to get around the approval, and what is left to a cookie, a link or a session that is dead."""

import re
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.password_links import NEW, asked, reset
from tests.support.people.people import ActiveKey, Person, add_person, backed_up, enrolled
from tests.support.recovery.runs import restoring
from tests.support.recovery.vetoes import answer_of, hold_of, press_veto, recovered, veto_path, watch
from tests.support.vault.devices import login
from webapp.client.formats.encoding import sha256_hex, to_base64
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.directory.user import Role, User
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault
from webapp.views.account import passwords
from webapp.web import access, rate_limits


def in_a_thread(work: Any) -> None:
    """As another request that commits at this very moment."""
    other = threading.Thread(target=work)
    other.start()
    other.join()


def state_of(app: Flask, device_id: str) -> str:
    with app.app_context():
        return str(db.session.get_one(Device, device_id).state)


def epoch_of(person: Person) -> int:
    with person.app.app_context():
        return db.session.get_one(User, person.user_id).epoch


def test_no_admin_takes_another_admins_sign_in(app: Flask, organisation: str, bob: Person, olga: Person) -> None:
    """With two sign-ins one insider would approve for himself."""
    carol = add_person(app, organisation, "Carol", Role.ADMIN)
    before = carol.get("/admin/").status_code
    page = bob.post(f"/admin/users/{carol.user_id}/reset", data={"way": "hand_over"})
    assert "/password/" not in page.text
    assert (before, carol.get("/admin/").status_code) == (200, 200)
    assert "/password/" in olga.post(f"/admin/users/{carol.user_id}/reset", data={"way": "hand_over"}).text


@pytest.mark.databases
def test_two_objections_mean_the_same_recovery(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, database_kind: str
) -> None:
    enrolled(alice, [login("Bank")])
    mine = recovered(alice, bob, organisation_key)
    alice.device = mine.device
    recovered(alice, bob, organisation_key)  # the thief’s
    first, second = veto_path(alice), veto_path(alice)
    for path in (first, second):
        assert press_veto(app.test_client(), path).status_code == 200
        assert epoch_of(alice) == 2
        assert state_of(app, mine.device.id) == "active"


def test_a_page_from_before_undoes_no_recovery_that_it_did_not_show(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice, [login("Bank")])
    first = recovered(alice, bob, organisation_key)
    path = veto_path(alice)
    shown = re.search(r'name="undo" value="(\w+)"', app.test_client().get(path).text)
    assert shown
    alice.device = first.device
    recovered(alice, bob, organisation_key)
    assert app.test_client().post(f"{path}/undo", data={"undo": shown[1]}).status_code == 409
    assert epoch_of(alice) == 3


def test_a_cookie_alone_says_nothing_for_the_member(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice)
    made = recovered(alice, bob, organisation_key)
    page = made.client.get("/veto")
    assert (page.status_code, "/veto/link" in page.text) == (200, True)
    assert not re.search(r"/veto/[\w-]{43}", page.text)
    with app.app_context():
        assert not db.session.scalars(select(Link).where(Link.device_id.is_not(None))).all()


def test_a_devices_key_leads_there_for_an_hour(
    app: Flask, alice: Person, organisation_key: ActiveKey, clock: Any
) -> None:
    device = enrolled(alice)
    path = answer_of(watch(app.test_client(), device, path="/veto/link"))["next"]
    assert app.test_client().get(path).status_code == 200
    clock.advance(minutes=61)
    assert app.test_client().post(path).status_code == 410
    assert hold_of(alice) is None


def test_links_from_before_a_hold_was_lifted_hold_nothing(app: Flask, alice: Person, olga: Person) -> None:
    """Somebody may have read the mails that came before."""
    read, used = veto_path(alice), veto_path(alice)
    app.test_client().post(used)
    with app.app_context(), transaction():
        user = User.locked(alice.user_id)
        hold = Hold.of(user.id)
        assert hold
        hold.lift(db.session.get_one(User, olga.user_id))
    assert app.test_client().post(read).status_code == 410
    assert hold_of(alice) is None


def test_a_device_name_puts_no_lines_into_an_admins_mail(app: Flask, alice: Person) -> None:
    device = alice.new_device()
    device.name = "a browser.\n\nhttps://evil.example/sign-in\n\nx"
    file = device.write([])
    lock = {name: to_base64(value) for name, value in device.lock().items()}
    keys = {"id": device.id, "sign": to_base64(device.sign_public), "recipient": device.recipient}
    header: dict[str, Any] = {
        "device": {**keys, "name": device.name},
        "verify_key": to_base64(device.verify_key),
        **lock,
    }
    header |= {"items": 0, "kit": 1, "file_sha256": sha256_hex(file)}
    assert alice.signed_post("/join/vault", frame(header, file), device=device).status_code == 200
    with app.app_context():
        assert "\n" not in db.session.get_one(Device, device.id).name


def test_no_session_begins_with_a_password_that_was_voided_meanwhile(
    app: Flask, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = asked(alice), access.sign_in

    def late(*arguments: Any) -> None:
        in_a_thread(lambda: reset(alice, bob))
        real(*arguments)

    monkeypatch.setattr(passwords, "sign_in", late)
    thief = app.test_client()
    thief.post(path, data={"password": NEW})
    assert thief.get("/settings").headers["Location"].startswith("/sign-in")


def test_no_request_is_opened_by_a_session_that_ended_meanwhile(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    made = restoring(alice, alice.backups[-1])
    monkeypatch.setattr(rate_limits, "spend", lambda *_: in_a_thread(lambda: reset(alice, bob)))
    assert made.ask().headers["Location"].startswith("/sign-in")
    with app.app_context():
        assert not db.session.scalars(select(RestoreRequest)).all()


@pytest.mark.databases
def test_a_mail_that_is_taken_late_opens_no_link_that_a_reset_closed(
    app: Flask, alice: Person, bob: Person, database_kind: str
) -> None:
    asked(alice)
    with app.app_context():
        link_id = db.session.scalars(select(Link.id).where(Link.purpose == Purpose.PASSWORD)).one()
        with transaction() as session:
            if database_kind == "postgresql":
                link = session.get_one(Link, link_id)  # read before the reset commits
                in_a_thread(lambda: reset(alice, bob))
            else:
                db.session.commit()
                link = session.get_one(Link, link_id)
            link.mail_accepted()
        if database_kind == "sqlite":
            reset(alice, bob)
        db.session.expire_all()
        assert not db.session.get_one(Link, link_id).is_open


def test_after_a_reset_every_browser_is_new_again(app: Flask, alice: Person, bob: Person) -> None:
    thief = alice.another_browser()
    path = reset(alice, bob)
    thief.post(path, data={"password": NEW})
    with app.app_context():
        kinds = list(db.session.scalars(select(Notice.kind).where(Notice.user_id == alice.user_id)))
        assert kinds.count("new_sign_in") >= 1
        assert db.session.scalars(select(SignIn.browser_id).where(SignIn.browser_id != "")).all()


def test_after_a_change_of_secret_keys_the_buttons_of_an_open_page_still_lead_somewhere(
    app: Flask, alice: Person
) -> None:
    path = veto_path(alice)
    app.config["SECRET_KEYS"] = ["f" * 64]
    assert f'action="{path}"' in app.test_client().get(path).text


def test_two_recoveries_in_a_row_are_both_undone(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    """Else who recovers an account twice leaves its member with the device of the first."""
    device = enrolled(alice)
    first = recovered(alice, bob, organisation_key)
    alice.device = first.device
    recovered(alice, bob, organisation_key)
    with app.app_context():
        with transaction():
            user = User.locked(alice.user_id)
            for undo in Undo.stack_of(user):
                undo.undo(user)
        assert Undo.open_of(db.session.get_one(User, alice.user_id)) is None
        vault = Vault.current(db.session.get_one(User, alice.user_id), with_file=True)
        assert vault
        assert (vault.epoch, vault.file) == (1, device.file)
        assert db.session.get_one(Device, device.id).opens
