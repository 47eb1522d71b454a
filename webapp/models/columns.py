"""Column shapes that many tables share."""

import secrets
from typing import Annotated

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
