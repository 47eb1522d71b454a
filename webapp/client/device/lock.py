"""The device lock: the vault key on a device, behind three parts that are all needed: PIN, device key, server share.

The Argon2id salt never leaves the device, so neither the server nor who steals its database can test PINs.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from webapp.client.crypto.derivation import derive
from webapp.client.crypto.identities import Identity, read_identity
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.device.pins import normalised
from webapp.client.errors import Malformed, WrongKey
from webapp.crypto.fingerprints import lv

UNLOCK = "spare-key/v1/unlock"
PROOF = "spare-key/v1/pin-proof"
KEYSLOT = "spare-key/v1/keyslot"
# Constants, never taken from the server: parameters it could choose, it could weaken.
MEMORY_KIB = 19456
PASSES = 2
LANES = 1


@dataclass(frozen=True)
class Place:
    """Where a lock belongs; a lock moved elsewhere doesn't open."""

    origin: str
    user: str
    device: str

    def parts(self) -> tuple[str, str, str]:
        """In the order in which they stand behind a label."""
        return (self.origin, self.user, self.device)


def stretch(pin: str, salt: bytes) -> bytes:
    """Argon2id over the PIN (NFKC, UTF-8) and the device's 16-byte salt."""
    typed = normalised(pin).encode()
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB).derive(typed)


def pin_proof(stretched: bytes, place: Place) -> bytes:
    """What the server may know of the PIN; it can't test PINs with it."""
    return derive(stretched, PROOF, *place.parts())


def unlock_key(stretched: bytes, server_share: bytes, place: Place) -> bytes:
    """The AES key of the keyslot."""
    return derive(stretched + server_share, UNLOCK, *place.parts())


def encrypt_vault_key(vault_key: Identity, key: bytes, place: Place, iv: bytes) -> bytes:
    """The inside of a keyslot: 12-byte iv, then AES-256-GCM of the vault key."""
    return iv + AESGCM(key).encrypt(iv, vault_key.encode(), lv(KEYSLOT, *place.parts()))


def make_keyslot(vault_key: Identity, key: bytes, recipient: str, place: Place) -> bytes:
    """The vault key under the unlock key, sealed to the device's own recipient."""
    return seal(encrypt_vault_key(vault_key, key, place, secrets.token_bytes(12)), [recipient])


def open_keyslot(keyslot: bytes, key: bytes, identity: Identity, place: Place) -> Identity:
    """The vault key; raises WrongKey where the unlock key, the device or the place is another."""
    inside = unseal(keyslot, [identity])
    try:
        opened = AESGCM(key).decrypt(inside[:12], inside[12:], lv(KEYSLOT, *place.parts()))
        return read_identity(opened.decode())
    except InvalidTag as error:
        raise WrongKey("keyslot") from error
    except ValueError as error:
        raise Malformed("keyslot") from error
