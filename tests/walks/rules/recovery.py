"""Rules of a walk: a restore request from asking to Finish, by everybody who may and many who may not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from sqlite3 import Row

from hypothesis.stateful import precondition, rule

from tests.walks.stage.act import Act
from tests.walks.stage.cast import Key, Player, Profile
from tests.walks.stage.walking import LUCK, PICK, PINS, Walking
from webapp import limits
from webapp.client.crypto.identities import Identity
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import DeviceError
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.recovery import approvals
from webapp.client.recovery.cloud import Recovery
from webapp.client.transport.http import Browser
from webapp.clock import now, stamp


class RecoveryRules(Walking):
    """Asking, deciding, releasing, finishing."""

    def with_vault(self) -> list[Profile]:
        """Browsers of somebody signed in who has a vault."""
        return [profile for profile in self.signed_in() if self.sight.users[self.user_at(profile)]["epoch"]]

    @precondition(lambda self: self.with_vault())
    @rule(where=PICK, luck=LUCK)
    def ask(self, where: int, luck: int) -> None:
        """For the newest backup, or the oldest, with fresh keys."""
        self.ask_there(self.pick(self.with_vault(), where), oldest=luck == 3)

    def ask_there(self, profile: Profile, *, oldest: bool) -> None:
        """In the name of whoever is signed in."""
        user = self.user_at(profile)
        backups = [row for row in self.sight.backups.values() if row["user_id"] == user]
        if not backups:
            return
        backup, row = backups[-1 if oldest else 0], self.sight.users[user]
        free = self.sight.asked(user) is None and not self.sight.is_held(user)
        should = free and backup["epoch"] == row["epoch"] and not self.is_over(backup["organisation_key_id"])
        self.act = Act("ask" if should else "refused", user)
        state = DeviceState(profile.wire.origin, self.stage.key.key.organisation, user, row["email"], profile.name)
        recovery = Recovery(self.browser(profile), state)
        key = self.sight.keys[backup["organisation_key_id"]]["fingerprint"]
        work = partial(recovery.ask, backup["id"], backup["file_sha256"], key)
        self.attempt("asked for a backup", work, should=should)
        if should:
            profile.keys.append(Key(state))
            profile.recoveries[state.id] = recovery

    def is_over(self, key: str) -> bool:
        """Whether only an open request, if anything, holds the removal of a recovery key up."""
        waiting = [row for row in self.sight.removals.values() if (row["key_id"], row["state"]) == (key, "waiting")]
        return any(row["due_at"] <= self.sight.now for row in waiting)

    def open_requests(self, *states: str) -> list[Row]:
        """Whoever’s they are."""
        found = [self.sight.asked(user) for user in self.sight.users]
        return [row for row in found if row and (not states or row["state"] in states)]

    @precondition(lambda self: self.open_requests("requested") and self.desks())
    @rule(admin=PICK, which=PICK, luck=LUCK)
    def approve(self, admin: int, which: int, luck: int) -> None:
        """By any admin, marked ones too, with what the member read out or something else."""
        by, browser = self.at_desk(admin)
        asked = self.open_requests("requested")
        if asked:
            self.decide(by, browser, self.pick(asked, which), misheard=luck == 3)

    def decide(self, by: Player, browser: Browser, asked: Row, *, misheard: bool = False) -> None:
        """Approve it with the key file, as the page of an admin does; the page is not asked whether it may."""
        user, standing = asked["user_id"], self.sight.standing(by.id, asked["user_id"])
        should = standing in ("free", "waits") and not misheard
        self.act = Act("approve" if should else "refused", user, by=by.id if should else "")
        fields = self.approval(by, asked, misheard=misheard)
        path = f"/admin/requests/{asked['id']}/approval"
        work = partial(browser.submit, path, fields, follow=False, once=True)
        if self.attempt(f"approved, {standing}", work, should=should):
            self.settle()
            usable = self.sight.requests[asked["id"]]["usable_at"]
            assert (usable is None) == (standing == "waits"), "an approval that waits counts at once"

    def approval(self, by: Player, asked: Row, *, misheard: bool = False) -> dict[str, str]:
        """The form as an admin’s browser fills it."""
        life = limits.APPROVAL_LIFE
        if self.sight.standing(by.id, asked["user_id"]) == "waits":
            life += limits.REQUEST_LIFE + timedelta(hours=asked["wait_hours"])
        request = RestoreRequest(asked["exact"], asked["signature"])
        backup, email = self.sight.backups[asked["backup_id"]], self.sight.users[asked["user_id"]]["email"]
        key = self.cast.organisation_keys[self.sight.keys[backup["organisation_key_id"]]["fingerprint"]]
        approver = approvals.Approver(self.cast.profiles[0].wire.origin, by.id, stamp(now() + life))
        if key is not self.key_in_use():
            self.reach("a former key opened a share")
        made = approvals.approve(request, backup["share_a"], key, approver, email)
        return {
            "approval": made.exact,
            "signature": to_base64(made.signature),
            "wrapped": to_base64(made.wrapped),
            "fingerprint": "AAAA AAAA AAAA AAAA" if misheard else request.fingerprint,
        }

    @precondition(lambda self: self.open_requests() and self.desks())
    @rule(admin=PICK, which=PICK)
    def deny(self, admin: int, which: int) -> None:
        """Only what waits, and not one’s own."""
        by, browser = self.at_desk(admin)
        asked = self.open_requests()
        if not asked:
            return
        row = self.pick(asked, which)
        should = row["state"] == "requested" and row["user_id"] != by.id
        self.act = Act("deny", row["user_id"], by=by.id) if should else Act("refused", row["user_id"])
        path, fields = f"/admin/requests/{row['id']}/denial", {"reason": "I could not reach you."}
        self.attempt("denied", lambda: browser.submit(path, fields, follow=False), should=should)

    @precondition(lambda self: self.open_requests())
    @rule(where=PICK, which=PICK)
    def cancel(self, where: int, which: int) -> None:
        """By its member, in any browser; for anybody else it is not there."""
        if not self.signed_in():
            return
        profile, row = self.pick(self.signed_in(), where), self.pick(self.open_requests(), which)
        mine = self.user_at(profile) == row["user_id"]
        self.act = Act("cancel" if mine else "refused", row["user_id"])
        path, browser = f"/recovery/requests/{row['id']}/cancellation", self.browser(profile)
        self.attempt("cancelled", lambda: browser.submit(path, follow=False), should=mine)

    def holder(self, asked: Row) -> tuple[Profile, Key] | None:
        """The browser with the key that asked, in a session of its member if their password works."""
        for profile in self.cast.profiles:
            for key in profile.keys:
                if key.state.id == asked["device_id"]:
                    player = self.cast.player(asked["user_id"])
                    if self.user_at(profile) != player.id and self.can_sign_in(player):
                        self.enter(profile, player)
                    return (profile, key) if self.user_at(profile) == player.id else None
        return None

    def fetch(self, profile: Profile, key: Key, asked: Row) -> bool:
        """Ask for the release; the device that asked gets what an approval that counts lets it have."""
        counts = asked["usable_at"] is not None and asked["usable_at"] <= self.sight.now
        should = asked["state"] == "released" or (asked["state"] == "approved" and counts)
        self.act = Act("release" if should else "refused", key.state.user, key.state.id)
        recovery = profile.recoveries[key.state.id]

        def work() -> object:
            released = recovery.poll()
            if released is None:
                raise DeviceError("nothing yet")
            return released

        done = self.attempt("released", work, should=should)
        self.settle()
        return done is not None

    def finish(self, profile: Profile, key: Key, asked: Row, pin: str) -> None:
        """The last step; what was saved since the release was fetched makes it stale, and it begins anew."""
        user, recovery = key.state.user, profile.recoveries[key.state.id]
        assert recovery.released
        if pin == PINS[-1]:
            recovery.check.go_on_unconfirmed()
        else:
            recovery.check.type_characters(recovery.released.key.fingerprint[:16])
        assert recovery.released.newest, "the keyring of the backup doesn’t open the newest vault"
        should = recovery.released.current["sha256"] == self.sight.files[self.sight.current(user)]
        former = self.cast.contents[self.sight.current(user)]
        self.act = Act("finish" if should else "refused", user, key.state.id, profile.wire.session)
        vault = self.attempt("finished", lambda: recovery.finish(pin), should=should)
        if vault is None:
            recovery._begun = None
            return
        self.settle()
        assert [item["title"] for item in vault.items] == former, "a recovery lost something"
        key.pins, profile.open[key.state.id] = {1: pin}, vault
        self.cast.contents[self.sight.current(user)] = list(former)
        self.keep_kit(vault, self.sight.current(user))

    def keep_kit(self, vault: Vault, place: str) -> None:
        """What a recovery printed."""
        self.cast.kits[place] = Identity(vault.opened.body["keyring"]["kit"]["identity"])

    @precondition(lambda self: self.finished())
    @rule(where=PICK, luck=LUCK)
    def finish_again(self, where: int, luck: int) -> None:
        """The answer got lost: the same Finish once more changes nothing, whatever came in between."""
        signed_in = [(profile, key) for profile, key in self.finished() if self.user_at(profile) == key.state.user]
        profile, key = self.pick((luck < 3 and signed_in) or self.finished(), where)
        self.act = Act("again", key.state.user)
        recovery = profile.recoveries[key.state.id]
        pin, seen = self.pick(PINS, where), replace(key.state)
        self.attempt("finished again", lambda: recovery.finish(pin), should=self.user_at(profile) == key.state.user)
        key.state.seen_epoch, key.state.seen_counter = seen.seen_epoch, seen.seen_counter

    def finished(self) -> list[tuple[Profile, Key]]:
        """Pages that did finish a recovery."""
        everywhere = [(profile, key) for profile in self.cast.profiles for key in profile.keys if key.pins]
        return [(profile, key) for profile, key in everywhere if key.state.id in profile.recoveries]
