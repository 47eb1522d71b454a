"""Whether JSON from elsewhere has the fields its format names, each of the right kind. Further fields are let be."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from webapp.client.errors import Malformed

Check = Callable[[object], bool]
ID = re.compile("[0-9a-f]{32}")
SHA256 = re.compile("[0-9a-f]{64}")
FINGERPRINT = re.compile("[a-z2-7]{52}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
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
time = matches(MOMENT)


def demand(value: object, shape: Mapping[str, Check]) -> dict[str, Any]:
    """`value`, if it is an object with these fields; raises Malformed naming the first that isn't right."""
    if not isinstance(value, dict):
        raise Malformed("an object expected")
    for name, check in shape.items():
        if name not in value or not check(value[name]):
            raise Malformed(name)
    return value


def demand_list(value: object, shape: Mapping[str, Check]) -> list[dict[str, Any]]:
    """`value`, if it is a list of objects with these fields; raises Malformed."""
    if not isinstance(value, list):
        raise Malformed("a list expected")
    return [demand(entry, shape) for entry in value]
