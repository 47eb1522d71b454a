"""Vectors of recoveries that need nobody’s help: the kit’s signing key, and what each way proves to get a file."""

from tests.vectors.formats import KIT, NEW, ORGANISATION, USER, VAULT
from tests.vectors.primitives import Vectors
from tests.vectors.seeds import ORIGIN, identifier, identity, octets, signing_seed
from webapp.client.crypto import epochs
from webapp.client.crypto.identities import recipient_of
from webapp.client.crypto.signatures import public_key, sign
from webapp.client.formats import recovery_kits
from webapp.client.recovery.self_service import LABEL
from webapp.crypto.signatures import own_recovery_bytes


def own_recovery() -> Vectors:
    """Of one new device, with the kit and with the vault key of a backup."""
    device, keys = identifier("new device"), (public_key(signing_seed("new device")), recipient_of(NEW))
    kit_seed, epoch_seed = recovery_kits.signing_seed(KIT, USER), epochs.signing_seed(VAULT, USER)
    return {
        "origin": ORIGIN,
        "organisation": ORGANISATION,
        "user": USER,
        "device": device,
        "sign": keys[0].hex(),
        "recipient": keys[1],
        "kit": KIT,
        "kit_signing_seed": kit_seed.hex(),
        "kit_verify_key": recovery_kits.verify_key(KIT, USER).hex(),
        "vault_key": VAULT,
        "label": LABEL,
        "proofs": [
            _proof(way, seed, device, keys) for way, seed in (("recovery_kit", kit_seed), ("local_backup", epoch_seed))
        ],
        "finish": _finish(device, keys),
    }


def _proof(way: str, seed: bytes, device: str, keys: tuple[bytes, str]) -> Vectors:
    message = own_recovery_bytes(ORIGIN, (ORGANISATION, USER), way, device, keys)
    return {"way": way, "message": message.hex(), "signature": sign(seed, LABEL, message).hex()}


def _finish(device: str, keys: tuple[bytes, str]) -> Vectors:
    """The way stands where a restore request has its id."""
    next_key = epochs.verify_key(identity("next vault"), USER)
    place = (ORIGIN, ORGANISATION, USER, "recovery_kit", 1, 2, device)
    ending = epochs.Ending(*place, *keys, next_key, octets("new vault file"))
    return {
        "request": "recovery_kit",
        "old_epoch": 1,
        "new_epoch": 2,
        "verify_key": next_key.hex(),
        "file_sha256": ending.file_sha256.hex(),
        "message": ending.message().hex(),
        "signature": epochs.sign_ending(VAULT, ending).hex(),
    }
