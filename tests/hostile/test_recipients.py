"""Keys that nothing may be sealed to are refused wherever one comes in: a letter changed, or a key that anybody has."""

import pytest
from flask import Flask

from tests.support.people.people import Person
from tests.support.recovery_keys.ceremonies import new_key, public_form
from tests.views.account.test_joining_vault import body
from webapp.client.crypto.identities import _bech32, new_identity, recipient_of
from webapp.client.formats.encoding import from_base64
from webapp.crypto.fingerprints import organisation_key_fingerprint
from webapp.models.devices.device import Device
from webapp.models.recovery_keys.key import OrganisationKey

_good = recipient_of(new_identity())
BAD = {
    "a changed letter": _good[:20] + ("q" if _good[20] != "q" else "p") + _good[21:],
    "a key that anybody has": _bech32("age", bytes(32)),
    "another point of low order": _bech32("age", (1).to_bytes(32, "little")),
}


@pytest.mark.parametrize("why", BAD)
def test_no_device_joins_with_one(app: Flask, alice: Person, why: str) -> None:
    device = alice.new_device()
    sent = body(device, device={**device.entry(), "recipient": BAD[why]})
    answer = alice.signed_post("/join/vault", sent, device=device)
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})
    with app.app_context():
        assert not Device.of(alice.user_id)


@pytest.mark.parametrize("why", BAD)
def test_no_organisation_key_has_one(app: Flask, bob: Person, why: str) -> None:
    form = public_form(new_key(bob)) | {"recipient": BAD[why]}
    sign = from_base64(form["sign"], 32)
    form["fingerprint"] = organisation_key_fingerprint(bob.organisation_id, 1, BAD[why], sign)
    assert bob.post("/admin/keys", data=form).status_code == 422
    with app.app_context():
        assert OrganisationKey.all_of(bob.organisation_id) == []
