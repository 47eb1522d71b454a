"""Vectors of the building blocks: encodings, HKDF, Argon2id, age keys, labelled signatures, signed requests."""

from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.vectors.seeds import ORIGIN, identifier, identity, octets, signing_seed
from webapp.client.crypto.derivation import derive
from webapp.client.crypto.identities import identity_of, recipient_of, scalar_of
from webapp.client.crypto.signatures import public_key, sign
from webapp.client.device.lock import LANES, MEMORY_KIB, PASSES, stretch
from webapp.client.device.pins import weakness
from webapp.crypto.fingerprints import base32, from_typed, groups, lv
from webapp.crypto.framing import frame
from webapp.crypto.signatures import request_bytes

Vectors = dict[str, Any]


def encodings() -> Vectors:
    """lv, base32, typed base32, framed octets."""
    lists = [[], [""], ["1234"], ["a", "bc"], ["ab", "c"], ["Schlüssel 🔑"], ["x" * 127], ["x" * 128], ["x" * 300]]
    texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
    typed = ["ABCD efgh", "abcd-2345", " a0b1 c8d7 ", "m n\to p"]
    header = {"name": "Zoë’s browser", "n": 1}
    return {
        "lv": [{"parts": parts, "hex": lv(*parts).hex()} for parts in lists],
        "base32": [{"hex": text.encode().hex(), "base32": base32(text.encode())} for text in texts],
        "groups": [{"text": text, "shown": groups(text)} for text in ["abcd", "abcdefgh", "abcdefghij"]],
        "typed": [{"typed": text, "read": from_typed(text)} for text in typed],
        "frames": [
            {"header": header, "file": file.hex(), "hex": frame(header, file).hex()} for file in (b"", b"\x00\x01\xff")
        ],
    }


def derivations() -> Vectors:
    """HKDF-SHA256 with an empty salt: 32 bytes under lv(label, context…)."""
    key = octets("input of HKDF")
    labels = [["spare-key/v1/epoch-signing", identifier("user")], ["spare-key/v1/unlock", ORIGIN, "user", "device"]]
    ours = [{"key": key.hex(), "info": lv(*parts).hex(), "out": derive(key, *parts).hex()} for parts in labels]
    # RFC 5869, test case 3: empty salt and info; the first 32 of its 42 bytes.
    published = {
        "key": "0b" * 22,
        "info": "",
        "out": "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
    }
    return {"derive": ours, "rfc5869": published}


def argon2id() -> Vectors:
    """The PIN's Argon2id, and the published vector."""
    pins = [
        ("123456", octets("salt", 16)),
        ("１２３４５６", octets("salt", 16)),
        ("987654321", octets("other salt", 16)),
    ]
    # Cross-checked between four libraries: noble, hash-wasm, libsodium and cryptography.
    pins.append(("correct horse é battery", b"0123456789abcdef"))
    rfc = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, secret=b"\x03" * 8, ad=b"\x04" * 12
    )
    return {
        "parameters": {"memory_kib": MEMORY_KIB, "passes": PASSES, "lanes": LANES, "length": 32},
        "stretch": [{"pin": pin, "salt": salt.hex(), "out": stretch(pin, salt).hex()} for pin, salt in pins],
        "rfc9106": {
            "password": "01" * 32,
            "salt": "02" * 16,
            "secret": "03" * 8,
            "associated_data": "04" * 12,
            "parameters": {"memory_kib": 32, "passes": 3, "lanes": 4, "length": 32},
            "out": rfc.derive(b"\x01" * 32).hex(),
        },
    }


def pins() -> Vectors:
    """Which PINs are refused, and why."""
    typed = [
        "",
        "abcdef",
        "27491",
        "274913",
        "２７４９１３",
        "000000",
        "121212",
        "274274",
        "012345",
        "987654",
        "7890123",
    ]
    return {"pins": [{"pin": pin, "weakness": weakness(pin)} for pin in [*typed, "246810", " 274913", "2749130"]]}


def identities() -> Vectors:
    """Scalar, identity, recipient; and texts that are none."""
    keys = [identity_of(b"\x42" * 32), identity("vault"), identity("device")]
    good = [{"scalar": scalar_of(key).hex(), "identity": key, "recipient": recipient_of(key)} for key in keys]
    key, recipient = keys[1], recipient_of(keys[1])
    wrong_letter = key[:-1] + ("Q" if key[-1] != "Q" else "P")
    return {
        "pairs": good,
        "refused_identities": ["", key.lower(), wrong_letter, key[:-1], recipient, key.replace("-1", "-PQ-1", 1)],
        "refused_recipients": ["", recipient.upper(), recipient[:-1], key, "age1pq1" + recipient[4:], LOW_ORDER],
    }


LOW_ORDER = "age1" + "q" * 52 + "5cu47z"
"""The point 0: everything sealed to it would be sealed to everybody."""


def signatures() -> Vectors:
    """Ed25519 under a label, and signed requests."""
    seed, challenge = signing_seed("device"), octets("challenge")
    cases = [("spare-key/v1/manifest", b""), ("spare-key/v1/request", b"bytes"), ("spare-key/v1/backup", b"\x00\n\xff")]
    signed = [
        {"label": label, "message": message.hex(), "signature": sign(seed, label, message).hex()}
        for label, message in cases
    ]
    request = {"origin": ORIGIN, "method": "POST", "path": "/vault/file", "device": identifier("device")}
    body = frame({"epoch": 1}, b"file")
    message = request_bytes(**request, challenge=challenge, body=body)
    return {
        "seed": seed.hex(),
        "public": public_key(seed).hex(),
        "signed": signed,
        "request": {
            **request,
            "challenge": challenge.hex(),
            "body": body.hex(),
            "message": message.hex(),
            "signature": sign(seed, "spare-key/v1/request", message).hex(),
        },
    }
