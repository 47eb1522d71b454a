"""A wire that is listened to: whatever the server hands out, the one who gets it has to be entitled to it."""

import hashlib
import json
import re
import secrets
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from flask import Flask
from itsdangerous import BadSignature as BadCookie

from tests.walks.stage.between import Between
from tests.walks.stage.sight import PAIRING as OPEN_PAIRING
from tests.walks.stage.sight import Eyes, written
from webapp import clock, limits
from webapp.client.recovery.self_service import LABEL as OWN
from webapp.client.transport.answers import ANSWER
from webapp.client.transport.http import Answer, InProcessTransport
from webapp.crypto.framing import unframe
from webapp.crypto.signatures import BadSignature, own_recovery_bytes, verify

PUBLIC = re.compile(r"/(sign-in.*|forgot-password.*|password/.*|veto/.+|join/.*)")
RELEASE = re.compile(r"/recovery/requests/(\w+)/(release|vault)")
PAIRING = re.compile(r"/(recovery/pairings|pair)/(\w+)/(key|vault)")
ALIVE = """SELECT sign_in.* FROM sign_in JOIN user_account ON user_account.id = user_id
    WHERE sign_in.id = ? AND ended_at IS NULL AND sign_in.session_epoch = user_account.session_epoch
    AND disabled_at IS NULL AND sign_in.created_at > ?"""
HELD = "SELECT 1 FROM hold WHERE user_id = ? AND lifted_at IS NULL"
KEYS = """SELECT organisation_id, kit_verify_key, verify_key FROM user_account, vault
    WHERE user_account.id = ? AND user_id = user_account.id AND vault.epoch = user_account.epoch"""
OF_DEVICE = {"/devices/unlock", "/devices/pin", "/devices/tab-keys/open", "/vault/file"}


class Wire(InProcessTransport):
    """The connection of one browser of the walk. A profile that is stolen is another wire with the same cookie."""

    def __init__(self, app: Flask, origin: str) -> None:
        self.client = app.test_client()
        super().__init__(self.client, origin)
        self._app = app
        self.eyes: Eyes
        self.between = Between()

    @property
    def cookie(self) -> str:
        """The session cookie, as a thief would copy it."""
        found = self.client.get_cookie("sparekey")
        return found.value if found else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie("sparekey", value)

    @property
    def session(self) -> str:
        """The id of the session that the cookie names, whether it is alive or not."""
        return _session_of(self._app, self.cookie)

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request; another than the server may answer it, before the server or in its place."""
        foreign = self.between.next(method, path, headers)
        ours = None if foreign and not foreign.arrives else self._answer(method, path, body, headers)
        if foreign:
            return foreign.instead_of(path, ours)
        assert ours
        return ours

    def _answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The server’s, and the judgement on it."""
        guarded = not PUBLIC.fullmatch(path)
        before = self.eyes.one(ALIVE, self.session, _now(limits.SESSION_LIFE)) if guarded else None
        if path == "/devices/challenge" and before:
            return self._challenge(before["id"], path)
        given = RELEASE.fullmatch(path)
        asked = self.eyes.one("SELECT * FROM restore_request WHERE id = ?", given[1]) if given else None
        answer = super().send(method, path, body, headers)
        assert answer.status < 500, f"{method} {path}: {answer.status}"
        if guarded and before is None:
            assert _is_signed_out(answer), f"a session that is none got {answer.status} from {path}"
        elif before and answer.status == 200:
            signer = headers.get("Spare-Device", "")
            if path == "/recovery/own":
                self._require_proof(before, body, answer.body)
            elif given:
                _require_asker(asked, before["user_id"], signer)
            else:
                self._require_entitled(path, before, signer)
        return answer

    def _require_entitled(self, path: str, session: sqlite3.Row, signer: str) -> None:
        pairing = PAIRING.fullmatch(path)
        if pairing:
            row = self.eyes.one("SELECT * FROM pairing WHERE id = ?", pairing[2])
            _require_pairing(row, pairing[3], session["user_id"], signer)
        elif path in OF_DEVICE or path.startswith("/backups/"):
            self._require_active(path, session, signer)

    def _challenge(self, session: str, path: str) -> Answer:
        """What the server would give to sign, straight into its database: a third of all requests ask for one."""
        value = secrets.token_bytes(32)
        self.eyes.all(
            "INSERT INTO challenge (value, sign_in_id, expires_at) VALUES (?, ?, ?)",
            value,
            session,
            _now(-limits.CHALLENGE_LIFE),
        )
        return Answer(
            200, {"content-type": ANSWER}, json.dumps({"challenge": b64encode(value).decode()}).encode(), path
        )

    def _require_proof(self, session: sqlite3.Row, body: bytes, given: bytes) -> None:
        """The newest vault goes to whoever has signed with a key of it; who begins anew gets nothing."""
        user, asked = session["user_id"], json.loads(body)
        assert not self.eyes.one(HELD, user), "begun while the account is on hold"
        if asked["way"] == "new_account":
            assert unframe(given)[1] == b"", "a vault for no proof"
            return
        row = self.eyes.one(KEYS, user)
        assert row
        place, device = (row["organisation_id"], user), asked["device"]
        keys = b64decode(device["sign"]), device["recipient"]
        exact = own_recovery_bytes(self.origin, place, asked["way"], device["id"], keys)
        key = row["kit_verify_key"] if asked["way"] == "recovery_kit" else row["verify_key"]
        try:
            verify(OWN, exact, b64decode(asked.get("proof", "")), key or bytes(32))
        except BadSignature:
            raise AssertionError("a vault was handed out without a proof") from None

    def _require_active(self, path: str, session: sqlite3.Row, signer: str) -> None:
        """A signed request is by an active device of the member, an unsigned one of a session that proved one."""
        device = signer or session["device_id"]
        row = self.eyes.one("SELECT * FROM device WHERE id = ?", device)
        assert row, f"{path} gave something to no device"
        if path == "/devices/unlock" and row["state"] == "prior" and not self.eyes.one(HELD, row["user_id"]):
            return  # its PIN opens its own copy, and lets another device in
        assert (row["user_id"], row["state"]) == (session["user_id"], "active"), (
            f"{path} gave to a device {row['state']}"
        )


@lru_cache(256)
def _session_of(app: Flask, cookie: str) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        token = serializer.loads(cookie).get("_user_id", "") if cookie else ""
    except BadCookie:
        token = ""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def _now(ago: timedelta = timedelta(0)) -> str:
    return written(clock.now() - ago)


def _is_signed_out(answer: Answer) -> bool:
    return answer.status == 401 or (answer.status == 303 and answer.headers["location"].startswith("/sign-in"))


def _require_asker(asked: sqlite3.Row | None, user: str, signer: str) -> None:
    """A release goes to the very device that asked, of the very member, while it is approved or released."""
    assert asked, "something was released for no request"
    assert asked["state"] in ("approved", "released"), f"a request that is {asked['state']} was released"
    assert asked["usable_at"] <= _now(), "released before the wait was over"
    assert asked["expires_at"] > _now(timedelta(seconds=1)), "released after its time"
    assert (asked["user_id"], asked["device_id"]) == (user, signer), "released to another device than asked"


def _require_pairing(row: sqlite3.Row | None, what: str, user: str, signer: str) -> None:
    """The key of a pairing goes to the new device alone, the vault to the device that shows the code, while it runs."""
    assert row, "something was given for no pairing"
    due, state = row["expires_at"] <= _now(timedelta(seconds=1)), row["state"]
    assert (row["user_id"], due) == (user, False), "given to another member, or too late"
    if what == "key":
        assert (signer, state) == (row["device_id"], "confirmed"), f"the key of a pairing that is {state} was given"
    else:
        assert signer == row["other_device_id"], "the vault was given to a device that shows no code"
        assert state in OPEN_PAIRING, f"the vault was given for a pairing that is {state}"
