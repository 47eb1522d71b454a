"""What no step may break of restore requests: who moves them, and when."""

from datetime import timedelta
from typing import Any

from tests.walks.stage.act import RESETS, UNDOS, Act
from tests.walks.stage.audit import PATHS
from tests.walks.stage.sight import OPEN, Sight

STEPS = {
    "requested": {"approved", "denied", "cancelled", "expired", "stopped"},
    "approved": {"released", "cancelled", "expired", "stopped"},
    "released": {"completed", "cancelled", "expired", "stopped"},
}


MOVERS = {
    "approved": {"approve"},
    "denied": {"deny"},
    "cancelled": {"cancel"},
    "released": {"release"},
    "completed": {"finish"},
    "stopped": RESETS | UNDOS | {"finish_alone", "disable"},
}


def requests(act: Act, before: Sight, after: Sight) -> None:
    """At most one is open; each moves by its table, and only by those whose move it is."""
    for user in after.users:
        after.asked(user)
    for key, row in after.requests.items():
        former, state = before.requests.get(key), row["state"]
        if former is None:
            assert (act.kind, act.user, state) == ("ask", row["user_id"], "requested")
            assert not before.is_held(row["user_id"]), "a request while the account is on hold"
        elif former["state"] != state:
            path = PATHS.get((former["state"], state), (state,))
            assert path[0] in STEPS[former["state"]], f"{former['state']} became {state}"
            _require_part(act, before, row, state, after.now)
        if former is not None:
            _require_times(act, before, after, key)
    for user in after.users:
        if after.is_held(user):
            opened = [r for r in after.requests.values() if r["user_id"] == user and r["state"] in OPEN]
            assert not opened, "a request is open while the account is on hold"


def _require_part(act: Act, before: Sight, row: Any, state: str, now: str) -> None:
    user = row["user_id"]
    if state == "expired":
        assert row["expires_at"] <= now, "it expired before its time"
        return
    assert act.user == user, f"{act} made somebody else’s request {state}"
    assert act.kind in MOVERS[state], f"{act.kind} made a request {state}"
    if state == "approved":
        assert act.by in before.admins(), "approved by nobody who may"
        assert before.standing(act.by, user) in ("free", "waits"), (
            f"approved by a {before.standing(act.by, user)} admin"
        )
    elif state == "denied":
        assert act.by in before.admins() - {user}, "denied by nobody who may"
    elif state in ("released", "completed"):
        assert act.device == row["device_id"], f"{state} by another device than asked"


def _require_times(act: Act, before: Sight, after: Sight, key: str) -> None:
    """It lives as long as its member was told, until its approval counts or the wait for that begins: at once where a
    free admin gave it; else when the member’s notice arrived."""
    former, row = before.requests[key], after.requests[key]
    if row["usable_at"] == former["usable_at"]:
        assert row["expires_at"] == former["expires_at"], "another expiry, and nothing counts that did not before"
        return
    assert former["usable_at"] is None, "a wait that began twice"
    if act.kind == "approve" and before.standing(act.by, row["user_id"]) == "free":
        assert before.now <= row["usable_at"] <= after.now
        return
    assert row["waits_for"] in after.arrived, "a wait began before its notice arrived"
    assert row["usable_at"] >= before.ago(-timedelta(hours=row["wait_hours"])), "a wait is too short"
