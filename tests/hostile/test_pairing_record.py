"""All that a server has of a whole pairing (rows, files, mails, logs at DEBUG, recorded requests): no code and no key
in any form, and nothing with which the codes could be tried one by one afterwards."""

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from sqlalchemy import make_url

from tests.client.pairing.test_protocol import Run
from tests.client.pairing.test_protocol_fields import fits, guesses
from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.attacks import leaks
from tests.support.people.person import Person
from tests.support.vault.server_copy import everything_stored
from webapp.client.crypto import cpace
from webapp.client.crypto.identities import read_identity, scalar_of
from webapp.client.formats.encoding import from_base64, unframe
from webapp.client.member import Member
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import LABEL, Signed, transcript
from webapp.client.transport.http import Answer, InProcessTransport, Transport
from webapp.database import db
from webapp.models.pairing.pairing import Pairing

LONG_CODE = "".join(secrets.choice("0123456789") for _ in range(30))
"""Six digits stand everywhere by chance; this code is looked for in the place of one."""
Places = list[tuple[str, bytes]]


@dataclass
class Recording:
    """A connection of which everything is written down, both ways, with the headers."""

    inner: Transport
    record: Places

    @property
    def origin(self) -> str:
        """As the inner one."""
        return self.inner.origin

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""
        answer = self.inner.send(method, path, body, headers)
        said = "\n".join(f"{name}: {value}" for name, value in [*headers.items(), *answer.headers.items()])
        heads = f"{path}\n{said}".encode()
        self.record += [(f"{method} {path}", octets) for octets in (body, answer.body, heads)]
        return answer


@dataclass
class Recorded:
    """A pairing that is over: what only the devices may know, and all the places that others look at."""

    code: str
    isk: bytes
    sid: bytes
    vault_key: str
    scalars: list[int]
    device_keys: dict[str, bytes]
    places: Places = field(default_factory=list)

    @property
    def secrets(self) -> dict[str, bytes]:
        """By name, each in the forms that software writes it in."""
        channel = HKDF(algorithm=SHA512(), length=32, salt=self.sid, info=f"{LABEL}/o2n".encode()).derive(self.isk)
        mac = hashlib.sha512(b"CPaceMac" + self.sid + self.isk).digest()
        found = {"ISK": self.isk, "channel key": channel, "confirmation key": mac, "V": self.vault_key.encode()}
        found["V (32 bytes)"] = scalar_of(read_identity(self.vault_key))
        for number, scalar in enumerate(self.scalars):
            found[f"scalar {number}"] = scalar.to_bytes(32, "little")
            found[f"scalar {number}, other end first"] = scalar.to_bytes(32, "big")
            found[f"scalar {number} as a number"] = str(scalar).encode()
        return {**found, **self.device_keys, "code": self.code.encode()}


def paired(app: Flask, bob: Person, caplog: pytest.LogCaptureFixture) -> Recorded:
    """Zoë lets a phone in while everything is logged and written down; both devices are used afterwards."""
    people, record, scalars = People(app, bob), Places(), list[int]()
    zoe = people.joined()
    drawn = cpace.sample_scalar

    def sample() -> int:
        scalars.append(drawn())
        return scalars[-1]

    def browser(state: object = None) -> Member:
        transport = Recording(InProcessTransport(app.test_client(), people.origin), record)
        member = Member(transport, state, name="Safari on iPhone")  # type: ignore[arg-type]
        member.sign_in("zoe@example.org", PASSWORD)
        return member

    with caplog.at_level(logging.DEBUG), pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpace, "sample_scalar", sample)
        logging.getLogger("tests").debug("listening")
        desk, phone = browser(zoe.device), browser()
        new, other = phone.pair_new(), desk.other_device(PIN)
        code = other.show_code()
        new.type_code(code)
        other.let_in()
        new.take_key()
        phone.finish_pairing(NEW_PIN).add("Afterwards")
        desk.unlock(PIN).add("Afterwards, too")
    assert new.answered
    assert len(scalars) == 2
    keys = {"phone’s signing key": phone.device.signer.seed, "desk’s signing key": desk.device.signer.seed}
    keys |= {"phone’s key": phone.device.identity.encode(), "desk’s key": desk.device.identity.encode()}
    answered = new.answered
    made = Recorded(code, answered.agreed.isk, answered.run.sid, phone.vault.vault_key, scalars, keys)
    database = Path(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
    made.places = [*everything_stored(app, database), ("logs", caplog.text.encode()), *record]
    return made


def test_neither_the_code_nor_any_key_lies_anywhere(
    app: Flask, bob: Person, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CODE", re.compile("[0-9]{30}"))
    monkeypatch.setattr(protocol, "make_code", lambda: LONG_CODE)
    made = paired(app, bob, caplog)
    assert made.code == LONG_CODE
    addresses = {name for name, _ in made.places}
    for path in ("/recovery/pairings", "/offer", "/answer", "/confirmation", "/key", "/completion", "/pair"):
        assert any(address.endswith(path) for address in addresses), f"nothing was recorded of {path}"
    assert any("pairing.confirmation" in address for address in addresses)
    assert b"listening" in dict(made.places)["logs"]
    assert leaks.find(made.secrets, made.places) == []


@pytest.mark.parametrize("name", ["ISK", "V (32 bytes)", "code", "scalar 1 as a number"])
def test_the_search_would_have_found_them(name: str) -> None:
    secret = secrets.token_bytes(32) if name != "code" else LONG_CODE.encode()
    for place in (secret, secret.hex().encode(), leaks.gzipped(b"noise" + secret)):
        assert leaks.find({name: secret}, [("log", b"before " + place + b" after")])


def recorded_run(app: Flask, places: Places) -> tuple[Run, str]:
    """The run and its last message, put together from what the server keeps alone."""
    with app.app_context():
        row = db.session.query(Pairing).one()
        announced = Signed(row.announcement, row.announcement_signature)
        offered = Signed(row.offer, row.offer_signature)
        said = json.loads(row.offer)
        told = json.loads(row.announcement)
        waiting = protocol.Offered(row.id, row.recipient, transcript(told, said), from_base64(said["share"], 32), None)
        [key] = {body for name, body in places if name.endswith("/key") and b"pairing-key" in body}
        assert unframe(key)[0]["confirmation"] == row.confirmation, "rows and requests tell the same"
        nobody = protocol.Agreed(b"", b"", b"")
        state = protocol.Answered(row.id, waiting.run, nobody, {})
        return Run(announced, offered, waiting, row.answer, state), row.confirmation


def test_codes_tried_on_the_record_afterwards_tell_nothing(
    app: Flask, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """A sample of the million with the right one among them, as each try takes a while here: no try is told from
    another. A search that has one device’s scalar, which is nowhere, finds the code by the same check."""
    made = paired(app, bob, caplog)
    run, confirmed = recorded_run(app, made.places)
    sample = [*(f"{number:06}" for number in range(0, 1_000_000, 19_973)), made.code]
    assert not [code for code in sample if any(fits(k, run, confirmed) for k in guesses(code, run))]
    share = from_base64(json.loads(run.answered)["share"], 32)
    assert fits(cpace.scalar_mult_vfy(made.scalars[0], share), run, confirmed), "the check would have noticed"
    generators = {
        code: cpace.calculate_generator(code.encode(), run.waiting.run.ci, run.waiting.run.sid) for code in sample
    }
    own = run.waiting.share
    assert [code for code in sample if cpace.scalar_mult(made.scalars[0], generators[code]) == own] == [made.code]


def test_the_same_search_breaks_a_pairing_without_a_pake(
    app: Flask, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """A weak variant, on the same record: the code is proved by an HMAC over the messages. All 10⁶ codes are tried in
    seconds, and one is left."""
    made = paired(app, bob, caplog)
    run, _ = recorded_run(app, made.places)
    seen = run.announced.exact.encode() + run.offered.exact.encode()
    tag = hmac.digest(made.code.encode(), seen, "sha256")
    codes = (f"{number:06}" for number in range(1_000_000))
    assert [code for code in codes if hmac.digest(code.encode(), seen, "sha256") == tag] == [made.code]
