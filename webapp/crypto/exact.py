"""JSON that somebody signed: it is kept and verified as it came; this reads what it says, without believing it."""

import json
from typing import Any

from webapp.crypto.framing import Malformed


def read_exact(exact: str, limit: int) -> dict[str, Any]:
    """The object that `exact` is. Raises Malformed: too long, no JSON object, or a name twice in it, where readers
    differ about which value counts."""
    if len(exact) > limit:
        raise Malformed("too long")
    try:
        fields = json.loads(exact, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(fields, dict):
        raise Malformed("not an object")
    return fields


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
