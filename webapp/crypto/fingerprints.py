"""Unambiguous encodings that get hashed or signed, and the base32 people read aloud."""

import base64
import hashlib

GROUP = 4


def lv(*parts: bytes | str) -> bytes:
    """Each part behind its length as LEB128; text as UTF-8 (`lv_cat` of draft-irtf-cfrg-cpace-21, section 6.3).

    No two different lists of parts give the same bytes.
    """
    out = bytearray()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        length = len(data)
        while length > 0x7F:
            out.append(length & 0x7F | 0x80)
            length >>= 7
        out.append(length)
        out += data
    return bytes(out)


def base32(data: bytes) -> str:
    """RFC 4648 base32 in lower case without padding."""
    return base64.b32encode(data).decode().rstrip("=").lower()


def groups(text: str) -> str:
    """`abcdefgh` as `abcd efgh`: how a fingerprint is shown."""
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def from_typed(text: str) -> str:
    """What a person typed, as base32: case, spaces and hyphens don’t matter, and 0, 1, 8 are read as o, l, b."""
    kept = "".join(character for character in text.lower() if character.isalnum())
    return kept.translate(str.maketrans("018", "olb"))


def organisation_key_fingerprint(organisation: str, epoch: int, recipient: str, sign: bytes) -> str:
    """52 base32 characters over everything that makes an organisation recovery key what it is."""
    label = "spare-key/v1/organisation-key"
    return base32(hashlib.sha256(lv(label, organisation, str(epoch), recipient, sign)).digest())


def restore_request_fingerprint(exact: str) -> str:
    """The 16 base32 characters (80 bits) that a member reads out and an admin types, over the whole request."""
    return base32(hashlib.sha256(b"spare-key/v1/restore-request\n" + exact.encode()).digest())[:16]


def audit_key_fingerprint(organisation: str, public: bytes) -> str:
    """32 base32 characters over the key that signs an organisation’s activity, and whose it is."""
    return base32(hashlib.sha256(lv("spare-key/v1/audit-key", organisation, public)).digest())[:32]
