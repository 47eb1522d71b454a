"""Laws of a walk about the end of sessions: each says why, once and for all, and so does each lock."""

from tests.walks.stage.act import Act
from tests.walks.stage.sight import Sight
from webapp import limits


def require_reasons(act: Act, before: Sight, after: Sight) -> None:
    """Whatever ends a session says why in the same act, and nothing says it anew. A session that goes on says why its
    last tab was locked."""
    open_before, open_after = ({tab["sign_in_id"] for tab in sight.tab_keys.values()} for sight in (before, after))
    for key, row in before.sign_ins.items():
        now, alive = after.sign_ins[key], after.is_alive(key)
        if row["ended_at"] is not None:
            ending = ("ended_at", "ended_why", "ended_by")
            assert [now[name] for name in ending] == [row[name] for name in ending], f"{act.kind} gave another reason"
        elif now["ended_at"] is not None:
            assert now["ended_why"], f"a session that {act.kind} ended doesn’t say why"
            assert not alive, f"{act.kind} ended a session that goes on"
        elif before.is_alive(key) and not alive:
            assert now["created_at"] <= after.ago(limits.SESSION_LIFE), f"a session that {act.kind} ended has no end"
        if alive and key in open_before - open_after:
            assert now["locked_why"], f"tabs that {act.kind} locked don’t say why"
