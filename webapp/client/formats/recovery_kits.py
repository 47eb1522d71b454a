"""The Recovery Kit: an age identity on paper or in a file, which opens every vault file and backup by itself."""

import re
from dataclasses import dataclass

from webapp.client.crypto.derivation import derive
from webapp.client.crypto.identities import Identity, new_identity, recipient_of, scalar_of
from webapp.client.crypto.signatures import public_key
from webapp.client.errors import Malformed
from webapp.client.formats.encoding import moment
from webapp.client.formats.key_files import read_key_file, write_key_file
from webapp.client.formats.shapes import fingerprint

SIGNING = "spare-key/v1/kit-signing"
TITLE = "Spare Key Recovery Kit"
CONFIRMED_BY = 4


@dataclass(frozen=True)
class RecoveryKit:
    """A kit as it is printed or saved."""

    number: int
    made_at: str
    account: str
    organisation: str
    identity: Identity
    organisation_key: str = ""
    """Whole fingerprint of the organisation recovery key that the vault had on record when the kit was written down;
    none while nobody has compared it."""

    @property
    def recipient(self) -> str:
        """What vault files are sealed to; never sent to the server."""
        return recipient_of(self.identity)


def make_kit(number: int, account: str, organisation: str) -> RecoveryKit:
    """A fresh kit with this number."""
    return RecoveryKit(number, moment(), account, organisation, new_identity())


def write_kit(kit: RecoveryKit) -> str:
    """The text of the kit's file."""
    notes = {"number": str(kit.number), "made": kit.made_at, "account": kit.account, "organisation": kit.organisation}
    if kit.organisation_key:
        notes["organisation-key"] = kit.organisation_key
    return write_key_file(TITLE, notes, kit.identity)


def read_kit(text: str) -> RecoveryKit:
    """The kit of a file's text; raises Malformed."""
    notes, identity = read_key_file(text, TITLE)
    number = notes.get("number", "")
    if not (number.isascii() and number.isdigit()):
        raise Malformed("a kit has a number")
    made, account, organisation = (notes.get(name, "") for name in ("made", "account", "organisation"))
    key = notes.get("organisation-key", "")
    if key and not fingerprint(key):
        raise Malformed("no fingerprint")
    return RecoveryKit(int(number), made, account, organisation, identity, key)


def signing_seed(kit: Identity, user: str) -> bytes:
    """The Ed25519 seed by which somebody shows that they hold the kit; it opens nothing."""
    return derive(scalar_of(kit), SIGNING, user)


def verify_key(kit: Identity, user: str) -> bytes:
    """The 32 bytes registered with the server for this kit."""
    return public_key(signing_seed(kit, user))


def confirms(kit: RecoveryKit, typed: str) -> bool:
    """Whether the person typed the kit's last four characters; case, spaces and hyphens don't count."""
    return re.sub(r"[\s-]", "", typed).upper() == kit.identity[-CONFIRMED_BY:]
