"""Restore requests for tests: made, approved, released and finished for real, step by step."""

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.people.people import ActiveKey, Person, be_at
from tests.support.recovery.finish_body import finish_body
from tests.support.vault.devices import MadeDevice
from webapp import limits
from webapp.client.crypto.identities import Identity
from webapp.client.formats import documents, restore_requests
from webapp.client.formats.cloud_backups import CloudBackup, backup_identity
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import from_base64, new_id, to_base64, unframe
from webapp.client.recovery import approvals
from webapp.client.recovery.voice_checks import digits_to_tell
from webapp.clock import now
from webapp.crypto.fingerprints import from_typed, restore_request_fingerprint
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.approval.approvers import approval_standing, approvers
from webapp.models.directory.user import User
from webapp.models.recovery.approval import SignedApproval, approve, latest_expiry, life_of
from webapp.models.recovery.reasons import Reason
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import waiting_requests
from webapp.models.vaults.cloud_backup import CloudBackup as CloudBackupRow


@dataclass
class Restoring:
    """A member in a browser without a key, and the request it makes."""

    person: Person
    backup: CloudBackup
    client: FlaskClient
    device: MadeDevice
    request: restore_requests.RestoreRequest
    version: int = 1
    answer: TestResponse | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """Of the request."""
        return str(self.request.fields["request"])

    @property
    def path(self) -> str:
        """Where the request lives."""
        return f"/recovery/requests/{self.id}"

    def ask(self, **changed: str) -> TestResponse:
        """Post it; the answer leads to its page."""
        fields = {"request": self.request.exact, "signature": to_base64(self.request.signature), **changed}
        return self.client.post("/recovery/requests", data=fields)

    def signed(self, what: str, body: bytes = b"", device: MadeDevice | None = None) -> TestResponse:
        """POST to `what` of the request, signed by its device."""
        path = f"{self.path}/{what}"
        return self.person.signed_post(path, body, device=device or self.device, client=self.client)

    def approve(self, by: Person, active: ActiveKey) -> None:
        """As the admin’s browser and the server do it."""
        approve_shown(by, active, self.request.fingerprint)

    def release(self) -> documents.Document:
        """Fetch, check and open what is released."""
        answer = self.signed("release")
        assert answer.status_code == 200, answer.text
        header, file = unframe(answer.data)
        share_a = approvals.open_wrapped(from_base64(header["wrapped"]), self.request, self.device.identity)
        share_s = approvals.open_share_s(from_base64(header["share_s"]), self.request, self.device.identity)
        return documents.open_document(file, [backup_identity(share_a, share_s)])

    def finish_body(self, opened: documents.Document, items: list[Item] | None = None, **changed: Any) -> bytes:
        """A Finish on top of the newest vault, framed; `changed` replaces fields of its header."""
        current, _ = unframe(self.signed("vault").data)
        held = Identity(max(opened.body["keyring"]["epochs"], key=lambda entry: entry["epoch"])["key"])
        items = items if items is not None else opened.body["items"]
        return finish_body(self.device, current, self.id, held, items, **{"version": self.version, **changed})

    def finish(self) -> TestResponse:
        """Release and finish."""
        return self.signed("finish", self.finish_body(self.release()))

    def row(self) -> RestoreRequest:
        """As the database has it now, in an application context of its own."""
        with self.person.app.app_context():
            return db.session.get_one(RestoreRequest, self.id)


def restoring(person: Person, backup: CloudBackup, *, client: FlaskClient | None = None, **changed: str) -> Restoring:
    """A new browser of the person, which has looked for a key and found none, with a request that is not sent yet."""
    client = client or person.another_browser()
    be_at(person, None, client)
    device = person.new_device()
    device.name = "Firefox on Windows"
    asker = restore_requests.Asker(
        device.origin, device.organisation, device.user, device.id, device.recipient, device.name
    )
    meta = json.loads(backup.meta)
    key = told_key(person.app, backup.id) or meta["organisation_key"]
    told = restore_requests.Told(key, approvers=who_may_approve(person))
    request = restore_requests.make_request(asker, backup.id, meta["file_sha256"], device.seed, told)
    return Restoring(person, backup, client, device, request)


def told_key(app: Flask, backup_id: str) -> str:
    """Fingerprint of the recovery key that opens the backup, as its page names it; "" where it has none any more."""
    with app.app_context():
        backup = db.session.get(CloudBackupRow, backup_id)
        return backup.organisation_key.fingerprint if backup else ""


def who_may_approve(person: Person) -> tuple[str, ...]:
    """Their ids, as the page names them."""
    with person.app.app_context():
        return tuple(admin.id for admin in approvers(db.session.get_one(User, person.user_id)))


def asked(person: Person, backup: CloudBackup) -> Restoring:
    """The same, sent and taken."""
    made = restoring(person, backup)
    answer = made.ask()
    assert (answer.status_code, answer.headers["Location"]) == (303, made.path), answer.text
    return made


def approve_shown(by: Person, active: ActiveKey, fingerprint: str) -> str:
    """Approve the request that waits and has it, as an admin who typed what the member’s browser shows; the six digits
    that they tell back."""
    origin = by.app.config["ORIGIN"]
    with by.app.app_context():
        typed = from_typed(fingerprint)
        rows = waiting_requests(by.organisation_id)
        [waiting] = [row for row in rows if restore_request_fingerprint(row.exact) == typed]
        assert waiting.backup
        request = restore_requests.RestoreRequest(waiting.exact, waiting.signature)
        life = life_of(waiting, approval_standing(db.session.get_one(User, by.user_id), waiting.user_id))
        approver = approvals.Approver(origin, by.user_id, latest_expiry(life))
        made = approvals.approve(request, waiting.backup.share_a, active.key, approver, waiting.user.email)
        given = SignedApproval(made.exact, made.signature, made.wrapped, fingerprint)
        request_id, user_id = waiting.id, waiting.user_id
        with transaction() as session:
            User.locked(user_id)
            approve(session.get_one(RestoreRequest, request_id), session.get_one(User, by.user_id), given, origin)
        return digits_to_tell(request, active.key.public.fingerprint, by.user_id)


def request_row(person: Person, state: State = State.REQUESTED, *, ask: bool = False) -> str:
    """A request in the database that nobody signed, for tests of its moves; `ask`: with everything asking brings."""
    request = RestoreRequest(
        id=new_id(),
        organisation_id=person.organisation_id,
        user_id=person.user_id,
        exact="{}",
        signature=b"",
        device_id=new_id(),
        sign_public=bytes(32),
        recipient="age1",
        browser="Firefox on Windows",
        address="192.0.2.1",
        reason=Reason.NO_KEY,
        stored_state=state,
        expires_at=now() + limits.REQUEST_LIFE,
        usable_at=now() if state in (State.APPROVED, State.RELEASED) else None,
    )
    request_id = request.id
    with transaction() as session:
        if ask:
            User.locked(person.user_id)
            request.ask()
        else:
            session.add(request)
    return request_id
