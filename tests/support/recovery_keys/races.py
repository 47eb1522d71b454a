"""What admins and members do to recovery keys and backups at the same moment: each as its view does it, for `race`."""

import json
from collections.abc import Callable

from tests.support.people.people import ActiveKey, Person
from tests.support.recovery.requests import Asked
from tests.support.recovery.runs import told_key
from tests.support.recovery_keys.life import succession_form
from webapp.client.formats.cloud_backups import CloudBackup as MadeBackup
from webapp.client.formats.cloud_backups import make_backup, read_meta
from webapp.client.formats.encoding import from_base64, new_id
from webapp.client.formats.key_successions import make_succession
from webapp.client.formats.recovery_keys import make_key
from webapp.client.formats.restore_requests import Asker, Told, make_request
from webapp.client.recovery.rewrap import NewShare, rewrap_body
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.backups.key_removal import ask_removal, stop_removal
from webapp.models.backups.rewrap import Rewrapped, SignedRewrap, rewrap
from webapp.models.backups.upload import Upload, keep_backup
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.recovery.approval import SignedApproval, approve
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.submission import SignedRequest
from webapp.models.recovery_keys.key import AnotherKeyIsActive, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.replacement import activate
from webapp.models.recovery_keys.succession import SignedSuccession

Work = Callable[[], object]


def announced(by: Person, key: ActiveKey | None) -> Work:
    """Ask for the removal of a key, or (None) of all."""

    def work() -> str:
        with transaction() as session:
            name = key.key.name if key else "Example Works"
            return ask_removal(session.get_one(User, by.user_id), key.id if key else None, name).id

    return work


def begun(by: Person, key: ActiveKey | None) -> str:
    """The id of a removal that is announced."""
    with by.app.app_context():
        return str(announced(by, key)())


def stopping(by: Person, removal_id: str) -> Work:
    """Stop it."""

    def work() -> None:
        with transaction() as session:
            Organisation.locked(by.organisation_id)
            removal = session.get_one(KeyRemoval, removal_id, populate_existing=True)
            stop_removal(removal, session.get_one(User, by.user_id))

    return work


def asking(person: Person, backup: MadeBackup) -> Work:
    """A member asks for a restore."""
    device, origin = person.new_device(), person.app.config["ORIGIN"]
    asker = Asker(origin, person.organisation_id, person.user_id, device.id, device.recipient, device.name)
    told = Told(told_key(person.app, backup.id))
    made = make_request(asker, backup.id, read_meta(backup.meta)["file_sha256"], device.seed, told)

    def work() -> str:
        with transaction():
            user = User.locked(person.user_id)
            return SignedRequest(made.exact, made.signature, "Firefox", "192.0.2.7", "no_key").ask(user, origin).id

    return work


def uploading(person: Person, key: ActiveKey) -> Work:
    """A member’s device makes a backup."""
    device = person.device
    assert device
    assert device.document
    made = make_backup(device.document, device.account, key.key.public, device.id, device.seed)
    file_sha256 = json.loads(made.meta)["file_sha256"]
    sent = Upload(made.meta, made.meta_signature, made.share_a, made.share_s, made.file, file_sha256)

    def work() -> str:
        with transaction() as session:
            user = User.locked(person.user_id)
            return keep_backup(user, session.get_one(Device, device.id), sent).id

    return work


def approving(by: Person, asked: Asked, active: ActiveKey) -> Work:
    """An admin approves a request."""
    form = asked.approval(active, by)
    given = SignedApproval(
        form["approval"], from_base64(form["signature"]), from_base64(form["wrapped"]), form["fingerprint"]
    )

    def work() -> None:
        owner = db.session.get_one(RestoreRequest, asked.id).user_id
        with transaction() as session:
            User.locked(owner)
            request, admin = session.get_one(RestoreRequest, asked.id), session.get_one(User, by.user_id)
            approve(request, admin, given, by.app.config["ORIGIN"])

    return work


def rewrapping(by: Person, former: ActiveKey, following: ActiveKey, shares: list[NewShare]) -> Work:
    """An admin re-wraps these shares."""
    succession = make_succession(former.key, following.key)
    origin = by.app.config["ORIGIN"]
    body = rewrap_body(origin, by.user_id, (former.key, following.key), shares, succession)
    signed = SignedRewrap(
        body["statement"],
        from_base64(body["signature"]),
        from_base64(body["former_signature"]),
        {share.fields()["sha256"]: share.file for share in shares},
        SignedSuccession(succession.statement, succession.signature),
    )

    def work() -> Rewrapped:
        with transaction() as session:
            return rewrap(session.get_one(User, by.user_id), former.id, signed, origin)

    return work


def activating(by: Person, former: ActiveKey) -> Work:
    """The last step of a regeneration."""
    key = make_key(by.organisation_id, "Example Works", "Next", former.key.epoch + 1)
    form, key_id = succession_form(former, key), new_id()
    with by.app.app_context(), transaction() as session:
        row = OrganisationKey(id=key_id, organisation_id=by.organisation_id, name="Next", epoch=key.epoch)
        row.recipient, row.sign_public, row.fingerprint = key.public.recipient, key.public.sign, key.public.fingerprint
        row.made_by, row.follows_id, row.made_at = by.user_id, former.id, now()
        session.add(row)
    signed = SignedSuccession(form["succession"], from_base64(form["succession_signature"]))

    def work() -> str:
        with transaction() as session:
            user = session.get_one(User, by.user_id)
            Organisation.locked(by.organisation_id)
            found = session.get(OrganisationKey, key_id, populate_existing=True)
            if found is None:
                raise AnotherKeyIsActive
            activate(found, user, signed)
            return key_id

    return work
