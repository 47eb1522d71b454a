"""Rules of a walk: what an admin does to somebody’s account. Who is disabled keeps everything, and gets nothing."""

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.walks.laws.members import may_manage
from tests.walks.rules.pairing import PairingRules
from tests.walks.rules.recovery import RecoveryRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import HAVE_VAULTS, Player
from tests.walks.stage.walking import LUCK, PICK
from webapp.client.transport.http import Browser

ROLES = st.sampled_from(["member", "admin", "owner", "admin"])
AT_MOST = 2
"""Of the five: how many are disabled at once, so that the walk goes on."""


class MemberRules(RecoveryRules, PairingRules):
    """Disabling and enabling, by those who may and by those who may not."""

    def disabled(self) -> list[str]:
        """Whose account is."""
        return [user for user, row in self.sight.users.items() if row["disabled_at"]]

    @precondition(lambda self: self.desks() and len(self.disabled()) < AT_MOST)
    @rule(admin=PICK, who=PICK, luck=LUCK)
    def disable(self, admin: int, who: int, luck: int) -> None:
        """Anybody; mostly somebody in whose name something runs."""
        everybody = list(self.sight.users)
        busy = [user for user in everybody if self.sight.asked(user) or self.sight.pairing(user)]
        self.disable_one(admin, self.pick((luck < 3 and busy) or everybody, who))

    def disable_one(self, admin: int, user: str) -> None:
        """What ran is over then, whoever tries to go on with it."""
        by, browser = self.at_desk(admin)
        should = may_manage(self.sight, by.id, user)
        was = self.sight.users[user]["disabled_at"]
        asked, pairing = self.sight.asked(user), self.sight.pairing(user)
        approval = self.approval(by, asked) if asked else {}
        self.act = Act("disable" if not was else "again", user, by=by.id) if should else Act("refused", user)
        path = f"/admin/users/{user}/disabling"
        work = partial(self.post, browser, path, {"understood": "yes"})
        if self.attempt("disabled", work, should=should) is None or was:
            return
        self.settle()
        if asked:
            path = f"/admin/requests/{asked['id']}/approval"
            self.out_of_reach("approved for a disabled member", partial(browser.submit, path, approval, follow=False))
        for profile, key in [place for row in (asked, pairing) if row for place in self.places(row["device_id"])]:
            if asked and key.state.id == asked["device_id"]:
                self.out_of_reach("released to a disabled member", profile.recoveries[key.state.id].poll)
            elif pairing and key.state.id == pairing["device_id"]:
                self.out_of_reach("paired a disabled member", profile.asking[key.state.id].take_key)
        player = self.cast.player(user)
        self.enter(next(profile for profile in self.cast.profiles if profile.owner == player.name), player)

    def out_of_reach(self, what: str, work: object) -> None:
        """It is refused, and nothing has changed."""
        assert callable(work)
        self.act = Act("refused")
        self.attempt(what, work, should=False)
        self.settle()

    @precondition(lambda self: self.desks() and self.disabled())
    @rule(admin=PICK, who=PICK)
    def enable(self, admin: int, who: int) -> None:
        """By somebody who may, or may not."""
        self.enable_one(*self.at_desk(admin), self.pick(self.disabled() or list(self.sight.users), who))

    @precondition(lambda self: self.desks() and self.disabled())
    @rule(who=PICK)
    def take_back_in(self, who: int) -> None:
        """By somebody who may."""
        user = self.pick(self.disabled(), who)
        able = [number for number, (by, _) in enumerate(self.desks()) if may_manage(self.sight, by.id, user)]
        if able:
            self.enable_one(*self.at_desk(able[0]), user)

    @precondition(lambda self: self.only)
    @rule()
    def leave_and_return(self) -> None:
        """Somebody is disabled, or whoever is comes back; as simple as can be, for walks that are led."""
        disabled, self.made = self.disabled(), self.made + 1
        if disabled:
            self.take_back_in(0)
            return
        user = self.cast.players[self.pick(HAVE_VAULTS, self.made)].id
        able = [number for number, (by, _) in enumerate(self.desks()) if may_manage(self.sight, by.id, user)]
        if able:
            self.disable_one(able[0], user)

    def enable_one(self, by: Player, browser: Browser, user: str) -> None:
        """What they had opens as before."""
        should, was = may_manage(self.sight, by.id, user), self.sight.users[user]["disabled_at"]
        self.act = Act("enable" if was else "again", user, by=by.id) if should else Act("refused", user)
        path = f"/admin/users/{user}/enabling"
        if self.attempt("enabled", partial(self.post, browser, path), should=should) is None:
            return
        self.settle()
        mine = [place for device in self.sight.devices for place in self.places(device) if place[1].state.user == user]
        opening = [(profile, key) for profile, key in mine if self.sight.opens(key.state.id)]
        for profile, key in opening[:1]:
            self.prove_opens(profile, key)

    @precondition(lambda self: self.desks())
    @rule(admin=PICK, who=PICK, which=PICK, luck=LUCK)
    def take_devices(self, admin: int, who: int, which: int, luck: int) -> None:
        """One of somebody’s, or with luck against them all; ticking somebody else’s changes nothing."""
        user = self.cast.players[self.pick(HAVE_VAULTS, who)].id
        by, browser = self.at_desk(admin)
        mine = [device for device, row in self.sight.devices.items() if row["user_id"] == user]
        chosen = mine if luck == 3 else [self.pick(mine, which)]
        leaving = frozenset(device for device in chosen if self.sight.devices[device]["state"] != "unpaired")
        should = may_manage(self.sight, by.id, user) and bool(leaving)
        others = [device for device, row in self.sight.devices.items() if row["user_id"] != user]
        self.act = Act("take_away", user, by=by.id, leaving=leaving) if should else Act("refused", user)
        work = partial(self.press, browser, f"/admin/users/{user}/unpairing", {}, [*chosen, *others[: luck == 2]])
        self.attempt("took devices", work, should=should)
        self.settle()
        player, places = self.cast.player(user), [place for device in leaving for place in self.places(device)]
        if should and places and self.can_sign_in(player):
            profile, key = places[0]
            if self.user_at(profile) != user:
                self.enter(profile, player)
            self.try_pin(profile, key, right=True)
            self.settle()
            self.reach("a device that was taken was refused")

    @precondition(lambda self: self.desks())
    @rule(admin=PICK, who=PICK, role=ROLES)
    def change_role(self, admin: int, who: int, role: str) -> None:
        """By an owner, and not that of the last one."""
        by, browser = self.at_desk(admin)
        user = self.pick(list(self.sight.users), who)
        row, others = self.sight.users[user], self.sight.owners() - {user}
        owner = by.id in self.sight.owners() and row["disabled_at"] is None
        should = owner and (bool(others) or role in ("owner", row["role"]) or row["role"] != "owner")
        kind = "again" if role == row["role"] else "change_role"
        self.act = Act(kind, user, by=by.id) if should else Act("refused", user)
        path = f"/admin/users/{user}/role"
        self.attempt("changed a role", partial(self.post, browser, path, {"role": role}), should=should)
        self.settle()
        if should and role == "member" != row["role"]:
            player = self.cast.player(user)
            there = [profile for profile in self.signed_in() if self.user_at(profile) == player.id]
            for profile in there[:1]:
                self.out_of_reach(
                    "used the portal without office", partial(self.browser(profile).visit, "/admin/users")
                )
