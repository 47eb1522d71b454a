"""Rules of a walk: the ways back that need nobody’s help, with what opens the vault, or the wrong thing, or nothing."""

from collections.abc import Callable
from functools import partial
from sqlite3 import Row

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.walks.rules.next import NextRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import HAVE_VAULTS, Copy, Key, Player, Profile
from tests.walks.stage.walking import LUCK, PICK, PINS
from webapp import limits
from webapp.client.crypto.identities import Identity
from webapp.client.device.state import DeviceState
from webapp.client.formats import documents
from webapp.client.recovery.self_service import SelfServiceRecovery
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import Vault

WAYS = st.sampled_from(["the kit", "a backup and the kit", "a backup and a PIN", "nothing"])
POWER = st.sampled_from([(SignIn, "end_every"), (Vault, "begin"), (TabKey, "mark"), None, None, None])
"""Where it fails within a Finish."""


class PowerFailed(Exception):
    """The process is gone, and with it what it had not committed."""


class OwnRules(NextRules):
    """Beginning, and finishing; in one step, or with anything in between."""

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK)
    def keep_copy(self, where: int) -> None:
        """The browser keeps the file that it has read or written."""
        profile, key = self.pick(self.open_vaults(), where)
        place = self.sight.current(key.state.user)
        if self.sight.files[place] == profile.open[key.state.id].sha256:
            titles = tuple(self.cast.contents[place])
            self.cast.copies.append(Copy(place, self.sight.vaults[place]["file"], titles, self.cast.kits[place]))

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK, luck=LUCK)
    def change_kit(self, where: int, luck: int) -> None:
        """In two steps: both kits open the vault until the new one is confirmed; some don’t get so far."""
        profile, key = self.pick(self.open_vaults(), where)
        user, vault = key.state.user, profile.open[key.state.id]
        place = self.sight.current(user)
        may = self.may_write(profile, key) and self.sight.files[place] == vault.sha256
        again = "next_kit" in vault.opened.body["keyring"]  # it was made, and is shown again: nothing is saved
        if again and not may:
            return
        self.act = Act("save" if may and not again else "refused", user, key.state.id)
        kit = self.attempt("made another kit", vault.make_next_kit, should=may)
        self.settle()
        if kit and luck < 3:
            self.act = Act("change_kit", user, key.state.id)
            self.attempt("changed the kit", vault.confirm_next_kit, should=True)
            self.settle()
            self.cast.kits[place] = kit.identity
            self.prove_archived(user)

    @precondition(lambda self: self.with_vault())
    @rule(where=PICK, way=WAYS, which=PICK, luck=LUCK)
    def begin_alone(self, where: int, way: str, which: int, luck: int) -> None:
        """In the name of whoever is signed in; with luck by what belongs to them and is not of a former epoch."""
        self.begin_there(self.pick(self.with_vault(), where), way, which, right=luck < 3)

    @precondition(lambda self: any(profile.alone for profile in self.cast.profiles))
    @rule(which=PICK, again=PICK, power=POWER)
    def finish_alone(self, which: int, again: int, power: tuple[type, str] | None) -> None:
        """On one of the last pages that began, finished before or not."""
        pages = [(profile, own) for profile in self.cast.profiles for own in profile.alone[-2:]]
        self.finish_there(*self.pick(pages, which), self.pick(PINS, again), power)

    @rule(who=PICK, where=PICK, way=WAYS, power=POWER)
    def recover_alone(self, who: int, where: int, way: str, power: tuple[type, str] | None) -> None:
        """Somebody gets back in and takes one of the ways to its end."""
        player = self.cast.players[self.pick(HAVE_VAULTS, who)]
        self.take_way(player, where, way, power)

    @rule()
    def take_ways(self) -> None:
        """The same, one way after the other; as simple as can be."""
        way = ("the kit", "a backup and the kit", "nothing", "a backup and a PIN")[self.made % 4]
        self.take_way(self.cast.players[self.pick(HAVE_VAULTS, self.made // 4)], self.made, way, None)
        self.made += 1

    def take_way(self, player: Player, where: int, way: str, power: tuple[type, str] | None) -> None:
        """In one of their browsers; a hold refuses it."""
        mine = [profile for profile in self.cast.profiles if profile.owner == player.name]
        profile = self.pick(mine, where)
        if not self.is_back_in(player, profile):
            return
        if way == "nothing" or self.user_at(profile) != player.id:
            self.enter(profile, player)  # the password is typed lately then
        began = len(profile.alone)
        self.begin_there(profile, way, where, right=True)
        if len(profile.alone) > began:
            self.finish_there(profile, profile.alone[-1], self.pick(PINS, where), power)

    def begin_there(self, profile: Profile, way: str, which: int, *, right: bool) -> None:
        """Whoever shows a key of the present vault gets it; nobody else gets anything, nor does anybody on hold."""
        user = self.user_at(profile)
        place, email = self.sight.current(user), self.sight.users[user]["email"]
        own = SelfServiceRecovery(
            self.browser(profile),
            DeviceState(profile.wire.origin, self.stage.key.key.organisation, user, email, profile.name),
        )
        found = self.prepared(own, profile, way, which, right=right)
        if found is None:
            return
        work, fits, titles = found
        should = fits and not self.sight.is_held(user)
        self.act = Act("begin_alone" if should else "refused", user, own.state.id, profile.wire.session)
        self.attempt(f"began with {way}", work, should=should)
        if self.sight.is_held(user):
            self.reach("an own recovery met a hold")
        self.settle()
        if should:
            opened = [item["title"] for item in own.document.body["items"]] if own.document else []
            assert opened == titles, f"with {way} something else was opened than what there is"
            assert own.current["sha256"] == self.sight.files[place], "another vault than the newest was handed out"
            profile.alone.append(own)

    def prepared(
        self, own: SelfServiceRecovery, profile: Profile, way: str, which: int, *, right: bool
    ) -> tuple[Callable[[], object], bool, list[str]] | None:
        """What is to be done, whether it is the right thing, and the titles that it opens; None: they can’t try."""
        user = own.state.user
        place = self.sight.current(user)
        newest = self.cast.contents[place]
        if way == "nothing":
            return own.from_nothing, self.has_shown_password(profile), []
        if way == "the kit":
            others = [kit for whose, kit in self.cast.kits.items() if whose != place]
            kit = self.cast.kits[place] if right else self.pick(others, which)
            return partial(own.with_kit, kit), right, newest
        mine = [copy for copy in self.cast.copies if copy.place == place]
        copy = self.pick((right and mine) or self.cast.copies, which)
        keys = self.keys_for(copy, profile, way)
        if not keys:
            return None
        keep = which % 3 > 0
        work = partial(own.with_backup, copy.file, keys, keep_newer=keep)
        return work, copy.place == place, newest if keep else list(copy.titles)

    def keys_for(self, copy: Copy, profile: Profile, way: str) -> list[Identity]:
        """The kit of then, or what the PIN of a device in this browser opens, active or prior; nothing: a wrong one."""
        if way == "a backup and the kit":
            return [copy.kit]
        user = self.user_at(profile)
        here = [key for key in profile.keys if key.state.user == user and self.sight.can_pair(key.state.id)]
        if not here:
            return []
        key = here[-1]
        was_prior = self.sight.devices[key.state.id]["state"] == "prior"
        opened = self.type_pin(profile, key)
        if opened and was_prior:
            self.reach("the PIN of a prior device opened a backup")
        return [opened] if opened else []

    def has_shown_password(self, profile: Profile) -> bool:
        """Whether the password was typed lately in this session."""
        row = self.sight.sign_ins[profile.wire.session]
        return bool((row["password_at"] or row["created_at"]) > self.sight.ago(limits.PASSWORD_SHOWN))

    def finish_there(
        self, profile: Profile, own: SelfServiceRecovery, pin: str, power: tuple[type, str] | None
    ) -> None:
        """The new device alone is active then; what it took the place of stays, and opens with its kit."""
        row = self.sight.owns[own.state.id]
        user, here = row["user_id"], profile.wire.session == row["sign_in_id"] and bool(self.user_at(profile))
        if row["finished_at"]:
            self.act = Act("again", user)
            seen = own.state.seen_epoch, own.state.seen_counter
            self.attempt("finished alone again", partial(own.finish, pin), should=here)
            own.state.seen_epoch, own.state.seen_counter = seen
            return
        should = here and self.may_finish(profile, own, row)
        if should and power:
            self.fail_within(profile, own, pin, power)
        self.act = Act("finish_alone" if should else "refused", user, own.state.id, profile.wire.session)
        vault = self.attempt(f"finished alone, {row['way']}", partial(own.finish, pin), should=should)
        if vault is None:
            profile.alone.remove(own)
            return
        asked = self.sight.asked(user)
        self.settle()
        if asked:
            self.reach("a recovery stopped a request")
        place = self.sight.current(user)
        key = Key(own.state, {1: pin})
        profile.keys.append(key)
        profile.open[own.state.id] = vault
        self.cast.contents[place] = [item["title"] for item in vault.items]
        self.keep_kit(vault, place)
        self.prove_archived(user)

    def may_finish(self, profile: Profile, own: SelfServiceRecovery, row: Row) -> bool:
        """In time, and only over the vault that was handed out; who has shown no key typed the password lately."""
        in_time = row["made_at"] > self.sight.ago(limits.OWN_RECOVERY_LIFE)
        newest = own.current["sha256"] == self.sight.files[self.sight.current(row["user_id"])]
        return in_time and newest and (row["way"] != "new_account" or self.has_shown_password(profile))

    def fail_within(self, profile: Profile, own: SelfServiceRecovery, pin: str, power: tuple[type, str]) -> None:
        """Nothing has changed afterwards, and it is sent again."""

        def fail(*_: object, **__: object) -> None:
            raise PowerFailed

        self.act = Act("refused", own.state.user)
        profile.wire.between.coming.clear()  # it is the server that fails
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*power, fail)
            with pytest.raises(PowerFailed):
                own.finish(pin)
        self.settle()
        self.reach("the power failed within a Finish")

    def prove_archived(self, user: str) -> None:
        """Every vault that they ever had opens with the kit of its time and has all that was put into it."""
        for place, row in self.sight.vaults.items():
            if row["user_id"] == user:
                opened = documents.open_document(row["file"], [self.cast.kits[place]])
                titles = [item["title"] for item in opened.body["items"]]
                assert titles == self.cast.contents[place], "an archived vault has lost something"
        self.reach("archived vaults opened with their kits")
