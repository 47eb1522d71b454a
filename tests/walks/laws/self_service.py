"""What no step may break of the ways back that need nobody’s help."""

import hashlib
from collections import Counter
from datetime import timedelta

from tests.walks.stage.act import FINISHES, UNDOS, Act
from tests.walks.stage.sight import OPEN, Sight
from webapp import limits

KEPT = ("user_id", "sign_in_id", "way", "sign_public", "recipient", "made_at")


KIT = ("kit_number", "kit_confirmed_at", "kit_verify_key")


def kits(act: Act, before: Sight, after: Sight) -> None:
    """Only its member changes a kit, and a recovery or its undo."""
    for user, row in after.users.items():
        if any(row[name] != before.users[user][name] for name in KIT):
            assert act.kind in UNDOS | FINISHES | {"change_kit"}, f"{act.kind} changed a kit"
            assert act.user == user, "somebody else’s kit changed"
        elif (act.kind, act.user) == ("change_kit", user):
            raise AssertionError("the kit that was confirmed does not count")


def own_recoveries(act: Act, before: Sight, after: Sight) -> None:
    """Each is begun in a living session while nothing holds the account, and finished there once, by its device."""
    for key, row in after.owns.items():
        former = before.owns.get(key)
        if former is None:
            place = (act.kind, act.user, act.device, act.session)
            assert place == ("begin_alone", row["user_id"], key, row["sign_in_id"]), f"{act.kind} began a recovery"
            assert not before.is_held(row["user_id"]), "an own recovery while the account is on hold"
            assert before.is_alive(row["sign_in_id"]), "an own recovery by no session"
            assert key not in before.devices, "a device that is known was to be recovered"
            continue
        assert all(former[name] == row[name] for name in KEPT), "an own recovery became another"
        if row["finished_at"] != former["finished_at"]:
            assert former["finished_at"] is None, "finished twice"
            assert (act.kind, act.device) == ("finish_alone", key), f"{act.kind} finished an own recovery"
    for key, row in after.undos.items():
        if key not in before.undos:
            window = limits.NEW_ACCOUNT_UNDO_WINDOW if row["way"] == "new_account" else limits.UNDO_WINDOW
            account = before.account_under(row["user_id"])  # what is recovered in it can be undone as long as it can
            least = account["until"] if account else ""
            span = max(before.ago(-window), least), max(after.ago(-window), least)
            assert span[0] <= row["until"] <= span[1], "a recovery can be undone for another time than it should be"


def require_own_finish(act: Act, before: Sight, after: Sight, user: str) -> None:
    """What a Finish without an admin needs, and what it stops."""
    row = before.owns[act.device]
    assert (row["user_id"], row["finished_at"]) == (user, None), "a Finish of what was begun by nobody"
    assert row["sign_in_id"] == act.session, "a Finish by another session than began"
    assert row["made_at"] > before.ago(limits.OWN_RECOVERY_LIFE), "a Finish after its time"
    assert not before.is_held(user), "a Finish while the account is on hold"
    mine = [asked for asked in after.requests.values() if asked["user_id"] == user and asked["state"] in OPEN]
    assert not mine, "a request is open after an own recovery"
    if row["way"] == "new_account":
        session = before.sign_ins[act.session]
        typed = session["password_at"] or session["created_at"]
        assert typed > before.ago(limits.PASSWORD_SHOWN + timedelta(seconds=1)), "a new account without the password"


def told_of_own(before: Sight, after: Sight) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str]]:
    """Events and notices that are due, and the members whose recovery the admins hear of."""
    events: Counter[tuple[str, str]] = Counter()
    notices: Counter[tuple[str, str]] = Counter()
    done = []
    for key, row in after.owns.items():
        former, member = before.owns.get(key), row["user_id"]
        if former is None:
            events["own_recovery.begun", member] += 1
            by = hashlib.sha256(row["sign_in_id"].encode()).hexdigest(), row["way"]
            # Since the last notice, not since the last file that was fetched: that window slides, and never ends.
            is_due = before.told_of_own.get(by, "") <= after.ago(limits.OWN_RECOVERY_LIFE)
            if row["way"] != "new_account" and is_due:
                notices["own_recovery_begun", member] += 1
        elif row["finished_at"] and not former["finished_at"]:
            events["own_recovery.completed", member] += 1
            notices["own_recovery_completed", member] += 1
            done.append(member)
    return events, notices, done
