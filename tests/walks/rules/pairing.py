"""Rules of a walk: a pairing move by move, on the browser that asks and on the devices that show codes."""

from datetime import timedelta
from sqlite3 import Row

from hypothesis.stateful import precondition, rule

from tests.walks.rules.devices import DeviceRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Key, Profile, Shown
from tests.walks.stage.sight import PAIRING
from tests.walks.stage.walking import LUCK, PICK, PINS
from webapp import limits
from webapp.client.device.state import DeviceState
from webapp.client.errors import DeviceError
from webapp.client.formats.encoding import to_base64
from webapp.client.pairing.host import CODES, OtherDevice
from webapp.client.pairing.joiner import NewDevice
from webapp.clock import now, parse_stamp


class PairingRules(DeviceRules):
    """Opening, offering, answering, letting in, completing."""

    def has_vault_at(self) -> list[Profile]:
        """Browsers of somebody signed in who has a vault."""
        return [profile for profile in self.signed_in() if self.sight.users[self.user_at(profile)]["epoch"]]

    def running(self) -> list[Row]:
        """Pairings that were not ended yet, overdue ones too."""
        return [row for row in self.sight.pairings.values() if row["state"] in PAIRING]

    @precondition(lambda self: self.has_vault_at())
    @rule(where=PICK)
    def ask_to_be_paired(self, where: int) -> None:
        """In the place of a pairing that may be open."""
        self.open_pairing(self.pick(self.has_vault_at(), where))

    def open_pairing(self, profile: Profile) -> None:
        """In the name of whoever is signed in there, with fresh keys; not while another browser chooses its PIN."""
        user = self.user_at(profile)
        row = self.sight.users[user]
        free = not self.sight.is_held(user) and not self.sight.is_locked(user)
        earlier = self.sight.pairing(user)
        should = free and row["pairing_codes"] < limits.PAIRING_CODES
        should = should and (earlier is None or earlier["state"] != "confirmed")
        state = DeviceState(profile.wire.origin, self.stage.key.key.organisation, user, row["email"], profile.name)
        new = NewDevice(self.browser(profile), state)
        self.act = Act("pair" if should else "refused", user, state.id)
        self.attempt("asked to be paired", new.begin, should=should)
        if should:
            profile.keys.append(Key(state))
            profile.asking[state.id] = new
            if earlier:
                self.reach("a second pairing took the place of the first")

    @precondition(lambda self: self.running() and self.keys_at_hand())
    @rule(which=PICK, luck=LUCK)
    def show_code(self, which: int, luck: int) -> None:
        """By any key of a member whom somebody asks to pair with; on a page that is open, or behind the PIN."""
        asked = {row["user_id"] for row in self.running()}
        found = [(profile, key) for profile, key in self.keys_at_hand() if key.state.user in asked]
        if found:
            profile, key = self.pick(found, which)
            self.show_there(profile, key, anew=luck < 2)

    def show_there(self, profile: Profile, key: Key, *, anew: bool = True) -> None:
        """Type the PIN unless the page of before is still there, look who asks, and show them a code."""
        device, user = key.state.id, key.state.user
        other = None if anew else profile.showing.get(device)
        if other is None:
            vault_key = self.type_pin(profile, key)
            if vault_key is None:
                return
            other = profile.showing[device] = OtherDevice(self.browser(profile), key.state, vault_key)
        if self.look(profile, user, other):
            self.offer(profile, key, other)

    def look(self, profile: Profile, user: str, other: OtherDevice) -> bool:
        """Who asks: a device that may show codes is told."""
        row, proved = self.sight.pairing(user), self.proved_at(profile)
        state = self.sight.pairing_state(row) if row else ""
        may = self.sight.can_pair(proved) and self.user_at(profile) == user
        self.act = Act("look", user)
        seen = self.attempt("looked who asks", other.look, should=may and state in PAIRING)
        self.settle()
        assert seen is None or (row is not None and seen["pairing"] == row["id"]), "another pairing was shown"
        return seen is not None

    def offer(self, profile: Profile, key: Key, other: OtherDevice) -> None:
        """One code after the other, three at most."""
        device, user = key.state.id, key.state.user
        row = self.sight.pairing(user)
        assert row
        recent = [code for code in key.state.codes if now() - parse_stamp(code) < timedelta(hours=24)]
        free = self.sight.pairing_state(row) == "opened" and not self.sight.is_locked(user)
        should = free and len(recent) < CODES and self.sight.can_pair(device)
        should = should and bool(self.opened(profile, device))  # the page may be one of a session before
        was_prior = self.sight.devices[device]["state"] == "prior"
        self.act = Act("offer" if should else "refused", user, device)
        code = self.attempt("showed a code", other.show_code, should=should)
        if code:
            self.cast.codes[row["id"]] = Shown(other, code)
            if was_prior:
                self.reach("a prior device showed a code")

    def asking(self) -> list[tuple[Profile, Key]]:
        """Pages that asked to be paired."""
        return [(one, key) for one in self.cast.profiles for key in one.keys if key.state.id in one.asking]

    @precondition(lambda self: self.asking())
    @rule(which=PICK, luck=LUCK)
    def type_code(self, which: int, luck: int) -> None:
        """On one of the last pages that asked; the right code or another."""
        self.answer(*self.pick(self.asking()[-3:], which), right=luck < 2)

    def answer(self, profile: Profile, key: Key, *, right: bool) -> None:
        """An offer and a code are good for one answer, in the browser that asked."""
        new, user = profile.asking[key.state.id], key.state.user
        here, row = self.prove(profile, key), self.sight.pairings[new.id]
        shown = self.cast.codes.get(new.id)
        visible = here and self.sight.pairing_state(row) == "offered"
        code = shown.code if shown else "274913"
        code = code if right else f"{(int(code) + 1) % 1_000_000:06}"
        used = {to_base64(row["offer_signature"]), code} & set(key.state.used_codes)
        should = visible and not used
        self.act = Act("answer" if should else "refused", user, key.state.id)

        def work() -> None:
            if not new.type_code(code):
                raise DeviceError("no code is shown")

        self.attempt("typed a code", work, should=should)
        if should and shown:
            shown.typed = code

    def showing(self) -> list[tuple[Profile, Key]]:
        """Pages that showed a code nobody has answered there."""
        keys = [(one, key) for one in self.cast.profiles for key in one.keys if key.state.id in one.showing]
        return [(one, key) for one, key in keys if one.showing[key.state.id].waiting]

    @precondition(lambda self: self.showing())
    @rule(which=PICK)
    def compare(self, which: int) -> None:
        """On a page that shows a code, whatever became of it."""
        self.let_in(*self.pick(self.showing(), which))

    def let_in(self, profile: Profile, key: Key) -> None:
        """Whoever answered with the code of this page gets the key; any other answer burns it."""
        device, user, other = key.state.id, key.state.user, profile.showing[key.state.id]
        assert other.waiting
        row = self.sight.pairings[other.waiting.pairing]
        shown = self.cast.codes[row["id"]]
        answered = self.user_at(profile) == user and self.sight.pairing_state(row) == "answered"
        mine = answered and row["other_device_id"] == device and self.sight.can_pair(device)
        right = mine and shown.page is other and shown.typed == shown.code
        should = right and bool(self.opened(profile, device))  # a refusal takes no PIN
        refuses = mine and not right
        self.act = Act("confirm" if should else "refuse" if refuses else "refused", user, device)

        def work() -> None:
            if not other.let_in():
                raise DeviceError("no answer yet")

        self.attempt("let a device in", work, should=should)
        if refuses:
            self.reach("another code was refused")

    @precondition(lambda self: self.asking())
    @rule(which=PICK, luck=LUCK)
    def take_key(self, which: int, luck: int) -> None:
        """On one of the last pages that asked; some go no further than taking it."""
        self.take(*self.pick(self.asking()[-3:], which), completes=luck < 3)

    def take(self, profile: Profile, key: Key, *, completes: bool = True) -> None:
        """The vault as it is, then a PIN of this device’s own, which opens it."""
        new, user, device = profile.asking[key.state.id], key.state.user, key.state.id
        if device in self.sight.devices:
            return
        should = self.user_at(profile) == user and self.sight.pairing_state(self.sight.pairings[new.id]) == "confirmed"
        self.act = Act("take", user, device)

        def work() -> object:
            vault = new.take_key()
            if vault is None:
                raise DeviceError("not confirmed yet")
            return vault

        if not self.attempt("took the key", work, should=should) or not completes:
            return
        self.settle()
        assert new.vault
        self.require_contents(new.vault, user)
        pin = self.pick(PINS, self.made)
        self.act = Act("complete", user, device, profile.wire.session)
        vault = self.attempt("paired", lambda: new.complete(pin), should=True)
        assert vault
        self.settle()
        key.pins, profile.open[device] = {1: pin}, vault
        self.try_pin(profile, key, right=True)

    @precondition(lambda self: any(one.asking[key.state.id].vault for one, key in self.asking()))
    @rule(which=PICK)
    def complete_again(self, which: int) -> None:
        """The answer got lost: the same once more changes nothing; and one that has ended stays so."""
        found = [(one, key) for one, key in self.asking() if one.asking[key.state.id].vault]
        profile, key = self.pick(found, which)
        new = profile.asking[key.state.id]
        if new._lock is None:
            return
        self.act = Act("again", key.state.user)
        here = self.user_at(profile) == key.state.user
        self.attempt("paired again", lambda: new.complete(PINS[0]), should=here)
