"""Whether JSON from elsewhere has exactly the fields its format names, each of the right kind."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from webapp.client.crypto.identities import check_recipient, read_identity
from webapp.client.errors import Malformed
from webapp.client.formats.encoding import from_base64

Check = Callable[[object], bool]
ID = re.compile("[0-9a-f]{32}")
SHA256 = re.compile("[0-9a-f]{64}")
FINGERPRINT = re.compile("[a-z2-7]{52}")
LARGEST = 2**53 - 1
"""The largest whole number that a browser reads back as it was written."""


def text(value: object) -> bool:
    """Any text."""
    return isinstance(value, str)


def number(value: object) -> bool:
    """A whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def matches(pattern: re.Pattern[str]) -> Check:
    """Text of exactly this form."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def exactly(expected: object) -> Check:
    """This one value (and not `True` for 1)."""
    return lambda value: type(value) is type(expected) and value == expected


identifier = matches(ID)
sha256 = matches(SHA256)
fingerprint = matches(FINGERPRINT)


def octets(length: int) -> Check:
    """Base64 of this many bytes."""
    return accepts(lambda value: from_base64(value, length))


def accepts(work: Callable[[object], object]) -> Check:
    """Whatever `work` doesn't call Malformed."""

    def check(value: object) -> bool:
        try:
            work(value)
        except Malformed:
            return False
        return True

    return check


recipient = accepts(check_recipient)
identity = accepts(read_identity)


def each(shape: Mapping[str, Check]) -> Check:
    """A list of objects of this shape."""
    return lambda value: isinstance(value, list) and all(fits(entry, shape) for entry in value)


def either(*checks: Check) -> Check:
    """Whatever passes one of these."""
    return lambda value: any(check(value) for check in checks)


def record(shape: Mapping[str, Check]) -> Check:
    """An object of this shape."""
    return lambda value: fits(value, shape)


def fits(value: object, shape: Mapping[str, Check]) -> bool:
    """Whether `value` is an object with exactly these fields; one whose name ends in `?` may be missing."""
    if not isinstance(value, dict):
        return False
    checks = {name.removesuffix("?"): check for name, check in shape.items()}
    needed = {name for name in shape if not name.endswith("?")}
    return needed <= value.keys() <= checks.keys() and all(checks[name](part) for name, part in value.items())


def require(value: object, shape: Mapping[str, Check]) -> dict[str, Any]:
    """`value`, if it fits; raises Malformed."""
    if not isinstance(value, dict) or not fits(value, shape):
        raise Malformed("fields")
    return value
