"""age files: native X25519 recipients, binary. The only module that knows pyrage."""

from collections.abc import Iterable

import pyrage
from pyrage import passphrase as pyrage_passphrase
from pyrage import x25519

from webapp.client.crypto.identities import Identity, check_recipient
from webapp.client.errors import Malformed, WrongKey
from webapp.client.text_files import lines_of, text_of

BINARY_START = b"age-encryption.org/v1\n"
ARMOR_START = b"-----BEGIN AGE ENCRYPTED FILE-----"


def seal(plaintext: bytes, recipients: Iterable[str]) -> bytes:
    """A file that each of the recipients opens; raises Malformed for a recipient nothing may be sealed to."""
    keys = [x25519.Recipient.from_str(check_recipient(recipient)) for recipient in recipients]
    if not keys:
        raise Malformed("a file needs a recipient")
    return bytes(pyrage.encrypt(plaintext, keys))


def unseal(file: bytes, identities: Iterable[Identity]) -> bytes:
    """The plaintext of a binary file; raises WrongKey where no identity opens it, Malformed where it isn't whole."""
    if not file.startswith(BINARY_START):
        raise Malformed("not an age file")
    keys = [x25519.Identity.from_str(identity) for identity in identities]
    try:
        return bytes(pyrage.decrypt(file, keys))
    except pyrage.DecryptError as error:
        raise _reason(error) from error


def seal_with_passphrase(plaintext: bytes, passphrase: str) -> bytes:
    """A file that the passphrase opens (age's scrypt recipient)."""
    return bytes(pyrage_passphrase.encrypt(plaintext, passphrase))


def unseal_with_passphrase(file: bytes, passphrase: str) -> bytes:
    """The plaintext of a passphrase file, binary or armored; raises WrongKey, Malformed."""
    try:
        return bytes(pyrage_passphrase.decrypt(file, passphrase))
    except pyrage.DecryptError as error:
        raise _reason(error) from error


def is_sealed(file: bytes) -> bool:
    """Whether this is an age file at all, binary or armored."""
    return file.lstrip().startswith((BINARY_START, ARMOR_START))


def straightened(file: bytes) -> bytes:
    """An armored file as it was before an editor changed its encoding, line ends or spaces; any other as it is."""
    if file.startswith(BINARY_START):
        return file
    try:
        lines = lines_of(text_of(file))
    except Malformed:
        return file
    return "\n".join([*lines, ""]).encode() if lines[:1] == [ARMOR_START.decode()] else file


def _reason(error: Exception) -> WrongKey | Malformed:
    # pyrage has one exception for both; age says this sentence when no stanza could be unwrapped.
    wrong_key = "No matching keys found" in str(error) or "Decryption failed" in str(error)
    return WrongKey(str(error)) if wrong_key else Malformed(str(error))
