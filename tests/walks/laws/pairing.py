"""What no step may break of pairings: who moves them and when, and what they leave as it was."""

from sqlite3 import Row

from tests.walks.stage.act import RESETS, Act
from tests.walks.stage.pairing_moves import locked, moved
from tests.walks.stage.sight import PAIRING, Sight
from webapp import limits

KEPT = ("user_id", "device_id", "sign_public", "recipient", "announcement", "announcement_signature", "made_at")
BY_OTHER, BY_NEW = {"offer", "refuse", "confirm", "decline"}, {"answer", "complete"}
ACTS = BY_OTHER | BY_NEW | {"pair", "withdraw", "take"}
ACCOUNT = ("epoch", "kit_number", "kit_confirmed_at", "password_hash", "session_epoch", "reset_at")


def pairings(act: Act, before: Sight, after: Sight) -> None:
    """At most one is open; each moves by its table, by those whose move it is; codes are counted."""
    for key, row in after.pairings.items():
        if key not in before.pairings:
            _require_opened(act, before, after, row)
    for former, row, moves in moved(act, before, after):
        assert all(former[name] == row[name] for name in KEPT), "a pairing became another"
        for move in moves:
            _require_part(act, before, after, former, move)
        _require_times(before, after, row, moves)
        if "complete" in moves:
            _require_new_device(before, after, row)
    locked(act, before, after)
    for user in after.users:
        _require_stopped(act, before, after, user)
    if act.kind in ACTS:
        _require_untouched(act, before, after)


def _require_opened(act: Act, before: Sight, after: Sight, row: Row) -> None:
    user = row["user_id"]
    assert (act.kind, act.user, act.device) == ("pair", user, row["device_id"]), f"{act.kind} opened a pairing"
    assert (row["state"], row["version"]) == ("opened", 1)
    assert not before.is_held(user), "a pairing while the account is on hold"
    assert not after.is_locked(user), "a pairing while pairing is locked"
    assert row["device_id"] not in before.devices, "a device that is known was to be paired"
    span = before.ago(-limits.PAIRING_LIFE), after.ago(-limits.PAIRING_LIFE)
    assert span[0] <= row["expires_at"] <= span[1], "a pairing is open for another time than it should be"


def _require_part(act: Act, before: Sight, after: Sight, former: Row, move: str) -> None:
    if move == "expire":
        assert former["expires_at"] <= after.now, "a pairing expired before its time"
    elif move == "lapse":
        assert former["code_expires_at"] <= after.now, "a code lapsed before its time"
    elif move != "lock":
        assert former["expires_at"] > before.now, f"{move} after the time of the pairing"
    if move == "offer":
        assert not before.is_locked(former["user_id"]), "a code while pairing is locked"
    _require_device(act, before, former, move)


def _require_device(act: Act, before: Sight, former: Row, move: str) -> None:
    if move in ("answer", "refuse", "confirm"):
        assert former["code_expires_at"] > before.now, f"{move} after the time of the code"
    if move in BY_NEW:
        assert act.device == former["device_id"], f"{move} by another device than asked"
    if move in BY_OTHER:
        row = before.devices[act.device]
        assert row["user_id"] == former["user_id"], f"{move} by somebody else’s device"
        assert before.can_pair(act.device), f"{move} by a device that may not"
    if move in ("refuse", "confirm"):
        assert act.device == former["other_device_id"], f"{move} by a device that shows no code"


def _require_times(before: Sight, after: Sight, row: Row, moves: tuple[str, ...]) -> None:
    """When it ends, and until when its code is good."""
    former = before.pairings[row["id"]]
    lives = {"offer": limits.PAIRING_CODE_LIFE, "answer": limits.PAIRING_ANSWER_LIFE}
    last = moves[-1]
    if last in lives:
        span = before.ago(-lives[last]), after.ago(-lives[last])
        assert span[0] <= row["code_expires_at"] <= span[1], f"{last}: a code lives for another time than it should"
    if last == "confirm":
        assert row["expires_at"] <= after.ago(-limits.PAIRING_LIFE), "a pairing lives too long"
    else:
        assert row["expires_at"] == former["expires_at"], f"{last} moved the end of a pairing"


def _require_new_device(before: Sight, after: Sight, row: Row) -> None:
    """The keys that were announced, and nothing else; whoever handed the key over is active with it, not before."""
    device = after.devices[row["device_id"]]
    assert row["device_id"] not in before.devices
    assert device["state"] == "active"
    assert all(device[name] == row[name] for name in ("user_id", "sign_public", "recipient")), "another device came"
    assert after.devices[row["other_device_id"]]["state"] == "active", "the device that let it in is not active"


def _require_stopped(act: Act, before: Sight, after: Sight, user: str) -> None:
    """What befalls the account ends its pairing; a device that is unpaired lets nobody in."""
    row, was = after.users[user], before.users[user]
    befell = row["epoch"] != was["epoch"] or (act.kind in RESETS and row["reset_at"] != was["reset_at"])
    befell = befell or (act.user == user and act.kind in {"veto", "unpair_others", "take_away"}) or after.is_held(user)
    for pairing in after.pairings.values():
        if pairing["user_id"] == user and pairing["state"] in PAIRING:
            assert not befell, f"a pairing is open after {act.kind}"
            shows = after.devices.get(pairing["other_device_id"] or "")
            assert shows is None or shows["state"] != "unpaired", "a device that is unpaired lets another in"


def _require_untouched(act: Act, before: Sight, after: Sight) -> None:
    """Epoch, kit, password and the other devices stay as they are; the vault is saved only with the key’s sending."""
    for user, row in after.users.items():
        assert all(row[name] == before.users[user][name] for name in ACCOUNT), f"{act.kind} changed an account"
    if act.kind != "confirm":
        assert after.files == before.files, f"{act.kind} changed a vault"
    helper = {row["other_device_id"] for _, row, moves in moved(act, before, after) if "complete" in moves}
    for key, device in before.devices.items():
        names = [name for name in device.keys() if key not in helper or name != "state"]  # noqa: SIM118
        assert all(device[name] == after.devices[key][name] for name in names), f"{act.kind} changed another device"
    assert before.locks == {key: after.locks[key] for key in before.locks}, f"{act.kind} changed a lock"
