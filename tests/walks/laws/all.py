"""What no step may break: each law looks at what was done and at two sights."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.walks.laws.devices import devices
from tests.walks.laws.factors import factors
from tests.walks.laws.keys import organisation_keys
from tests.walks.laws.members import members
from tests.walks.laws.pairing import pairings
from tests.walks.laws.requests import requests
from tests.walks.laws.self_service import kits, own_recoveries, require_own_finish
from tests.walks.laws.sessions import require_reasons
from tests.walks.stage.act import FINISHES, RESETS, UNDOS, Act
from tests.walks.stage.sight import Sight
from webapp import limits

MARKS = {
    "admin_reset_by_mail": Counter(["reset_password"]),
    "admin_reset_by_hand": Counter(["reset_password", "held_link"]),
    "lift": Counter(["lifted_hold"]),
    "factor_reset": Counter(["reset_second_factor"]),
    "take_away": Counter(["unpaired_devices"]),
}


@dataclass(frozen=True)
class Promise:
    """What stood before a Finish, so what its undo gives back."""

    user: str
    former: str
    sha256: str
    kit: tuple[int, str | None, bytes | None]
    devices: dict[str, str]
    """Those that the Finish unpaired, and what they were."""
    locks: dict[str, list[int]]
    """Of those whose PIN could be tried."""


@dataclass
class Book:
    """What the walk remembers, because no row says it."""

    promises: dict[str, Promise] = field(default_factory=dict)
    """By the id of the undo."""
    renewed: dict[str, list[str]] = field(default_factory=dict)
    """When each password was changed or reset."""
    kept: list[str] = field(default_factory=list)
    """What Undo gave back since it was last asked: ids of undos."""
    destroyed: set[str] = field(default_factory=set)
    """Devices that were unpaired for good."""


def check(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """Raise AssertionError where a law is broken."""
    for law in (_vaults, _undos, _sessions, _holds, _links):
        law(act, before, after, book)
    devices(act, before, after, book.destroyed)
    requests(act, before, after)
    pairings(act, before, after)
    own_recoveries(act, before, after)
    kits(act, before, after)
    members(act, before, after)
    organisation_keys(act, before, after)
    factors(act, before, after)
    assert not after.miscounted, f"{act.kind} left another number of sealed values than is there"
    require_reasons(act, before, after)


def _vaults(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """Only a Finish, or a save from an active device, changes a vault; nothing is ever removed."""
    assert set(before.files) <= set(after.files), "a vault is gone"
    for key, sha256 in after.files.items():
        row = after.vaults[key]
        assert row["sha256"] == sha256
        if key not in before.files:
            _require_finish(act, before, after, row["user_id"])
            assert row["epoch"] == after.users[row["user_id"]]["epoch"]
            assert row["epoch"] == 1 + max(v["epoch"] for v in before.vaults.values() if v["user_id"] == row["user_id"])
        elif before.files[key] != sha256:
            assert act.kind in ("save", "confirm", "change_kit"), f"{act.kind} changed a vault"
            assert act.user == row["user_id"], "somebody else’s vault changed"
            assert key == before.current(act.user), "an archived vault was written to"
            may = before.can_pair if act.kind == "confirm" else before.opens
            assert may(act.device), "a save from a device that may not"
            assert row["counter"] > before.vaults[key]["counter"]
    for user in after.users:
        if before.users[user]["epoch"] != after.users[user]["epoch"]:
            assert act.user == user, "somebody else’s epoch changed"
            assert act.kind in UNDOS | FINISHES, f"{act.kind} moved the epoch"


def _require_finish(act: Act, before: Sight, after: Sight, user: str) -> None:
    assert (act.kind in FINISHES, act.user) == (True, user), f"{act.kind} began an epoch"
    if act.kind == "finish":
        asked = before.asked(user)
        assert asked, "a Finish without an open request"
        assert (asked["state"], asked["device_id"]) == ("released", act.device), "a Finish by another device than asked"
    else:
        require_own_finish(act, before, after, user)
    assert before.is_alive(act.session)
    states = {row["id"]: row["state"] for row in after.devices.values() if row["user_id"] == user}
    assert [key for key, state in states.items() if state != "unpaired"] == [act.device]


def _undos(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """What Undo promises, Undo gives back."""
    for key, row in after.undos.items():
        user = row["user_id"]
        if key not in before.undos:
            book.promises[key] = _promised(before, after, user)
        elif row["undone_at"] and not before.undos[key]["undone_at"]:
            found = before.undo(user)
            assert act.kind in UNDOS, f"{act.kind} took a recovery back"
            assert act.undo == key, "a recovery was undone that nobody named"
            assert (act.user, found and found["id"]) == (user, key), "a recovery was undone that could not be"
            _require_kept(book.promises[key], row["made_at"], after)
            book.kept.append(key)


def _promised(before: Sight, after: Sight, user: str) -> Promise:
    row, former = before.users[user], before.current(user)
    devices = {
        key: device["state"]
        for key, device in before.devices.items()
        if device["user_id"] == user and device["state"] != "unpaired"
    }
    locks = {key: after.versions(key) for key in devices}
    assert locks == {key: before.versions(key) for key in devices}, "a Finish destroyed a lock that Undo needs"
    tried = {key: versions for key, versions in locks.items() if before.devices[key]["tries_left"]}
    return Promise(user, former, before.files[former], _kit(row), devices, tried)


def _kit(user: Any) -> tuple[int, str | None, bytes | None]:
    return user["kit_number"], user["kit_confirmed_at"], user["kit_verify_key"]


def _require_kept(promise: Promise, made_at: str, after: Sight) -> None:
    user = after.users[promise.user]
    assert after.current(promise.user) == promise.former, "another epoch came back"
    assert after.files[promise.former] == promise.sha256, "other bytes came back"
    assert _kit(user) == promise.kit, "another kit came back"
    mine = [row for row in after.devices.values() if row["user_id"] == promise.user]
    assert {row["id"] for row in mine if row["state"] != "unpaired"} == set(promise.devices), "other devices came back"
    was_reset = user["reset_at"] is not None and user["reset_at"] > made_at
    for key, was in promise.devices.items():
        assert after.devices[key]["state"] == ("prior" if was_reset else was), "a device came back as another"
        assert after.versions(key) == promise.locks.get(key, after.versions(key)), "a lock did not come back"


def _sessions(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """A reset, a veto, an undo and a Finish end every session of the member; dead ones stay dead."""
    for key, row in before.sign_ins.items():
        user, was, alive = row["user_id"], before.is_alive(key), after.is_alive(key)
        assert was or not alive, "a session came back"
        reset = after.users[user]["reset_at"] != before.users[user]["reset_at"]
        moved = after.users[user]["epoch"] != before.users[user]["epoch"]
        chosen = after.users[user]["password_hash"] != before.users[user]["password_hash"]
        if reset or moved or chosen or (act.kind, act.user) == ("veto", user):
            kept = act.session if act.kind in FINISHES | {"undo", "password"} else ""
            assert not alive or key == kept, f"a session outlived {act.kind}"
        forgotten = reset or (act.kind in ("veto", "factor_reset") and act.user == user)
        known = "" if forgotten else row["browser_id"]
        assert after.sign_ins[key]["browser_id"] == known, f"{act.kind} and the browsers that are known"
        if reset or act.kind == "veto":
            held = {tab["device_id"] for tab in after.tab_keys.values()}
            assert not any(after.devices[device]["user_id"] == act.user for device in held), "an open tab outlived it"
    for user, account in after.users.items():
        if any(account[name] != before.users[user][name] for name in ("password_hash", "reset_at")):
            book.renewed.setdefault(user, []).append(before.now)
        if account["reset_at"] != before.users[user]["reset_at"]:
            assert (act.kind in RESETS, act.user) == (True, user), f"{act.kind} reset a password"
            active = [row for row in after.devices.values() if (row["user_id"], row["state"]) == (user, "active")]
            assert not active, "a device outlived a reset"


def _holds(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """Only a veto holds an account; a free admin or the operator lifts it; who had a hand in a sign-in is marked."""
    for key, row in after.holds.items():
        former = before.holds.get(key)
        if former is None:
            assert (act.kind, act.user) == ("veto", row["user_id"]), f"{act.kind} held an account"
        elif row["lifted_at"] and not former["lifted_at"]:
            assert (act.kind, act.user) == ("lift", row["user_id"]), f"{act.kind} lifted a hold"
            assert not act.by or before.standing(act.by, act.user) == "free", "lifted by an admin who may not"
    assert set(before.marks) <= set(after.marks), "a mark is gone"
    made = Counter(row["kind"] for key, row in after.marks.items() if key not in before.marks)
    assert made == MARKS.get(act.kind, Counter()) if act.by else not made, f"marks of {act}: {made}"


def _links(act: Act, before: Sight, after: Sight, book: Book) -> None:
    """Each lives its time; nobody but whom it is for, and what makes it needless, closes it."""
    lifted, disabled = (act.user if act.kind == kind else "" for kind in ("lift", "disable"))
    for key, row in after.links.items():
        former, user = before.links.get(key), row["user_id"]
        if former is None:
            for_device = row["device_id"] is not None
            assert not for_device or (act.kind, act.device) == ("watch", row["device_id"]), "unasked"
            if row["purpose"] == "veto":
                life = limits.LINK_LIFE if for_device else limits.NEW_ACCOUNT_UNDO_WINDOW
                assert row["expires_at"] <= after.ago(-life), "a link lives too long"
            continue
        spent = row["used_at"] != former["used_at"]
        assert not spent or (act.kind in {"link", "veto", "undo"} and act.user == user), f"{act.kind} spent a link"
        if spent or former["used_at"] or former["expires_at"] <= after.now:
            assert row["expires_at"] <= former["expires_at"], "a link that was closed works again"
            continue
        account, was = after.users[user], before.users[user]
        renewed = any(account[name] != was[name] for name in ("password_hash", "reset_at"))
        closed = renewed or user == disabled if row["purpose"] == "password" else user == lifted
        assert (row["expires_at"] <= after.now) == closed, f"a link for a {row['purpose']} after {act.kind}"
