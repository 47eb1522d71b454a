"""Column shapes that many tables share."""

import re
import secrets
from typing import Annotated, TypeGuard

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import mapped_column

Id = Annotated[str, mapped_column(String(32))]
Sha256 = Annotated[str, mapped_column(String(64))]
Octets = Annotated[bytes, mapped_column(LargeBinary)]
Name = Annotated[str, mapped_column(String(200))]
Exact = Annotated[str, mapped_column(Text)]
"""Text that was signed: kept as it came, never written anew."""


def new_id() -> str:
    """32 lower-case hex characters, unguessable."""
    return secrets.token_hex(16)


def is_id(value: object) -> TypeGuard[str]:
    """Whether it has the shape that `new_id`, or a browser, gives an id."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None
