"""Each change of state has exactly one event, and its notices: what has to be told of two sights, and what was."""

from collections import Counter
from collections.abc import Iterator

from tests.walks.laws.devices import UNPAIR
from tests.walks.laws.factors import told_of_factors
from tests.walks.laws.keys import told_of_keys
from tests.walks.laws.members import told_of_members
from tests.walks.laws.self_service import told_of_own
from tests.walks.stage.act import Act
from tests.walks.stage.pairing_moves import lead, locked, moved
from tests.walks.stage.sight import Sight
from webapp import limits

Told = tuple[str, str | None]
PATHS = {
    ("requested", "released"): ("approved", "released"),
    ("approved", "completed"): ("released", "completed"),
    ("requested", "completed"): ("approved", "released", "completed"),
}
"""Ways of more than one move."""
ADMINS_HEAR = {"requested": "restore_requested", "released": "restore_released_admin"} | {
    "completed": "restore_completed_admin"
}


class Audit:
    """What `after` has to tell of everything that changed since `before`."""

    def __init__(self, act: Act, before: Sight, after: Sight) -> None:
        self.act, self.before, self.after = act, before, after
        self.events: Counter[Told] = Counter()
        self.notices: Counter[Told] = Counter()
        for part in (
            self._requests,
            self._devices,
            self._accounts,
            self._sessions,
            self._holds,
            self._pairings,
            self._own,
            self._members,
            self._lost_mail,
            self._rest,
        ):
            part()

    def check(self) -> None:
        """Nothing untold, nothing told twice, nothing told that was not."""
        events, notices = self.after.told()
        assert events == self.events, f"events of {self.act}: {_difference(events, self.events)}"
        assert notices == self.notices, f"notices of {self.act}: {_difference(notices, self.notices)}"

    def _tell_admins(self, kind: str, but: str) -> None:
        self.notices.update((kind, admin) for admin in self.after.admins() - {but})

    def _requests(self) -> None:
        for key, row in self.after.requests.items():
            former = self.before.requests.get(key)
            if former is None:
                self._moved("requested", row["user_id"], waits=False)
            for state in _moves(former["state"] if former else "requested", row["state"]):
                self._moved(state, row["user_id"], waits=bool(row["waits_for"]))

    def _moved(self, state: str, member: str, *, waits: bool) -> None:
        self.events[f"restore_request.{state}", member] += 1
        own = {"requested": "restore_requested_by_you", "approved": "restore_approved" + "_waiting" * waits}
        self.notices[own.get(state, f"restore_{state}"), member] += 1
        if state in ADMINS_HEAR:
            self._tell_admins(ADMINS_HEAR[state], but=member)

    def _devices(self) -> None:
        for key, row in self.after.devices.items():
            former, state = self.before.devices.get(key), row["state"]
            kind = "enrolled" if former is None else "unpaired" if state == "unpaired" else "returned"
            left = former is not None and former["state"] == "unpaired"
            if former is None or (former["state"] != state and (left or state == "unpaired")):
                self.events[f"device.{'taken' if self.act.kind == 'take_away' else kind}", row["user_id"]] += 1
            if former is not None and set(self.after.versions(key)) - set(self.before.versions(key)):
                self.events["device.pin_changed", row["user_id"]] += 1
            gone = former is not None and row["lock_destroyed_at"] != former["lock_destroyed_at"]
            if gone and self.act.kind != "destroy":
                self.events["device.lock_destroyed", row["user_id"]] += 1
                self.notices["lock_destroyed", row["user_id"]] += 1
        self._member_said()

    def _left(self, key: str) -> bool:
        """Whether a device was unpaired."""
        was, now = self.before.devices[key]["state"], self.after.devices[key]["state"]
        return bool(now == "unpaired" != was)

    def _member_said(self) -> None:
        """What was done on the Devices page; each step does one thing there."""
        told = {"unpair": "unpaired", "unpair_others": "unpaired", "return": "returned", "destroy": "destroyed"}
        gone = any(self._left(key) for key in self.before.devices)
        if self.act.kind in told and (gone or self.act.kind != "unpair_others"):
            self.notices[f"device_{told[self.act.kind]}", self.act.user] += 1
        if self.act.kind in ("return", "destroy"):
            assert self.act.target, f"{self.act} of no device"
        epochs = [sight.users[self.act.user]["epoch"] for sight in (self.before, self.after) if self.act.user]
        if self.act.kind == "veto" and epochs[0] == epochs[1]:
            self.notices["device_unpaired", self.act.user] += bool(self.act.leaving)
            self.notices["device_returned", self.act.user] += bool(self.act.returning)
        if self.act.kind == "destroy":
            self.events["device.destroyed", self.act.user] += 1

    def _pairings(self) -> None:
        for key in set(self.after.pairings) - set(self.before.pairings):
            member = self.after.pairings[key]["user_id"]
            self.events["pairing.opened", member] += 1
            self.notices["pairing_opened", member] += 1
        for former, row, moves in moved(self.act, self.before, self.after):
            member, state = row["user_id"], former["state"]
            for move in moves:
                was, state = state, lead(state, (move,)) or ""
                failed = move in ("refuse", "lapse")
                self.events["pairing.code_failed" if failed else f"pairing.{state}", member] += 1
                if state in ("completed", "declined"):
                    self.notices[f"pairing_{state}", member] += 1
                if was == "confirmed" and state != "completed":
                    self.notices["pairing_unfinished", member] += 1
        for member in locked(self.act, self.before, self.after).elements():
            self.notices["pairing_locked", member] += 1

    def _accounts(self) -> None:
        for key, row in self.after.users.items():
            former = self.before.users[key]
            if row["reset_at"] != former["reset_at"]:
                self._was_reset(key)
            elif row["password_hash"] != former["password_hash"]:
                chosen = self.act.kind == "link"
                self.events["password.chosen" if chosen else "user.password_changed", key] += 1
                if not chosen:
                    self.notices["password_changed", key] += 1

    def _was_reset(self, key: str) -> None:
        kind = "user.password_reset" + "_by_operator" * (self.act.kind == "operator_reset")
        self.events[kind, key] += 1
        self.notices["password_was_reset", key] += 1
        if self.act.kind != "link":
            self._tell_admins("password_reset_admin", but=self.act.by)
        if self.act.kind == "admin_reset_by_mail":
            self.notices["password_link", key] += 1

    def _sessions(self) -> None:
        earlier: dict[str, set[str]] = {}
        for key in self.before.sign_ins:  # as they are now: what forgets the browsers comes before a new sign-in
            row = self.after.sign_ins[key]
            earlier.setdefault(row["user_id"], set()).add(row["browser_id"])
        for key, row in self.after.sign_ins.items():
            if key not in self.before.sign_ins:
                self.events["user.signed_in", row["user_id"]] += 1
                if row["browser_id"] not in earlier.get(row["user_id"], {row["browser_id"]}):
                    self.notices["new_sign_in", row["user_id"]] += 1
        if self.act.kind == "end_sessions" and set(self._ended()):
            self.events["user.sessions_ended", self.act.user] += 1
        elif self.act.kind in UNPAIR | {"take_away"}:
            self.events["user.sessions_ended", self.act.user] += self._devices_ended()

    def _devices_ended(self) -> int:
        """Of how many of the devices that were unpaired a session ended with that."""
        ended, found = [self.before.sign_ins[key] for key in self._ended()], 0
        for device in reversed(self.before.devices):
            left = [row for row in ended if device not in (row["device_id"], row["last_device_id"])]
            if device != self.act.device and (self._left(device) or device == self.act.target):
                found, ended = found + (len(left) < len(ended)), left
        assert not ended, f"{self.act.kind} ended the session of another device"
        return found

    def _ended(self) -> Iterator[str]:
        for key, row in self.before.sign_ins.items():
            if not row["ended_at"] and self.after.sign_ins[key]["ended_at"]:
                yield key

    def _holds(self) -> None:
        for key, row in self.after.holds.items():
            member, former = row["user_id"], self.before.holds.get(key)
            if former is None:
                self.events["hold.begun", member] += 1
                self.notices["hold_begun", member] += 1
                self._tell_admins("hold_begun_admin", but=member)
            elif row["lifted_at"] and not former["lifted_at"]:
                self.events["hold.lifted", member] += 1
                self.notices["hold_lifted", member] += 1
                self._tell_admins("hold_lifted_admin", but=self.act.by)
        for key, row in self.after.undos.items():
            if row["undone_at"] and not self.before.undos[key]["undone_at"]:
                self.events["recovery.undone", row["user_id"]] += 1
                self.notices["recovery_undone", row["user_id"]] += 1
                self._tell_admins("recovery_undone_admin", but=row["user_id"])

    def _own(self) -> None:
        if self.act.kind == "change_kit":
            self.events["kit.changed", self.act.user] += 1
            self.notices["kit_changed", self.act.user] += 1
        events, notices, done = told_of_own(self.before, self.after)
        self.events.update(events)
        self.notices.update(notices)
        for member in done:
            self._tell_admins("own_recovery_completed_admin", but=member)

    def _members(self) -> None:
        for told in (told_of_members, told_of_keys, told_of_factors):
            events, notices = told(self.act, self.before, self.after)
            self.events.update(events)
            self.notices.update(notices)

    def _lost_mail(self) -> None:
        """Admins hear once of each person whose warnings don’t arrive, until a day passes without."""
        told = {
            key for key, row in self.before.lost.items() if row["failed_at"] > self.after.ago(limits.MAIL_FAILURE_TOLD)
        }
        known = {self.before.lost[key]["user_id"] for key in told}
        lost = {row["user_id"] for key, row in self.after.lost.items() if key not in self.before.lost} - known
        people = [user for user in lost if not self.after.users[user]["disabled_at"]]
        if people:
            self._tell_admins("mail_failed", but=people[0] if len(people) == 1 else "")

    def _rest(self) -> None:
        if self.act.kind == "veto":
            self.events["recovery.vetoed", self.act.user] += 1
        for key in set(self.after.backups) - set(self.before.backups):
            self.events["backup.made", self.after.backups[key]["user_id"]] += 1
        by_email = {row["email"]: row for row in self.after.users.values() if not row["disabled_at"]}
        for key in set(self.before.asks) - set(self.after.asks):
            ask = self.before.asks[key]
            if ask["email"] in by_email and ask["made_at"] > self.after.ago(limits.LINK_LIFE):
                told = by_email[ask["email"]]["id"]
                self.events["password.link_sent", told] += 1
                self.notices["password_link", told] += 1


def _moves(former: str, state: str) -> tuple[str, ...]:
    return () if former == state else PATHS.get((former, state), (state,))


def _difference(told: Counter[Told], due: Counter[Told]) -> str:
    return f"untold {dict(due - told)}, too much {dict(told - due)}"
