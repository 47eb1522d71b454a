"""Somebody in front of a browser of their own."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.vault.devices import MadeDevice
from webapp.client.formats.cloud_backups import CloudBackup as MadeBackup
from webapp.crypto.passwords import hash_password
from webapp.database import transaction
from webapp.models.directory.user import Role, User

PASSWORD = "correct horse battery"
RECEIPT = re.compile(r"hx-post=\"(/notices/receipt)\" hx-vals='([^']+)'")
"""What a page has its browser post at once."""


@dataclass
class Person:
    """Somebody of the organisation, in front of a browser of their own."""

    app: Flask
    user_id: str
    organisation_id: str
    email: str
    name: str
    password: str = PASSWORD
    device: MadeDevice | None = None
    """What `enrolled` made."""
    backups: list[MadeBackup] = field(default_factory=list)

    @cached_property
    def client(self) -> FlaskClient:
        """Their browser, signed in by really posting the form."""
        return self.another_browser()

    def another_browser(self) -> FlaskClient:
        """A further browser in which they sign in."""
        client = self.app.test_client()
        response = client.post("/sign-in", data={"email": self.email, "password": self.password})
        assert response.status_code == 303, response.text
        return client

    def sign_in_id(self, client: FlaskClient | None = None) -> str:
        """The id of the session in their browser."""
        with (client or self.client).session_transaction() as cookie:
            token = cookie["_user_id"]
        return hashlib.sha256(token.encode()).hexdigest()

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """GET in their browser."""
        return self.client.get(path, **kwargs)

    def look_at(self, path: str, client: FlaskClient | None = None) -> TestResponse:
        """GET in their browser (or in another one), which confirms what the page asks it to confirm."""
        client = client or self.client
        answer = client.get(path)
        for address, values in RECEIPT.findall(answer.text):
            assert client.post(address, data=json.loads(values)).status_code == 204
        return answer

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        """POST in their browser."""
        return self.client.post(path, **kwargs)

    def show_again(self) -> None:
        """Type the password once more, for what the Admin Portal asks about after ten minutes."""
        assert self.post("/admin/again", data={"shown": self.password}).status_code == 303

    def signed_post(
        self,
        path: str,
        body: bytes | dict[str, Any] = b"",
        *,
        device: MadeDevice | None = None,
        client: FlaskClient | None = None,
    ) -> TestResponse:
        """POST that their device signs over a fresh challenge. A dict goes as JSON; frame() what has a file."""
        device, client = device or self.device, client or self.client
        assert device, "give the person a device first: enrolled(person)"
        answer = client.post("/devices/challenge")
        assert answer.status_code == 200, answer.text
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = device.signature_headers(path, octets, base64.b64decode(answer.get_json()["challenge"]))
        return client.post(path, data=octets, content_type=kind, headers=headers)

    def new_device(self) -> MadeDevice:
        """A browser profile with fresh keys that nobody knows yet."""
        return MadeDevice(self.app.config["ORIGIN"], self.organisation_id, self.user_id, self.email)


def add_person(app: Flask, organisation_id: str, name: str, role: Role = Role.MEMBER) -> Person:
    """Somebody more, who can sign in and has no vault yet."""
    password_hash = hash_password(PASSWORD)
    with app.app_context():
        with transaction() as session:
            user = User(
                organisation_id=organisation_id,
                email=f"{name.lower()}@example.org",
                name=name,
                role=role,
                password_hash=password_hash,
            )
            session.add(user)
        return Person(app, user.id, organisation_id, user.email, name)
