"""The ceremony of an organisation recovery key as an admin’s browser goes through it, over the test client."""

import base64
import re

from tests.support.people.person import Person
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.recovery_keys import OrganisationKey, make_key


def new_key(person: Person, name: str = "Safe 2026", epoch: int = 1) -> OrganisationKey:
    """A key made in the person’s browser, which nobody knows yet."""
    return make_key(person.organisation_id, "Example Works", name, epoch)


def public_form(key: OrganisationKey) -> dict[str, str]:
    """What the browser sends of it."""
    public = key.public
    sign = to_base64(public.sign)
    return {"name": key.name, "recipient": public.recipient, "sign": sign, "fingerprint": public.fingerprint}


def generate(person: Person, key: OrganisationKey) -> str:
    """Hand in the public half; the id the server gives the key."""
    response = person.post("/admin/keys", data=public_form(key))
    assert response.status_code == 200, response.text
    found = re.search(r'data-key="([0-9a-f]{32})"', response.text)
    assert found
    return found[1]


def proof_form(person: Person, key: OrganisationKey, key_id: str) -> dict[str, str]:
    """A fresh challenge, signed with the key file."""
    challenge = person.post("/devices/challenge").get_json()["challenge"]
    signed = key.prove(person.app.config["ORIGIN"], key_id, base64.b64decode(challenge))
    return {"challenge": challenge, "proof": to_base64(signed)}
