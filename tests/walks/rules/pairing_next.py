"""Rules of a walk that lead pairings to their end, and further: several moves in one step, codes last only minutes."""

from sqlite3 import Row

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.run.clock import MovableClock
from tests.walks.rules.next import NextRules
from tests.walks.rules.pairing_ends import PairingEndRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import HAVE_VAULTS, Key, Player, Profile
from tests.walks.stage.walking import LUCK, PICK
from webapp import limits
from webapp.client.pairing.host import CODES

MOVES = 6
"""How many lead from nothing to a device that is paired, and one that goes wrong."""


class PairingNextRules(NextRules, PairingEndRules):
    """What members do who have two browsers at hand."""

    @rule()
    def use_new_browser(self) -> None:
        """Somebody pairs one of their browsers, if they can; one time they begin, the next they get to the end."""
        self.lead_on(self.cast.players[self.pick(HAVE_VAULTS, self.made // 2)], self.made, MOVES // 2)
        self.made += 1

    @rule(who=PICK, where=PICK, moves=st.integers(1, MOVES), luck=LUCK)
    def go_on_pairing(self, who: int, where: int, moves: int, luck: int) -> None:
        """So many moves of it; some mistype."""
        self.lead_on(self.cast.players[self.pick(HAVE_VAULTS, who)], where, moves, right=luck < 3)

    @precondition(lambda self: any(row["state"] == "confirmed" for row in self.running()))
    @rule(which=PICK)
    def choose_pin(self, which: int) -> None:
        """Where the key has been handed over already."""
        row = self.pick([row for row in self.running() if row["state"] == "confirmed"], which)
        self.pairing_moved(self.cast.player(row["user_id"]), row, right=True)

    @rule(who=PICK, where=PICK, moves=st.integers(1, MOVES - 1), declines=st.booleans())
    def think_better(self, who: int, where: int, moves: int, declines: bool) -> None:
        """Begin, then decline on the other device, or leave it alone until the code is no good any more."""
        player = self.cast.players[self.pick(HAVE_VAULTS, who)]
        self.lead_on(player, where, moves)
        row = self.sight.pairing(player.id)
        if row and declines:
            found = [(one, key) for one, key in self.helpers(player.id) if key.state.id != row["device_id"]]
            if found and self.is_signed_in(player, found[0][0]) and self.prove(*found[0]) and self.still(row):
                self.end_there(row, found[0][0], declines=True)
        elif row:
            MovableClock().advance(minutes=2, seconds=10)
            self.tidy()

    @rule(who=PICK, where=PICK, tries=st.sampled_from([1, CODES, CODES]))
    def guess_codes(self, who: int, where: int, tries: int) -> None:
        """Somebody types wrong codes; after the third there is no other for a day."""
        player = self.cast.players[self.pick(HAVE_VAULTS, who)]
        for _ in range(3 * tries):
            if not self.lead_on(player, where, 1, right=False):
                break
        if self.sight.is_locked(player.id):
            self.reach("pairing was locked")

    def lead_on(self, player: Player, where: int, moves: int, *, right: bool = True) -> bool:
        """Make the natural next moves of the pairing of a member; whether all could be made."""
        for _ in range(moves):
            row = self.sight.pairing(player.id)
            state = self.sight.pairing_state(row) if row else "none"
            going = row and state != "locked"
            if not (self.pairing_moved(player, row, right=right) if row and going else self.begin(player, where)):
                return False
            self.settle()
            found = self.sight.pairings.get(row["id"]) if row else None
            if found is not None and found["state"] == "completed":
                return False
        return True

    def begin(self, player: Player, where: int) -> bool:
        """Ask in one of their browsers, if another of their devices can show a code."""
        mine = [profile for profile in self.cast.profiles if profile.owner == player.name]
        helpers = self.helpers(player.id)
        if not helpers or self.sight.is_held(player.id) or self.sight.is_locked(player.id):
            return False
        if self.sight.users[player.id]["pairing_codes"] >= limits.PAIRING_CODES:
            return False
        others = [profile for profile in mine if any(profile is not helper for helper, _ in helpers)]
        profile = self.pick(others or mine, where)
        if not self.is_signed_in(player, profile):
            return False
        self.open_pairing(profile)
        return True

    def is_signed_in(self, player: Player, profile: Profile) -> bool:
        """Sign in there, if their password works or can be chosen anew."""
        if not self.is_back_in(player, profile):
            return False
        if self.user_at(profile) != player.id:
            self.enter(profile, player)
        return self.user_at(profile) == player.id

    def helpers(self, user: str) -> list[tuple[Profile, Key]]:
        """Where a code can be shown: a device that its PIN opens and that has not shown too many lately."""
        keys = [(one, key) for one in self.cast.profiles for key in one.keys if key.state.user == user]
        return [(one, key) for one, key in keys if self.sight.can_pair(key.state.id) and len(key.state.codes) < CODES]

    def pairing_moved(self, player: Player, row: Row, *, right: bool) -> bool:
        """Whatever the pairing waits for; whether that could be done."""
        state = self.sight.pairing_state(row)
        asking = next(((one, key) for one, key in self.places(row["device_id"])), None)
        assert asking
        if state == "opened":
            found = [(one, key) for one, key in self.helpers(player.id) if one is not asking[0]]
            if not found or not self.is_signed_in(player, found[0][0]) or not self.still(row):
                return False
            self.show_there(*found[0], anew=row["state"] == "opened" and not row["offer"])
            return self.became(row, "offered")
        if state == "answered":
            shown = self.cast.codes[row["id"]]
            found = [(one, key) for one, key in self.showing() if one.showing[key.state.id] is shown.page]
            if not found or not self.is_signed_in(player, found[0][0]) or not self.still(row):
                return False
            self.let_in(*found[0])
            return True
        if not self.is_signed_in(player, asking[0]) or not self.still(row):
            return False
        if state == "offered":
            self.answer(*asking, right=right)
            return self.became(row, "answered")
        self.act = Act("look")
        self.take(*asking, completes=right)
        return right

    def still(self, row: Row) -> bool:
        """Whether the pairing is as it was: choosing a password anew stops it."""
        return bool(self.sight.pairings[row["id"]]["version"] == row["version"])

    def became(self, row: Row, state: str) -> bool:
        """Whether it is that now."""
        self.settle()
        return bool(self.sight.pairings[row["id"]]["state"] == state)
