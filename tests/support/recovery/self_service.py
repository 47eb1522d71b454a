"""Recoveries that need nobody’s help, for tests: begun and finished for real, step by step."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.people.people import Person, be_at
from tests.support.recovery.finish import finish_of
from tests.support.recovery.finish_body import finish_body
from tests.support.vault.devices import MadeDevice
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import Identity
from webapp.client.crypto.signatures import sign
from webapp.client.formats import recovery_kits
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import to_base64
from webapp.crypto.signatures import own_recovery_bytes
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.directory.user import User
from webapp.models.recovery.finish import Finish, finish_own
from webapp.models.recovery.self_service import LABEL, SelfServiceRecovery
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault

WAYS = (RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT, RecoveryMethod.NEW_ACCOUNT)


@dataclass
class Own:
    """A member in a browser without a key, with what they hold of their vault: `vault_key`, as a backup has it, and
    `kit`."""

    person: Person
    way: RecoveryMethod
    client: FlaskClient
    device: MadeDevice
    vault_key: Identity
    kit: Identity
    sign_in_id: str
    origin: str = ""

    def __post_init__(self) -> None:
        self.origin = self.origin or self.device.origin

    def proof(self, **changed: Any) -> bytes:
        """That they hold what their way takes; `changed` says it of another origin, user, way, device or keys, or by
        another seed."""
        user = self.person.user_id
        of_kit = self.way == RecoveryMethod.RECOVERY_KIT
        seed = recovery_kits.signing_seed(self.kit, user) if of_kit else epochs.signing_seed(self.vault_key, user)
        said: dict[str, Any] = {"origin": self.origin, "user": user, "way": str(self.way), "device": self.device.id}
        said |= {"keys": (self.device.sign_public, self.device.recipient), "seed": seed, "label": LABEL, **changed}
        whose = (self.person.organisation_id, said["user"])
        exact = own_recovery_bytes(said["origin"], whose, said["way"], said["device"], said["keys"])
        return sign(said["seed"], said["label"], exact)

    def body(self, **changed: Any) -> dict[str, Any]:
        """What begins it; None leaves a field out."""
        device = {name: value for name, value in self.device.entry().items() if name != "name"}
        asked: dict[str, Any] = {"way": str(self.way), "device": device}
        if self.way != RecoveryMethod.NEW_ACCOUNT:
            asked["proof"] = to_base64(self.proof())
        return {name: value for name, value in {**asked, **changed}.items() if value is not None}

    def begin(self, **changed: Any) -> TestResponse:
        """Post it, signed by the new device."""
        return self.signed("", self.body(**changed))

    def signed(self, what: str, body: bytes | dict[str, Any], device: MadeDevice | None = None) -> TestResponse:
        """POST to `what` below the recovery, signed by its device."""
        path = f"/recovery/own{what}"
        return self.person.signed_post(path, body, device=device or self.device, client=self.client)

    def place(self) -> dict[str, Any]:
        """Of the newest vault file, as the answer to `begin` says it."""
        with self.person.app.app_context():
            user = db.session.get_one(User, self.person.user_id)
            vault = Vault.current(user)
            assert vault
            found = {"epoch": vault.epoch, "counter": vault.counter, "sha256": vault.sha256, "kit": user.kit_number}
            return {**found, "next_epoch": Vault.next_epoch(user.id)}

    def finish_body(self, items: list[Item] | None = None, **changed: Any) -> bytes:
        """A Finish on top of the newest vault, framed."""
        held = None if self.way == RecoveryMethod.NEW_ACCOUNT else self.vault_key
        return finish_body(self.device, self.place(), str(self.way), held, items or [], **changed)

    def finish(self) -> TestResponse:
        """Begin and finish."""
        answer = self.begin()
        assert answer.status_code == 200, answer.text
        return self.signed("/finish", self.finish_body())

    def row(self) -> SelfServiceRecovery:
        """A row of its own, which is nowhere yet."""
        return SelfServiceRecovery(
            id=self.device.id,
            organisation_id=self.person.organisation_id,
            user_id=self.person.user_id,
            sign_in_id=self.sign_in_id,
            way=self.way,
            sign_public=self.device.sign_public,
            recipient=self.device.recipient,
            browser="Safari on iPhone",
            address="192.0.2.7",
        )

    def beginning(self, proof: bytes | None = None) -> Callable[[], str]:
        """What the view does to begin it; returns the device’s id. Needs an application context."""

        def work() -> str:
            with transaction():
                user, sign_in = User.locked(self.person.user_id), _sign_in(self.sign_in_id)
                shown = None if self.way == RecoveryMethod.NEW_ACCOUNT else proof or self.proof()
                return self.row().begin(user, sign_in, shown, self.origin).id

        return work

    def finishing(self, sent: Finish) -> Callable[[], str]:
        """What the view does to finish it; returns the device’s id. Needs an application context."""

        def work() -> str:
            with transaction() as session:
                user, sign_in = User.locked(self.person.user_id), _sign_in(self.sign_in_id)
                found = session.get_one(SelfServiceRecovery, self.device.id, populate_existing=True)
                return finish_own(found, user, sign_in, self.origin, sent).id

        return work

    def sent(self, **changed: Any) -> Finish:
        """A Finish as the models get it."""
        return finish_of(self.finish_body(), **changed)


def own(
    person: Person, way: RecoveryMethod, *, holding: MadeDevice | None = None, client: FlaskClient | None = None
) -> Own:
    """A new browser of the person, which found no key; what they hold is of the vault that `holding` wrote."""
    client = client or person.another_browser()
    be_at(person, None, client)
    device, former = person.new_device(), holding or person.device
    assert former, "enrolled(person) first"
    device.name = "Safari on iPhone"
    with client.session_transaction() as cookie:
        sign_in_id = hashlib.sha256(cookie["_user_id"].encode()).hexdigest()
    return Own(person, way, client, device, former.vault_key, former.kit, sign_in_id)


def begun(person: Person, way: RecoveryMethod, *, holding: MadeDevice | None = None) -> Own:
    """The same, begun as the view does it."""
    made = own(person, way, holding=holding)
    with person.app.app_context():
        made.beginning()()
    return made


def recovered(person: Person, way: RecoveryMethod, *, holding: MadeDevice | None = None) -> Own:
    """The same, finished: its device is the person’s only one now."""
    made = begun(person, way, holding=holding)
    sent = made.sent()
    with person.app.app_context():
        made.finishing(sent)()
    return made


def _sign_in(sign_in_id: str) -> SignIn:
    return db.session.get_one(SignIn, sign_in_id, populate_existing=True)
