"""What a walk sees: everything that matters, straight from the database file and by nothing of the application."""

import hashlib
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from webapp import clock, limits
from webapp.models.notices.notice import PROTECTS

OPEN = ("requested", "approved", "released")
PAIRING = ("opened", "offered", "answered", "confirmed")
"""States in which something can still happen to a pairing."""
USER = "id, email, role, epoch, session_epoch, password_hash, reset_at, disabled_at"
KIT = "kit_number, kit_confirmed_at, kit_verify_key"
CLOUD = "cloud_backups_at, cloud_backups_fingerprint, key_unconfirmed_at"
CODES = "pairing_codes, pairing_codes_at, pairing_locked_until"
BACKUP = "id, user_id, epoch, file_sha256, share_a, organisation_key_id"
TABLES = {
    "user_account": f"SELECT {USER}, {KIT}, {CLOUD}, {CODES} FROM user_account ORDER BY email",
    "device": "SELECT * FROM device ORDER BY enrolled_at",
    "vault": "SELECT user_id || '/' || epoch AS id, user_id, epoch, file, sha256, counter FROM vault",
    "restore_request": "SELECT * FROM restore_request ORDER BY made_at",
    "pairing": "SELECT * FROM pairing ORDER BY made_at",
    "own_recovery": "SELECT * FROM own_recovery ORDER BY made_at",
    "hold": "SELECT * FROM hold",
    "undo": "SELECT * FROM undo ORDER BY made_at",
    "sign_in": "SELECT * FROM sign_in ORDER BY created_at",
    "link": "SELECT * FROM link ORDER BY made_at",
    "cloud_backup": f"SELECT {BACKUP} FROM cloud_backup ORDER BY made_at DESC",
    "organisation_key": "SELECT * FROM organisation_key",
    "second_factor": "SELECT user_id AS id, confirmed_at, last_step FROM second_factor",
    "one_time_code": "SELECT id, user_id, used_at FROM one_time_code",
    "key_succession": "SELECT * FROM key_succession",
    "key_removal": "SELECT * FROM key_removal ORDER BY asked_at",
    "mark": "SELECT * FROM mark",
    "reset_ask": "SELECT * FROM reset_ask",
    "tab_key": "SELECT id, sign_in_id, device_id, key, made_at FROM tab_key",
    "device_lock": "SELECT device_id || '/' || version AS id, device_id, version FROM device_lock",
}
SEALED = " UNION ALL ".join(
    f"SELECT {column} AS value FROM {table}"
    for table, column in {
        "device_lock": "server_share",
        "cloud_backup": "share_s",
        "tab_key": "key",
        "second_factor": "secret",
        "audit_key": "seed",
    }.items()
)
MISCOUNTED = f"""SELECT key_id, sum(number) AS number FROM (
    SELECT id AS key_id, count AS number FROM sealing_key UNION ALL SELECT key_id, change FROM sealing_change
    UNION ALL SELECT substr(value, 1, instr(value, ':') - 1), -1 FROM ({SEALED}) WHERE value <> ''
    ) GROUP BY key_id HAVING sum(number) <> 0"""
TOLD_OF_OWN = """SELECT json_extract(details, '$.recovery') AS session, json_extract(details, '$.way') AS way,
    max(made_at) AS made_at FROM notice WHERE kind = 'own_recovery_begun' GROUP BY 1, 2"""
KEY_TABLES = ("organisation_key", "key_removal", "key_succession")
Rows = dict[str, sqlite3.Row]


def written(moment: datetime) -> str:
    """A moment as SQLite keeps it, so that it can be compared as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class Eyes:
    """A second connection to the database file, by nothing of the application."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row

    def all(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Every row."""
        return self._connection.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> sqlite3.Row | None:
        """The first row, if there is one."""
        return next(iter(self.all(query, *values)), None)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Sight:
    """All of it at one moment, and the events and notices that came since the sight before."""

    def __init__(self, eyes: Eyes, former: "Sight | None" = None) -> None:
        self.now = written(clock.now())
        rows: dict[str, Rows] = {table: {row["id"]: row for row in eyes.all(query)} for table, query in TABLES.items()}
        self.users, self.devices, self.requests = rows["user_account"], rows["device"], rows["restore_request"]
        self.holds, self.undos, self.sign_ins, self.links = rows["hold"], rows["undo"], rows["sign_in"], rows["link"]
        self.backups, self.marks, self.asks = rows["cloud_backup"], rows["mark"], rows["reset_ask"]
        self.tab_keys, self.locks, self.vaults = rows["tab_key"], rows["device_lock"], rows["vault"]
        self.pairings, self.owns = rows["pairing"], rows["own_recovery"]
        self.factors, self.papers = rows["second_factor"], rows["one_time_code"]
        self.keys, self.removals, self.successions = (rows[f"{name}"] for name in KEY_TABLES)
        self.miscounted = {row["key_id"]: row["number"] for row in eyes.all(MISCOUNTED)}
        """By how much the number of values that each sealing key is said to seal is wrong."""
        self.files = {row["id"]: hashlib.sha256(row["file"]).hexdigest() for row in self.vaults.values()}
        since = (former.last_event, former.last_notice) if former else (0, 0)
        self.events = eyes.all("SELECT id, kind, actor_id, subject_id FROM event WHERE id > ?", since[0])
        self.notices = eyes.all("SELECT rowid AS number, id, kind, user_id FROM notice WHERE rowid > ?", since[1])
        self.told_of_own = {(row["session"], row["way"]): row["made_at"] for row in eyes.all(TOLD_OF_OWN)}
        """When a member was last told that a session, as notices name it, took the vault, by way."""
        arrived = "SELECT id FROM notice WHERE mailed_at IS NOT NULL OR seen_at IS NOT NULL"
        self.arrived = {row["id"] for row in eyes.all(arrived)}
        lost = "SELECT id, kind, user_id, failed_at FROM notice WHERE failed_at IS NOT NULL"
        self.lost: Rows = {row["id"]: row for row in eyes.all(lost) if row["kind"] in PROTECTS}
        """Warnings whose mail was given up."""
        self.last_event: int = max([since[0], *(row["id"] for row in self.events)])
        self.last_notice: int = max([since[1], *(row["number"] for row in self.notices)])

    def ago(self, span: timedelta) -> str:
        """The moment so long before this one."""
        return written(datetime.fromisoformat(self.now).replace(tzinfo=UTC) - span)

    def told(self) -> tuple[Counter[tuple[str, str | None]], Counter[tuple[str, str | None]]]:
        """The new events and notices: what, and about whom or to whom."""
        events = Counter((row["kind"], row["subject_id"]) for row in self.events)
        return events, Counter((row["kind"], row["user_id"]) for row in self.notices)

    def is_alive(self, session: str) -> bool:
        """Whether a session is one, by its row."""
        row = self.sign_ins.get(session)
        if row is None or row["ended_at"]:
            return False
        user = self.users[row["user_id"]]
        young = row["created_at"] > self.ago(limits.SESSION_LIFE)
        return bool(young and row["session_epoch"] == user["session_epoch"] and not user["disabled_at"])

    def opens(self, device: str) -> bool:
        """Whether a device is active and its PIN can be tried."""
        row = self.devices.get(device)
        return (
            row is not None and (row["state"], row["lock_destroyed_at"]) == ("active", None) and row["tries_left"] > 0
        )

    def can_pair(self, device: str) -> bool:
        """Whether a device may show a code: its PIN can be tried, and it is active or prior."""
        row = self.devices.get(device)
        known = row is not None and row["state"] in ("active", "prior")
        return known and row is not None and row["lock_destroyed_at"] is None and row["tries_left"] > 0

    def opens_for(self, user: str, device: str) -> bool:
        """The same, if it is that member’s."""
        return self.opens(device) and self.devices[device]["user_id"] == user

    def versions(self, device: str) -> list[int]:
        """Of the locks of a device."""
        return sorted(row["version"] for row in self.locks.values() if row["device_id"] == device)

    def asked(self, user: str) -> sqlite3.Row | None:
        """The open request of a member whose time isn’t up."""
        mine = [row for row in self.requests.values() if row["user_id"] == user and row["state"] in OPEN]
        assert len(mine) <= 1, "two open requests of one member"
        return next((row for row in mine if row["expires_at"] > self.now), None)

    def pairing(self, user: str) -> sqlite3.Row | None:
        """The open pairing of a member, if the clock leaves it open when somebody looks."""
        mine = [row for row in self.pairings.values() if row["user_id"] == user and row["state"] in PAIRING]
        assert len(mine) <= 1, "two open pairings of one member"
        return next((row for row in mine if self.pairing_state(row) in PAIRING), None)

    def pairing_state(self, pairing: sqlite3.Row) -> str:
        """Where a pairing stands as the clock will leave it when somebody looks: its time may be up, or that of its
        code or of the answer to it, and with the last code it ends."""
        if pairing["state"] in PAIRING and pairing["expires_at"] <= self.now:
            return "expired"
        if pairing["state"] in ("offered", "answered") and pairing["code_expires_at"] <= self.now:
            used_up = self.users[pairing["user_id"]]["pairing_codes"] >= limits.PAIRING_CODES
            return "locked" if used_up else "opened"
        return str(pairing["state"])

    def is_locked(self, user: str) -> bool:
        """Whether no code may be shown to this member."""
        until = self.users[user]["pairing_locked_until"]
        return until is not None and until > self.now

    def is_held(self, user: str) -> bool:
        """Whether the account is on hold."""
        return any(row["user_id"] == user and not row["lifted_at"] for row in self.holds.values())

    def factor(self, user: str) -> sqlite3.Row | None:
        """The second factor of a member, if it is on."""
        row = self.factors.get(user)
        return row if row and row["confirmed_at"] else None

    def undo(self, user: str) -> sqlite3.Row | None:
        """What a member can undo: the recovery that began the present epoch."""
        return next(iter(self.undo_stack(user)), None)

    def undo_stack(self, user: str) -> list[sqlite3.Row]:
        """What can be undone one after the other: each recovery lies on the one that began its former epoch."""
        mine = [row for row in self.undos.values() if row["user_id"] == user and not row["undone_at"]]
        stack, epoch = [], self.users[user]["epoch"]
        while below := [row for row in mine if row["epoch"] == epoch and row["until"] > self.now]:
            stack.append(below[0])
            epoch = below[0]["former_epoch"]
        return stack

    def account_under(self, user: str) -> sqlite3.Row | None:
        """The new account that the member’s present vault comes from, while it can be undone."""
        return next((row for row in self.undo_stack(user) if row["way"] == "new_account"), None)

    def begun(self, user: str) -> sqlite3.Row | None:
        """The latest recovery of an own way that has shown a key of the present vault, and can go on."""
        lately = self.ago(limits.OWN_RECOVERY_LIFE)
        latest = max((undo["made_at"] for undo in self.undo_stack(user)), default="")
        found = [
            row
            for row in self.owns.values()
            if row["user_id"] == user and row["way"] != "new_account" and not row["finished_at"]
            if row["made_at"] > max(lately, latest) and self.is_alive(row["sign_in_id"])
        ]
        return max(found, key=lambda row: str(row["made_at"]), default=None)

    def speaks(self, device: str) -> bool:
        """Whether its key is enough to say “This wasn’t me”."""
        row = self.devices[device]
        brought_back = {undo["epoch"] for undo in self.undo_stack(row["user_id"])}
        return row["state"] != "unpaired" or row["unpaired_epoch"] in brought_back

    def is_open(self, link: sqlite3.Row) -> bool:
        """Whether a link works, the device that it may have been made for aside."""
        return link["used_at"] is None and link["expires_at"] > self.now

    def admins(self) -> set[str]:
        """Everybody enabled who may decide."""
        return {row["id"] for row in self.users.values() if row["role"] != "member" and not row["disabled_at"]}

    def owners(self) -> set[str]:
        """Of those, who may give roles."""
        return {user for user in self.admins() if self.users[user]["role"] == "owner"}

    def standing(self, admin: str, member: str) -> str:
        """How an enabled admin stands to a request of that member."""
        marked = any(
            (row["admin_id"], row["user_id"]) == (admin, member) and row["made_at"] > self.ago(limits.MARK_LIFE)
            for row in self.marks.values()
        )
        if admin != member and not marked:
            return "free"
        alone = not self.admins() - {admin, member}
        return "waits" if alone else "own" if admin == member else "marked"

    def current(self, user: str) -> str:
        """The key of the member’s current vault in `files`."""
        return f"{user}/{self.users[user]['epoch']}"
