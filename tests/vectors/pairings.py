"""Vectors of pairing: one whole run of `pair/v1` with chosen scalars and nonces, message by message."""

from unittest import mock

from tests.vectors.age_files import seal_fixed
from tests.vectors.primitives import Vectors
from tests.vectors.seeds import ORIGIN, identifier, identity, octets, signing_seed
from webapp.client.formats.encoding import from_json, to_base64
from webapp.client.pairing import protocol as client
from webapp.client.pairing.messages import Keys, Place, Signed, announce, read_announcement, transcript

CODE = "042137"
SCALARS = [int.from_bytes(octets(f"pairing scalar {side}"), "little") % 2**252 for side in "AB"]
NONCES = [octets(f"pairing nonce {side}", 16) for side in "NO"]
VAULT, NEW = identity("vault"), Keys(identifier("new device"), signing_seed("new device"), identity("new device"))
OLD = Keys(identifier("device"), signing_seed("device"), identity("device"))


def pairing() -> Vectors:
    """Everything said, and everything derived."""
    place = Place(ORIGIN, identifier("organisation"), identifier("user"))
    drawn = [*NONCES, octets("pairing iv", 12)]
    with (
        mock.patch("webapp.client.pairing.messages.new_id", return_value=identifier("pairing")),
        mock.patch("secrets.token_bytes", side_effect=drawn),
        mock.patch("webapp.client.crypto.cpace.sample_scalar", side_effect=SCALARS),
        mock.patch("webapp.client.pairing.protocol.seal", lambda key, _: seal_fixed(key, [NEW.identity], "pairing")),
    ):
        announced = announce(place, NEW, "Safari on iPhone")
        fields = read_announcement(announced, place, identifier("pairing"))
        offered, waiting = client.offer(fields, CODE, OLD)
        answered, state = client.answer(announced.exact, offered, CODE)
        confirmed = client.confirm(waiting, answered, VAULT)
    run = transcript(fields, from_json(offered.exact))
    return {
        "code": CODE,
        "vault_key": VAULT,
        "new_identity": NEW.identity,
        "scalars": [scalar.to_bytes(32, "little").hex() for scalar in SCALARS],
        "announcement": _signed(announced),
        "offer": _signed(offered),
        "ci": run.ci.hex(),
        "sid": run.sid.hex(),
        "ada": run.ada.hex(),
        "adb": run.adb.hex(),
        "isk": state.agreed.isk.hex(),
        "answer": answered,
        "confirmation": confirmed,
    }


def _signed(message: Signed) -> dict[str, str]:
    return {"exact": message.exact, "signature": to_base64(message.signature)}
