"""Rules of a walk that do the natural next thing, so that many recoveries come to their end and go on from there."""

from sqlite3 import Row

from hypothesis.stateful import precondition, rule

from tests.walks.rules.devices import DeviceRules
from tests.walks.rules.passwords import PasswordRules
from tests.walks.rules.recovery import RecoveryRules
from tests.walks.rules.world import WorldRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import HAVE_VAULTS, Player, Profile
from tests.walks.stage.walking import PICK, PINS


class NextRules(RecoveryRules, DeviceRules, PasswordRules, WorldRules):
    """What people do who want to get somewhere; some under two names, to be chosen twice as often."""

    @precondition(lambda self: self.open_requests())
    @rule(which=PICK, admin=PICK)
    def go_on(self, which: int, admin: int) -> None:
        """Approve what waits, release what was approved, finish what was released."""
        self.next_thing(self.pick(self.open_requests(), which), admin)

    @rule()
    def recover(self) -> None:
        """Somebody asks for a backup, or gets further with it. As the simplest rule it makes the simplest walk."""
        number, asked = self.made, self.open_requests()
        player = self.cast.players[self.pick(HAVE_VAULTS, number)]
        newest = next((row for row in self.sight.backups.values() if row["user_id"] == player.id), None)
        if asked:
            self.next_thing(self.pick(asked, number), number)
        elif newest and newest["epoch"] == self.sight.users[player.id]["epoch"]:
            self.lose(number, number)
        else:
            self.spend_day(number, number)

    @rule(who=PICK, where=PICK)
    def ordinary_day(self, who: int, where: int) -> None:
        """Somebody signs in where they have a device, and unlocks, saves, backs up."""
        self.spend_day(who, where)

    def spend_day(self, who: int, where: int) -> None:
        """They do so in one of the browsers that have one."""
        player = self.cast.players[self.pick(HAVE_VAULTS, who)]
        found = [
            (profile, key)
            for profile in self.cast.profiles
            for key in profile.keys
            if key.state.user == player.id and self.sight.opens(key.state.id)
        ]
        if not found or not self.is_back_in(player, found[0][0]):
            return
        profile, key = self.pick(found, where)
        if self.user_at(profile) != player.id:
            self.enter(profile, player)
        if not self.is_open_at(profile, key):
            self.try_pin(profile, key, right=True)
        if key.state.id in profile.open:
            self.settle()
            self.save_there(profile, key)
            self.settle()
            self.switch_on_there(profile, key)
            self.back_up_there(profile, key)

    @rule(who=PICK, where=PICK)
    def lose_everything(self, who: int, where: int) -> None:
        """Somebody gets back in and asks for a backup."""
        self.lose(who, where)

    def lose(self, who: int, where: int) -> None:
        """They do so in one of their browsers."""
        player = self.cast.players[self.pick(HAVE_VAULTS, who)]
        mine = [profile for profile in self.cast.profiles if profile.owner == player.name]
        profile = self.pick(mine, where)
        if self.sight.asked(player.id) or not self.is_back_in(player, profile):
            return
        if self.user_at(profile) != player.id:
            self.enter(profile, player)
        self.ask_there(profile, oldest=False)

    def is_back_in(self, player: Player, profile: Profile) -> bool:
        """Whether their password works; one that was reset is chosen anew by a link that they ask for."""
        if self.can_sign_in(player):
            return True
        if self.sight.users[player.id]["disabled_at"]:
            return False
        self.ask_for_link(player.email)
        self.settle()
        self.act = Act("worker")
        self.work(accepts=True)
        self.settle()
        mine = [token for user, token in self.cast.mailbox if user == player.id]
        if mine:
            self.follow(player.id, mine[-1], profile)
        return self.can_sign_in(player)

    def next_thing(self, asked: Row, number: int) -> None:
        """Whatever the request waits for."""
        if asked["state"] == "requested":
            able = [
                index
                for index, (player, _) in enumerate(self.desks())
                if self.sight.standing(player.id, asked["user_id"]) in ("free", "waits")
            ]
            if able:
                by, browser = self.at_desk(self.pick(able, number))
                self.decide(by, browser, asked)
            return
        found = self.holder(asked)
        row = self.sight.asked(asked["user_id"])
        if found is None or row is None:
            return
        fetched = self.fetch(*found, row)
        if fetched and asked["state"] == "released":
            self.finish(*found, row, self.pick(PINS, number))
