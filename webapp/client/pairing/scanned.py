"""The address that the QR code of a pairing code holds: see `static/js/crypto/scanned-codes.js`."""

import re
from dataclasses import dataclass

from webapp.client.formats.encoding import sha256_hex

MARK = 24
FRAGMENT = re.compile(r"(\d{6})\.([0-9a-f]{24})\.(\w{0,40})", re.ASCII)


@dataclass(frozen=True)
class Scanned:
    """What the fragment says: the code, the mark of the offer that it is for, and the name of the new browser or ""."""

    code: str
    mark: str
    browser: str


def mark_of(offer: str) -> str:
    """Tells this offer from any other."""
    return sha256_hex(offer.encode())[:MARK]


def scanned_address(origin: str, pairing: str, code: str, offer: str, browser: str) -> str:
    """What the QR code beside the digits holds."""
    name = browser.replace(" ", "_")
    said = name if re.fullmatch(r"\w{0,40}", name, re.ASCII) else ""
    return f"{origin}/pair/{pairing}/code#{code}.{mark_of(offer)}.{said}"


def read_scanned(fragment: str) -> Scanned | None:
    """The parts of a fragment, without its #; None: it is none of ours."""
    found = FRAGMENT.fullmatch(fragment)
    return Scanned(found[1], found[2], found[3].replace("_", " ")) if found else None
