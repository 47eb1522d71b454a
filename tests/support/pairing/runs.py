"""Pairings for tests: two browsers of a member that really run `pair/v1`, step by step."""

import json
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.people.people import Person, be_at
from tests.support.vault.devices import MadeDevice
from webapp.client.crypto.identities import Identity, recipient_of
from webapp.client.formats import documents
from webapp.client.formats.encoding import moment, sha256_hex, to_base64, unframe
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import Keys, Place, Signed, announce, read_announcement
from webapp.crypto.framing import frame
from webapp.database import db
from webapp.flows.pairing import State
from webapp.models.pairing.pairing import Pairing


def keys(device: MadeDevice) -> Keys:
    """What a device signs with."""
    return Keys(device.id, device.seed, device.identity)


@dataclass
class PairingRun:
    """The new device N in a browser of its own, the other device O in another, and what each keeps of the run."""

    person: Person
    old: MadeDevice
    new: MadeDevice
    at_new: FlaskClient
    at_old: FlaskClient
    announced: Signed
    offered: Signed | None = None
    waiting: protocol.Offered | None = None
    answered: str = ""
    state: protocol.Answered | None = None
    confirmed: bytes = field(default=b"", repr=False)

    @property
    def id(self) -> str:
        """Of the pairing."""
        return str(json.loads(self.announced.exact)["pairing"])

    @property
    def new_path(self) -> str:
        """Where N meets it."""
        return f"/recovery/pairings/{self.id}"

    @property
    def old_path(self) -> str:
        """Where O meets it."""
        return f"/pair/{self.id}"

    def row(self) -> Pairing:
        """As the database has it now, in an application context of its own."""
        with self.person.app.app_context():
            return db.session.get_one(Pairing, self.id)

    def by_new(self, what: str, body: bytes | dict[str, Any] = b"", **others: Any) -> TestResponse:
        """N posts to `what` of the pairing, signed."""
        return self.person.signed_post(
            f"{self.new_path}/{what}", body, **{"device": self.new, "client": self.at_new, **others}
        )

    def by_old(self, what: str, body: bytes | dict[str, Any] = b"", **others: Any) -> TestResponse:
        """O posts to `what` of the pairing, signed."""
        return self.person.signed_post(
            f"{self.old_path}/{what}", body, **{"device": self.old, "client": self.at_old, **others}
        )

    def open(self, **changed: str) -> TestResponse:
        """N asks."""
        fields = {"announcement": self.announced.exact, "signature": to_base64(self.announced.signature), **changed}
        return self.at_new.post("/recovery/pairings", data=fields)

    def offer_body(self, code: str) -> dict[str, str]:
        """O makes its half of a run with this code."""
        place = Place(self.old.origin, self.old.organisation, self.old.user)
        fields = read_announcement(self.announced, place, self.id)
        self.offered, self.waiting = protocol.offer(fields, code, keys(self.old))
        return {"offer": self.offered.exact, "signature": to_base64(self.offered.signature)}

    def offer(self, code: str = "042137") -> TestResponse:
        """O shows a code."""
        return self.by_old("offer", self.offer_body(code))

    def answer_body(self, code: str) -> dict[str, str]:
        """N makes its half with the code that was typed."""
        assert self.offered
        self.answered, self.state = protocol.answer(self.announced.exact, self.offered, code)
        return {"answer": self.answered}

    def answer(self, code: str = "042137") -> TestResponse:
        """The code is typed at N."""
        return self.by_new("answer", self.answer_body(code))

    def confirm_body(self, **changed: Any) -> bytes:
        """O checks the answer, seals the key and lists N in the vault; `changed` replaces fields of the header."""
        assert self.waiting
        confirmation = protocol.confirm(self.waiting, self.answered, self.old.vault_key)
        header, file = unframe(self.by_old("vault").data)
        document = documents.open_document(file, [self.old.vault_key])
        listed = [*document.manifest["devices"], self.new.entry()]
        written = {"device": self.old.id, "devices": listed, "base_sha256": header["sha256"], "made_at": moment()}
        draft: Any = {**document.manifest, **written, "counter": header["counter"] + 1}
        made = documents.write(draft, document.body, self.old.seed)
        vault = documents.seal_document(made, [recipient_of(self.old.vault_key), recipient_of(self.old.kit)])
        facts = {"confirmation": confirmation, "epoch": header["epoch"], "base_sha256": header["sha256"]}
        facts |= {"counter": draft["counter"], "items": draft["items"], "kit": header["kit"]}
        self.confirmed = frame({**facts, "file_sha256": sha256_hex(vault), **changed}, vault)
        return self.confirmed

    def confirm(self) -> TestResponse:
        """O hands the key on."""
        return self.by_old("confirmation", self.confirm_body())

    def vault_key(self) -> Identity:
        """What N reads out of the confirmation."""
        header, _ = unframe(self.by_new("key").data)
        assert self.state
        return protocol.accept(self.state, header["confirmation"], self.new.identity).vault_key

    def completion_body(self, **changed: Any) -> dict[str, Any]:
        """N’s lock."""
        lock = {name: to_base64(value) for name, value in self.new.lock().items()}
        return {**lock, "version": 1, "name": self.new.name, **changed}

    def complete(self) -> TestResponse:
        """N takes the key behind a PIN of its own."""
        self.new.vault_key = self.vault_key()
        return self.by_new("completion", self.completion_body())

    def upto(self, state: State) -> "PairingRun":
        """Lead it to a state of the straight way."""
        steps = {
            State.OPENED: self.open,
            State.OFFERED: self.offer,
            State.ANSWERED: self.answer,
            State.CONFIRMED: self.confirm,
            State.COMPLETED: self.complete,
        }
        for reached, step in steps.items():
            done = step()
            assert done.status_code in (200, 303), (reached, done.text)
            if reached == state:
                break
        assert self.row().state == state
        return self


def pairing_run(person: Person, old: MadeDevice | None = None, *, at_old: FlaskClient | None = None) -> PairingRun:
    """A new browser of the person that has found no key, with an announcement that is not sent yet, and the browser
    that is their device."""
    old = old or person.device
    assert old, "give the person a device first: enrolled(person)"
    at_new = person.another_browser()
    be_at(person, None, at_new)
    new = person.new_device()
    new.name = "Safari on iPhone"
    announced = announce(Place(new.origin, new.organisation, new.user), keys(new), new.name)
    return PairingRun(person, old, new, at_new, at_old or person.client, announced)


def vault_of(device: MadeDevice, file: bytes) -> documents.Document:
    """What a device that holds the vault key reads."""
    return documents.open_document(file, [device.vault_key])


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06}"
