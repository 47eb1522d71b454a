"""An epoch is the time of one vault key. Its signing key follows from the vault key, so signing proves having that."""

from dataclasses import dataclass

from webapp.client.crypto.derivation import derive
from webapp.client.crypto.identities import Identity, scalar_of
from webapp.client.crypto.signatures import public_key, sign
from webapp.crypto.signatures import finish_bytes

SIGNING = "spare-key/v1/epoch-signing"
FINISH = "spare-key/v1/finish"


@dataclass(frozen=True)
class Ending:
    """What a Finish says: the epoch that ends, the one that begins, for which device and with which vault file."""

    origin: str
    organisation: str
    user: str
    request: str
    old_epoch: int
    new_epoch: int
    device: str
    sign: bytes
    recipient: str
    verify_key: bytes
    file_sha256: bytes

    def message(self) -> bytes:
        """The bytes that are signed."""
        epochs = (self.old_epoch, self.new_epoch)
        keys = (self.sign, self.recipient)
        who = (self.origin, self.organisation, self.user, self.request)
        return finish_bytes(*who, epochs, self.device, keys, self.verify_key, self.file_sha256)


def signing_seed(vault_key: Identity, user: str) -> bytes:
    """The Ed25519 seed of the epoch of this vault key."""
    return derive(scalar_of(vault_key), SIGNING, user)


def verify_key(vault_key: Identity, user: str) -> bytes:
    """The 32 bytes registered with the server for the epoch of this vault key."""
    return public_key(signing_seed(vault_key, user))


def sign_ending(vault_key: Identity, ending: Ending) -> bytes:
    """The signature that ends the epoch of `vault_key`."""
    return sign(signing_seed(vault_key, ending.user), FINISH, ending.message())
