"""What files of a vault are called outside of this site, as `static/js/device/file-names.js` names and finds them."""

import re
from datetime import UTC, datetime

ODD = re.compile(r"[^\w@.+-]")


def vault_file_name(account: str, at: datetime) -> str:
    """Whose, of when in UTC: `Spare Key alice@example.org 2026-11-27T02-00-00Z.age`."""
    return f"Spare Key {ODD.sub('_', account)[:80]} {at.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}.age"
