"""The organisation recovery key: opens share A of cloud backups, signs approvals. Its secrets are in its file only."""

from dataclasses import dataclass

from webapp.client.crypto.identities import Identity, new_identity, recipient_of
from webapp.client.crypto.sealing import is_sealed, seal_with_passphrase, straightened, unseal_with_passphrase
from webapp.client.crypto.signatures import new_seed, public_key, sign
from webapp.client.errors import KeyMismatch, Malformed, WrongKey
from webapp.client.formats.encoding import from_base64, moment, to_base64
from webapp.client.formats.key_files import read_key_file, write_key_file
from webapp.client.text_files import text_of
from webapp.crypto.fingerprints import from_typed, lv, organisation_key_fingerprint

TITLE = "Spare Key organisation recovery key"
PROOF = "spare-key/v1/organisation-key-proof"
LENGTHS = (52, 32, 16)
"""Of a fingerprint: in full as pinned, in an invite link, as typed."""


@dataclass(frozen=True)
class PublicKey:
    """What everybody may know of an organisation recovery key."""

    organisation: str
    epoch: int
    recipient: str
    sign: bytes

    @property
    def fingerprint(self) -> str:
        """52 base32 characters over all of it."""
        return organisation_key_fingerprint(self.organisation, self.epoch, self.recipient, self.sign)

    def require(self, expected: str) -> None:
        """Return if `expected` is this key's fingerprint, or its first 32 (a link) or 16 (typed); else KeyMismatch."""
        wanted = from_typed(expected)
        if len(wanted) not in LENGTHS or not self.fingerprint.startswith(wanted):
            raise KeyMismatch


@dataclass(frozen=True)
class OrganisationKey:
    """The key with its secrets, as its file has it."""

    organisation: str
    organisation_name: str
    name: str
    epoch: int
    made_at: str
    identity: Identity
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """The part that is given away."""
        return PublicKey(self.organisation, self.epoch, recipient_of(self.identity), public_key(self.seed))

    @property
    def link_fragment(self) -> str:
        """What an invite link carries, so that the member's browser knows the key before the server names one."""
        return "k=" + self.public.fingerprint[: LENGTHS[1]]

    def prove(self, origin: str, key_id: str, challenge: bytes) -> bytes:
        """The signature that activates the key: made from the file as it was saved."""
        return sign(self.seed, PROOF, lv(origin, key_id, challenge))


def make_key(organisation: str, organisation_name: str, name: str, epoch: int) -> OrganisationKey:
    """A fresh key."""
    return OrganisationKey(organisation, organisation_name, name, epoch, moment(), new_identity(), new_seed())


def write_key(key: OrganisationKey, passphrase: str = "") -> bytes:
    """The key's file; the whole of it under the passphrase where there is one."""
    notes = {
        "organisation": key.organisation,
        "organisation-name": key.organisation_name,
        "name": key.name,
        "epoch": str(key.epoch),
        "made": key.made_at,
        "signing-seed": to_base64(key.seed),
    }
    text = write_key_file(TITLE, notes, key.identity).encode()
    return seal_with_passphrase(text, passphrase) if passphrase else text


def read_key(file: bytes, passphrase: str = "") -> OrganisationKey:
    """The key of a file, plain or under a passphrase, whatever an editor made of it; raises WrongKey, Malformed."""
    file = straightened(file)
    if is_sealed(file):
        if not passphrase:
            raise WrongKey("the key file has a passphrase")
        file = unseal_with_passphrase(file, passphrase)
    try:
        notes, identity = read_key_file(text_of(file), TITLE)
        values = [notes[name] for name in ("organisation", "organisation-name", "name")]
        seed = from_base64(notes["signing-seed"], 32)
        return OrganisationKey(values[0], values[1], values[2], int(notes["epoch"]), notes["made"], identity, seed)
    except (KeyError, ValueError) as error:
        raise Malformed(f"not a {TITLE}") from error
