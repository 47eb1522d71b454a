"""Column shapes that many tables share."""

import re
import secrets
from typing import Annotated, Any, TypeGuard

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.orm import mapped_column

from webapp.email_addresses import key_of

Id = Annotated[str, mapped_column(String(32))]
Sha256 = Annotated[str, mapped_column(String(64))]
Octets = Annotated[bytes, mapped_column(LargeBinary)]
Name = Annotated[str, mapped_column(String(200))]
BigNumber = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"))]
"""A count without an end in sight, in 64 bits: SQLite’s INTEGER has them, and only under that name it numbers rows."""
Exact = Annotated[str, mapped_column(Text)]
"""Text that was signed: kept as it came, never written anew."""


def new_id() -> str:
    """32 lower-case hex characters, unguessable."""
    return secrets.token_hex(16)


def key_of_row(context: Any) -> str:
    """The key of the `email` of the row that is written (a default of SQLAlchemy’s)."""
    return key_of(context.get_current_parameters()["email"])


def is_id(value: object) -> TypeGuard[str]:
    """Whether it has the shape that `new_id`, or a browser, gives an id."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{32}", value) is not None
