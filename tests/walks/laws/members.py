"""What no step may break of accounts that an admin manages: who does it, what ends with it, and what stays."""

from collections import Counter

from tests.walks.stage.act import UNDOS, Act
from tests.walks.stage.sight import OPEN, PAIRING, Sight

OFFICES = ("epoch", "password_hash", "reset_at", "kit_number", "kit_confirmed_at", "kit_verify_key")
"""Of an account: what is its member’s."""
Told = Counter[tuple[str, str | None]]


def may_manage(sight: Sight, by: str, user: str) -> bool:
    """Whether this admin may disable, enable and unpair: owners everybody but themselves, admins members."""
    owner = sight.users[by]["role"] == "owner"
    return by in sight.admins() and by != user and (owner or sight.users[user]["role"] == "member")


def members(act: Act, before: Sight, after: Sight) -> None:
    """Disabling ends everything that runs and takes nothing away; enabling gives nothing but the way in."""
    for user, row in after.users.items():
        was = before.users[user]
        if row["disabled_at"] != was["disabled_at"]:
            kind = "disable" if row["disabled_at"] else "enable"
            assert (act.kind, act.user) == (kind, user), f"{act.kind} changed whether an account is disabled"
            assert may_manage(before, act.by, user), f"{kind}d by an admin who may not"
            assert all(row[name] == was[name] for name in OFFICES), f"{kind} changed what is the member’s"
            assert _belongings(before, user) == _belongings(after, user), f"{kind} took or gave something"
        if row["disabled_at"]:
            _require_quiet(act, before, after, user)
            if was["disabled_at"] and act.kind not in UNDOS:
                assert all(row[name] == was[name] for name in OFFICES), f"{act.kind} changed a disabled account"
    _roles(act, before, after)


def _roles(act: Act, before: Sight, after: Sight) -> None:
    """Owners give them, and one is left."""
    assert after.owners(), "no owner is left"
    for user, row in after.users.items():
        if row["role"] != before.users[user]["role"]:
            assert (act.kind, act.user) == ("change_role", user), f"{act.kind} changed a role"
            assert act.by in before.owners(), "a role was given by nobody who may"
            assert row["disabled_at"] is None, "somebody got a role who is disabled"


def _belongings(sight: Sight, user: str) -> tuple[object, ...]:
    devices = {key: row["state"] for key, row in sight.devices.items() if row["user_id"] == user}
    locks = {key: sight.versions(key) for key in devices}
    files = {key: sha256 for key, sha256 in sight.files.items() if sight.vaults[key]["user_id"] == user}
    return devices, locks, files, {key for key, row in sight.backups.items() if row["user_id"] == user}


def _require_quiet(act: Act, before: Sight, after: Sight, user: str) -> None:
    """Nothing runs in the name of who is disabled, and nothing begins."""
    for rows, states in ((after.requests, OPEN), (after.pairings, PAIRING)):
        runs = [row["state"] for row in rows.values() if row["user_id"] == user and row["state"] in states]
        assert not runs, f"something runs for a disabled member after {act.kind}: {runs}"
    for old, new in ((before.sign_ins, after.sign_ins), (before.owns, after.owns), (before.devices, after.devices)):
        came = [key for key, row in new.items() if row["user_id"] == user and key not in old]
        assert not came, "something began for a disabled member"
    open_tabs = [tab for tab in after.tab_keys.values() if after.devices[tab["device_id"]]["user_id"] == user]
    assert not open_tabs, "a tab of a disabled member is open"


def told_of_members(act: Act, before: Sight, after: Sight) -> tuple[Told, Told]:
    """Events and notices that are due."""
    events, notices = Told(), Told()
    for user, row in after.users.items():
        if bool(row["disabled_at"]) != bool(before.users[user]["disabled_at"]):
            deed = "disabled" if row["disabled_at"] else "enabled"
            events[f"user.{deed}", user] += 1
            notices[f"account_{deed}", user] += 1
            notices.update(("account_changed_admin", admin) for admin in after.admins() - {act.by, user})
        if row["role"] != before.users[user]["role"]:
            events["user.role_changed", user] += 1
            notices["role_changed", user] += act.by != user
            notices.update(("account_changed_admin", admin) for admin in after.admins() - {act.by, user})
    if act.kind == "take_away":
        notices["devices_taken", act.user] += 1
        notices.update(("account_changed_admin", admin) for admin in after.admins() - {act.by, act.user})
    return +events, +notices
