"""What no step may break of devices: how they come, what they become, and what is kept of those that are unpaired."""

from sqlite3 import Row

from tests.walks.laws.members import may_manage
from tests.walks.stage.act import FINISHES, RESETS, UNDOS, Act
from tests.walks.stage.pairing_moves import moved
from tests.walks.stage.sight import Sight
from webapp import limits

UNPAIR = {"unpair", "unpair_others", "destroy"}
BECOME = {"prior": RESETS, "unpaired": UNDOS | UNPAIR | FINISHES | {"take_away"}, "active": {"complete"}}
RETURN = UNDOS | {"return"}


def devices(act: Act, before: Sight, after: Sight, destroyed: set[str]) -> None:
    """A device changes only by what befalls its member, or by the member’s own word from a device that opens."""
    for key, row in after.devices.items():
        former = before.devices.get(key)
        if former is None:
            assert (act.device, row["state"]) == (key, "active"), "a device came that nobody asked for"
            assert act.kind in FINISHES | {"complete"}, f"{act.kind} made a device"
            continue
        if former["state"] != row["state"]:
            _require_change(act, before, after, former, row)
        _require_locks(act, before, after, former, row)
        spent = former["tries_left"] - row["tries_left"]
        assert act.kind != "unlock" or spent <= (key == act.device), f"one PIN was counted {spent} times"
    _require_ended(act, before, after)
    _require_taken(act, before, after)
    if act.kind == "destroy":
        destroyed.add(act.target)
    for key in destroyed:
        assert after.devices[key]["state"] == "unpaired", "a device that was destroyed came back"
        assert after.versions(key) == [], "a device that was destroyed still has a lock"
    if act.kind == "veto" and before.users[act.user]["epoch"] == after.users[act.user]["epoch"]:
        was, now = _paired(before, act.user), _paired(after, act.user)
        assert (was - now, now - was) == (act.leaving, act.returning), "a veto changed other devices than were named"
    _require_tabs(after)


def _require_tabs(after: Sight) -> None:
    for tab in after.tab_keys.values():
        state = after.devices[tab["device_id"]]["state"]  # a prior one is marked, too: its PIN was typed
        allowed = {"active"} if tab["key"] else {"active", "prior"}
        assert state in allowed, "an open tab of a device that opens nothing"


def _require_change(act: Act, before: Sight, after: Sight, former: Row, row: Row) -> None:
    key, state, left = row["id"], row["state"], former["state"] == "unpaired"
    assert act.kind in (RETURN if left else BECOME[state]), f"{act.kind} made a device {state}"
    assert act.user == row["user_id"], "somebody else’s device changed"
    if act.kind == "complete":
        helper = [pairing["other_device_id"] for _, pairing, moves in moved(act, before, after) if "complete" in moves]
        assert helper == [key], "a pairing made a device active that did not let the new one in"
    if act.kind in UNPAIR | {"return"}:
        assert before.opens_for(act.user, act.device), f"{act.kind} by a device that opens nothing"
        assert key == act.target or (act.kind == "unpair_others" and key != act.device), f"{act.kind} of another device"
    if act.kind in ("unpair", "unpair_others"):
        assert (row["unpaired_by"], row["unpaired_epoch"]) == (act.device, None)
        span = before.ago(-limits.UNDO_WINDOW), after.ago(-limits.UNDO_WINDOW)
        assert span[0] <= row["share_until"] <= span[1], "what an unpaired device needs is kept for another time"
    if act.kind == "return":
        assert may_return(before, former), "a device was brought back that could not be"
    if left:
        assert state == came_back_as(after, former), "a device came back as another"


def _require_locks(act: Act, before: Sight, after: Sight, former: Row, row: Row) -> None:
    key, lost = row["id"], set(before.versions(row["id"])) - set(after.versions(row["id"]))
    if act.kind == "destroy" and key == act.target:
        assert act.device == key or not is_new_beside(before, act.device, key), "a new device destroyed an older one"
        assert former["unpaired_epoch"] is None, "what the undo of a recovery needs was destroyed"
    elif row["lock_destroyed_at"] != former["lock_destroyed_at"]:
        assert act.kind == "worker" or (act.kind, act.device) == ("unlock", key), f"{act.kind} destroyed a lock"
        assert (former["tries_left"] <= 1, row["tries_left"], after.versions(key)) == (True, 0, [])
    elif lost and row["state"] == "unpaired":
        assert row["share_until"] is None or row["share_until"] <= after.now, "a share that is needed is gone"
    elif lost:
        assert (act.kind, act.device) == ("unlock", key)


def _require_ended(act: Act, before: Sight, after: Sight) -> None:
    """What the member unpairs, or an admin, is signed out, whatever its browser says of itself since."""
    if act.kind not in UNPAIR | {"take_away"}:
        return
    rows = after.devices.items()
    gone = {key for key, row in rows if row["state"] == "unpaired" != before.devices[key]["state"]} | {act.target}
    for key, row in before.sign_ins.items():
        if row["device_id"] != act.device and {row["device_id"], row["last_device_id"]} & gone:
            assert not after.is_alive(key), f"a session of an unpaired device outlived {act.kind}"


def _require_taken(act: Act, before: Sight, after: Sight) -> None:
    """An admin unpairs what was named and nothing else, and no device brings it back."""
    if act.kind != "take_away":
        return
    assert may_manage(before, act.by, act.user), "devices were taken by an admin who may not"
    assert _paired(before, act.user) - _paired(after, act.user) == act.leaving, "other devices were taken than named"
    span = before.ago(-limits.UNDO_WINDOW), after.ago(-limits.UNDO_WINDOW)
    for row in (after.devices[key] for key in act.leaving):
        assert (row["unpaired_by"], row["unpaired_epoch"]) == (None, None), (
            "a device that was taken can be brought back"
        )
        assert span[0] <= row["share_until"] <= span[1], "what a taken device needs is kept for another time"


def _paired(sight: Sight, user: str) -> frozenset[str]:
    mine = [row for row in sight.devices.values() if row["user_id"] == user]
    return frozenset(row["id"] for row in mine if row["state"] != "unpaired")


def paired_lately(sight: Sight, user: str, said_by: str | None) -> set[str]:
    """Devices that were paired, lately, and can be taken back: from a mail those, too, that such a one unpaired; from a
    device only what came after it."""
    since = sight.ago(limits.UNDO_WINDOW)
    came = {
        row["device_id"]
        for row in sight.pairings.values()
        if row["user_id"] == user and row["state"] == "completed" and row["ended_at"] > since
    }
    if said_by:
        came = {key for key in came if sight.devices[key]["enrolled_at"] > sight.devices[said_by]["enrolled_at"]}
    found = {key for key in came if sight.devices[key]["state"] != "unpaired"}
    found |= (
        set() if said_by else {key for key in came if unpaired_by(sight, {key}) - {key}}
    )  # whoever has unpaired it since
    while not said_by and (more := (unpaired_by(sight, found) & came) - found):
        found |= more
    return found


def unpaired_by(sight: Sight, devices: set[str]) -> set[str]:
    """What these have unpaired that can come back."""
    return {key for key, row in sight.devices.items() if row["unpaired_by"] in devices and may_return(sight, row)}


def may_return(sight: Sight, device: Row) -> bool:
    """Whether a device of its member can bring it back: one of them unpaired it, no recovery came since, and its part
    of the key is kept."""
    if (device["state"], device["unpaired_epoch"]) != ("unpaired", None) or device["unpaired_by"] is None:
        return False
    kept = device["share_until"] is not None and device["share_until"] > sight.now and sight.versions(device["id"])
    since = [
        undo
        for undo in sight.undos.values()
        if undo["user_id"] == device["user_id"]
        and (undo["made_at"] >= device["unpaired_at"] or (undo["undone_at"] or "") >= device["unpaired_at"])
    ]
    return bool(kept) and not since


def may_be_destroyed(sight: Sight, device: Row) -> bool:
    """Whether anything is left of it that its member may throw away."""
    return device["state"] != "unpaired" or (device["unpaired_epoch"] is None and bool(sight.versions(device["id"])))


def is_new_beside(sight: Sight, by: str, device: str) -> bool:
    """Whether the one came after the other, and lately."""
    if by not in sight.devices:
        return False
    newer, older = sight.devices[by]["enrolled_at"], sight.devices[device]["enrolled_at"]
    return by != device and older < newer and newer > sight.ago(limits.UNDO_WINDOW)


def came_back_as(sight: Sight, device: Row) -> str:
    """What an unpaired device is when it comes back: what it was, a reset since then aside."""
    reset_at = sight.users[device["user_id"]]["reset_at"]
    was_reset = reset_at is not None and reset_at > device["unpaired_at"]
    return "prior" if was_reset else str(device["unpaired_from"])
