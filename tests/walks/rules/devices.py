"""Rules of a walk: signing in and out, PINs, saving and backing up, in every browser there is."""

from functools import partial
from sqlite3 import Row

from hypothesis.stateful import precondition, rule

from tests.walks.stage.act import Act
from tests.walks.stage.cast import Key, Profile
from tests.walks.stage.proofs import Proofs
from tests.walks.stage.walking import LUCK, PICK, PINS, WRONG_PIN
from webapp import limits
from webapp.client.crypto.identities import Identity
from webapp.client.device.vault import Vault
from webapp.client.formats.encoding import new_id, to_base64


class DeviceRules(Proofs):
    """What members do on an ordinary day."""

    @rule(where=PICK, who=PICK, luck=LUCK)
    def sign_in(self, where: int, who: int, luck: int) -> None:
        """Mostly the owner of the browser, sometimes somebody else."""
        profile = self.pick(self.cast.profiles, where)
        name = profile.owner if luck < 3 else self.pick(list(self.cast.players), who)
        self.enter(profile, self.cast.players[name])

    @precondition(lambda self: self.signed_in())
    @rule(where=PICK)
    def sign_out(self, where: int) -> None:
        """In one browser."""
        profile = self.pick(self.signed_in(), where)
        self.act = Act("sign_out", self.user_at(profile))
        self.attempt("signed out", profile.member().sign_out, should=True)
        assert not profile.wire.cookie or not self.stage.eyes.one(
            "SELECT 1 FROM sign_in WHERE id = ? AND ended_at IS NULL", profile.wire.session
        )

    @precondition(lambda self: self.signed_in())
    @rule(where=PICK)
    def end_other_sessions(self, where: int) -> None:
        """From one browser."""
        profile = self.pick(self.signed_in(), where)
        self.act = Act("end_sessions", self.user_at(profile))
        browser = self.browser(profile)
        self.attempt("ended sessions", lambda: browser.submit("/sessions/ending", follow=False), should=True)

    @precondition(lambda self: self.keys_at_hand())
    @rule(where=PICK, luck=LUCK)
    def unlock(self, where: int, luck: int) -> None:
        """With the PIN, or a wrong one."""
        profile, key = self.pick(self.keys_at_hand(), where)
        self.try_pin(profile, key, right=luck < 3)

    def open_to_tries(self) -> list[tuple[Profile, Key]]:
        """Keys whose PIN can be tried where they are."""
        return [(profile, key) for profile, key in self.keys_at_hand() if self.sight.opens(key.state.id)]

    @precondition(lambda self: self.open_to_tries())
    @rule(where=PICK, luck=LUCK)
    def guess_pin(self, where: int, luck: int) -> None:
        """The last of ten wrong PINs, where luck has it; the nine before are counted straight in the database."""
        if luck > 1:
            profile, key = self.pick(self.open_to_tries(), where)
            self.stage.leave_tries(key.state.id, 1)
            self.settle()
            self.try_pin(profile, key, right=False)
            self.settle()
            if self.sight.devices[key.state.id]["lock_destroyed_at"]:
                self.reach("destroyed a lock")

    def try_pin(self, profile: Profile, key: Key, *, right: bool) -> None:
        """An open vault holds what was put into it; nobody opens it without an active device and its PIN."""
        device, user = key.state.id, key.state.user
        pin = self.pin_of(key) if right else WRONG_PIN
        version, proved = self.lock_opened(profile, key, pin), self.after_proof(profile, key)
        should = version > 0 and self.sight.opens(proved)
        self.act = Act("unlock", user, device)
        vault = self.attempt("unlocked", partial(self.member_at(profile, key).unlock, pin), should=should)
        if version:
            key.pins = {version: key.pins[version]}
        if vault:
            profile.open[device] = vault
            self.require_contents(vault, user)

    def type_pin(self, profile: Profile, key: Key) -> Identity | None:
        """The right one, for what the device opens with its own copy, active or prior."""
        pin = self.pin_of(key)
        version = self.lock_opened(profile, key, pin)
        self.act = Act("unlock", key.state.user, key.state.id)
        opened = self.attempt("typed a PIN", partial(self.member_at(profile, key)._open_lock, pin), should=version > 0)
        if opened:
            key.pins = {version: key.pins[version]}
        self.settle()
        return opened

    def pin_of(self, key: Key) -> str:
        """The latest one chosen there, or a guess."""
        return key.pins.get(max(self.sight.versions(key.state.id), default=0), PINS[0])

    def require_contents(self, vault: Vault, user: str) -> None:
        """Exactly what was saved."""
        found = [item["title"] for item in vault.items]
        assert found == self.cast.contents[self.sight.current(user)], "another vault than was saved"

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK)
    def save(self, where: int) -> None:
        """On a page that was opened at some time: the server decides whether it may still save."""
        self.save_there(*self.pick(self.open_vaults(), where))

    def save_there(self, profile: Profile, key: Key) -> None:
        """One more item."""
        vault, user, device = profile.open[key.state.id], key.state.user, key.state.id
        current = self.sight.current(user)
        should = self.may_write(profile, key) and self.sight.files[current] == vault.sha256
        self.act = Act("save", user, device) if should else Act("refused", user)
        title = self.new("Item")
        if self.attempt("saved", lambda: vault.add(title), should=should):
            self.cast.contents[current].append(title)

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK)
    def back_up(self, where: int) -> None:
        """To the cloud; what a device made in another epoch is no backup of this one."""
        self.back_up_there(*self.pick(self.open_vaults(), where))

    def back_up_there(self, profile: Profile, key: Key) -> None:
        """Of the vault as it was opened there."""
        vault, user = profile.open[key.state.id], key.state.user
        follows = self.follow_key_there(profile, key)
        epoch = vault.opened.manifest["epoch"]
        should = self.may_write(profile, key) and epoch == self.sight.users[user]["epoch"]
        should = should and vault.opened.manifest["organisation_key"] is not None and follows  # or they are off
        self.act = Act("back_up", user, key.state.id) if should else Act("refused", user)
        self.attempt("backed up", vault.back_up, should=should)

    def follow_key_there(self, profile: Profile, key: Key) -> bool:
        """The vault has the recovery key in use on record, or takes it over from the one that signed for it: a save."""
        vault, used = profile.open[key.state.id], self.key_in_use().public.fingerprint
        pin = vault.opened.manifest["organisation_key"]
        if pin is None or pin["fingerprint"] == used:
            return pin is not None
        should = self.may_write(profile, key) and vault.sha256 == self.sight.files[self.sight.current(key.state.user)]
        self.act = Act("save", key.state.user, key.state.id) if should else Act("refused", key.state.user)
        followed = self.attempt("followed another recovery key", vault.follow_key, should=should)
        self.settle()
        return bool(followed)

    def switch_on_there(self, profile: Profile, key: Key) -> None:
        """Cloud backups, where a new account left them off."""
        vault = profile.open[key.state.id]
        fresh = self.sight.files[self.sight.current(key.state.user)] == vault.sha256
        if vault.opened.manifest["organisation_key"] is None and fresh and self.may_write(profile, key):
            self.act = Act("save", key.state.user, key.state.id)
            fingerprint = self.key_in_use().link_fragment.removeprefix("k=")
            work = partial(vault.switch_on_cloud_backups, fingerprint)
            self.attempt("switched on cloud backups", work, should=True)
            self.settle()

    def may_write(self, profile: Profile, key: Key) -> bool:
        """A signed request of an active device in a session of its member in which its PIN was typed."""
        mine = self.user_at(profile) == key.state.user and self.sight.opens(key.state.id)
        return mine and bool(self.opened(profile, key.state.id))

    def is_open_at(self, profile: Profile, key: Key) -> bool:
        """Whether the vault as it is now is open on a page there that may save it."""
        found = profile.open.get(key.state.id)
        is_newest = found is not None and found.sha256 == self.sight.files[self.sight.current(key.state.user)]
        return is_newest and self.is_proved(profile, key) and self.may_write(profile, key)

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK, which=PICK, luck=LUCK)
    def change_pin(self, where: int, which: int, luck: int) -> None:
        """Soon after the present one was typed, mostly."""
        profile, key = self.pick(self.open_vaults(), where)
        if luck < 3 and self.may_write(profile, key):
            self.try_pin(profile, key, right=True)
            self.settle()
        device, vault, versions = key.state.id, profile.open[key.state.id], self.sight.versions(key.state.id)
        typed = [row["made_at"] for row in self.opened(profile, device) if not row["key"]]
        fresh = bool(typed) and typed[0] > self.sight.ago(limits.PIN_CHANGE_WINDOW)
        should = self.may_write(profile, key) and self.proved_at(profile) == device and fresh
        self.act = Act("change_pin", key.state.user, device) if should else Act("refused", key.state.user)
        member, pin = profile.member(key), self.pick(PINS, which)
        member._vault = vault
        kept = dict(key.state.salts)
        self.attempt("changed the PIN", lambda: member.change_pin(pin), should=should)
        if should:
            key.pins[max(versions) + 1] = pin
        else:
            key.state.salts = kept

    @precondition(lambda self: self.open_vaults())
    @rule(where=PICK, luck=LUCK)
    def change_password(self, where: int, luck: int) -> None:
        """Where the vault is open; the tab’s key says so."""
        profile, key = self.pick(self.open_vaults(), where)
        user, browser = self.user_at(profile) or key.state.user, self.browser(profile)
        player = self.cast.player(user)
        if luck < 3:
            self.open_tab(profile, key)
        at_device = self.user_at(profile) == user and self.sight.opens_for(user, self.proved_at(profile))
        has_none = self.user_at(profile) == user and not self.sight.users[user]["epoch"]  # no vault: nothing to open
        is_open = at_device and bool(self.opened(profile, self.proved_at(profile)))
        should = (has_none or is_open) and player.password is not None
        self.act = Act("password" if should else "refused", user, session=profile.wire.session)
        chosen = f"walk the {self.new('dogs')} twice"
        fields = {"present": player.password or "", "new": chosen}
        self.attempt(
            "changed the password",
            lambda: self.post(browser, "/settings/password", fields),
            should=should,
        )
        if should:
            player.password = chosen

    def open_tab(self, profile: Profile, key: Key) -> None:
        """Keep the key of a tab whose vault is open."""
        self.act = Act("open_tab", self.user_at(profile) or key.state.user)
        body = {"tab": new_id(), "key": to_base64(b"t" * 32)}
        work = lambda: self.browser(profile).sign_json(key.state.signer, "/devices/tab-keys", body)  # noqa: E731
        self.attempt("opened a tab", work, should=self.may_write(profile, key))
        self.settle()

    def prove_opens(self, profile: Profile, key: Key) -> None:
        """Where a password and a lock are left, this has to work."""
        player = self.cast.player(key.state.user)
        if not self.can_sign_in(player):
            return
        if self.user_at(profile) != player.id:
            self.enter(profile, player)
        self.try_pin(profile, key, right=True)
        self.settle()
        self.reach("a former device proved to open")

    def opened(self, profile: Profile, device: str) -> list[Row]:
        """What says that the device’s PIN was typed in the session, unless that was left alone for too long."""
        row = self.sight.sign_ins.get(profile.wire.session)
        if row is None or row["last_active_at"] <= self.sight.ago(limits.TAB_KEY_IDLE):
            return []
        place = row["id"], device
        return [tab for tab in self.sight.tab_keys.values() if (tab["sign_in_id"], tab["device_id"]) == place]
