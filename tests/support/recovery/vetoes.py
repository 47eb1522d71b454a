"""Veto links for tests, and what a member says with them."""

import base64
import json
import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo


def veto_path(person: Person, device: MadeDevice | None = None) -> str:
    """The page of a fresh link; as from a mail, or made for a device of theirs."""
    with person.app.app_context():
        with transaction():
            link = Link.make(User.locked(person.user_id), Purpose.VETO, device_id=device.id if device else None)
            link_id = link.id
        return f"/veto/{db.session.get_one(Link, link_id).token}"


def recovered(person: Person, by: Person, active: ActiveKey) -> Restoring:
    """The person’s vault, restored in another browser; `person.device` is unpaired by that."""
    if person.device is None:
        enrolled(person)
    made = asked(person, backed_up(person, active))
    made.approve(by, active)
    assert made.finish().status_code == 200
    return made


def watch(client: FlaskClient, device: MadeDevice, path: str = "/veto/running", **headers: str) -> TestResponse:
    """What a browser without a session asks on the sign-in page, with the keys of this device."""
    challenge = client.post("/veto/challenge").get_json()["challenge"]
    signed = device.signature_headers(path, b"", base64.b64decode(challenge))
    return client.post(path, headers={**signed, **headers})


def press_undo(client: FlaskClient, path: str) -> TestResponse:
    """[Undo This Recovery] on the page of a link, for the recovery that the page shows."""
    shown = re.search(r'name="undo" value="(\w+)"', client.get(path).text)
    return client.post(f"{path}/undo", data={"undo": shown[1] if shown else ""})


def press_veto(client: FlaskClient, path: str) -> TestResponse:
    """[This Wasn’t Me] with what the page has ticked: the recovery to be undone, where nothing is asked for now, and
    the devices that were paired lately."""
    page = client.get(path).text
    ticked = re.search(r'id="veto-undo" value="(\w+)" name="undo" checked', page)
    undo = {"undo": ticked[1]} if ticked else {}
    return client.post(path, data={**undo, "device": ticked_devices(page), "shown": shown_devices(page)})


def ticked_devices(page: str) -> list[str]:
    """The ids of the devices that the page of a link would unpair."""
    return re.findall(r'id="veto-device-\d+" value="(\w+)" name="device" checked', page)


def shown_devices(page: str) -> list[str]:
    """The ids of the devices that the page of a link lists, ticked or not."""
    return re.findall(r'name="shown" value="(\w+)"', page)


def device_link(client: FlaskClient, device: MadeDevice) -> str:
    """Where a browser with the keys of this device is led by `GET /veto`; "" where nowhere."""
    return answer_of(watch(client, device, path="/veto/link"))["next"] or ""


def hold_of(person: Person) -> Hold | None:
    """The hold that stands, as the database has it now."""
    with person.app.app_context():
        return Hold.of(person.user_id)


def can_be_undone(person: Person) -> bool:
    """Whether the person’s latest recovery can be taken back now."""
    with person.app.app_context():
        return Undo.open_of(db.session.get_one(User, person.user_id)) is not None


def states(person: Person) -> list[str]:
    """Of the person’s restore requests, the oldest first."""
    with person.app.app_context():
        query = select(RestoreRequest.stored_state).where(RestoreRequest.user_id == person.user_id)
        return [str(state) for state in db.session.scalars(query.order_by(RestoreRequest.made_at))]


def heading(page: TestResponse) -> str:
    """The first heading of a page."""
    found = re.search(r"<h1[^>]*>\s*([^<]+)", page.text)
    assert found
    return found[1].strip()


def answer_of(response: TestResponse) -> dict[str, str]:
    """The JSON of an answer that was given."""
    assert response.status_code == 200, response.text
    return json.loads(response.text)  # type: ignore[no-any-return]
