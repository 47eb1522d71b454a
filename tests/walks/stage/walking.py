"""What all rules of the random walk stand on: the stage, who sits where, and the judgement after every step."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, TypeVar
from urllib.parse import urlencode

import pyotp
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.support.run.clock import MovableClock
from tests.walks.laws import all
from tests.walks.laws.keys import carried_out, opened
from tests.walks.stage.act import Act
from tests.walks.stage.audit import Audit
from tests.walks.stage.cast import Key, Player, Profile, Stage
from tests.walks.stage.pairing_moves import moved
from tests.walks.stage.sight import Sight
from tests.walks.stage.watch import Wire
from webapp import limits
from webapp.client.errors import DeviceError, NoAnswer, ServerRefused
from webapp.client.formats.recovery_keys import OrganisationKey, read_key
from webapp.client.member import USER_AGENT
from webapp.client.transport.http import FORM, Answer, Browser, refusal
from webapp.clock import now

PICK = st.integers(0, 11)
"""Which of those that there are, counted round."""
LUCK = st.integers(0, 3)
"""Mostly something goes right."""
PINS = ("274913", "830526", "619283")
WRONG_PIN = "975310"

Thing = TypeVar("Thing")


class Walking(RuleBasedStateMachine):
    """A walk of one example. A rule says what it is about to do (`self.act`) before it does it, and what has to come
    of it; `settle` holds that against the laws and against what was told."""

    stage: ClassVar[Stage]
    walked: ClassVar[Counter[str]]
    """How many steps, and how often what was reached."""
    swarm: ClassVar[bool] = True
    """Whether hypothesis switches rules off for whole walks: odd corners are visited more, long ways less."""
    only: ClassVar[tuple[str, ...]] = ()
    """Of a walk that is no swarm: the rules it may choose from; none named: all of them."""

    def __init__(self) -> None:
        super().__init__()
        if not self.swarm:
            self._rules_strategy.enabled_rules_strategy = st.just(self)  # type: ignore[arg-type]
        self.cast = self.stage.begin()
        self.sight = Sight(self.stage.eyes)
        self.act = Act("look")
        self.book = all.Book()
        self.made = 0
        self.walked["steps"] -= 1  # the first look is no step

    def is_enabled(self, name: str) -> bool:
        """What hypothesis asks of the rule that it would choose."""
        return not self.only or name in self.only

    @invariant()
    def everything_holds(self) -> None:
        """After every step, counted once it held."""
        self.settle()
        self.walked["steps"] += 1

    def settle(self) -> None:
        """Judge what was done since the last time."""
        self.stage.judged += 1
        after = Sight(self.stage.eyes, self.sight)
        all.check(self.act, self.sight, after, self.book)
        Audit(self.act, self.sight, after).check()
        for _, _, moves in moved(self.act, self.sight, after):
            for move in moves:
                self.reach(f"pairing: {move}")
        for key in carried_out(self.sight, after):
            self.reach("a recovery key was deleted")
            self.walked["a recovery key was deleted with its backups"] += bool(opened(self.sight, key))
        for profile in self.cast.profiles:
            while profile.wire.between.given:
                self.reach(f"no answer: {profile.wire.between.given.pop()}")
        self.sight, self.act = after, Act("look")

    def reach(self, what: str) -> None:
        """Count it: a walk that gets nowhere proves nothing."""
        self.walked[what] += 1

    def attempt(self, what: str, work: Callable[[], Thing], *, should: bool) -> Thing | None:
        """Do it; None where it was refused. It has to be refused unless it `should` work."""
        refused, done = None, None
        try:
            done = self.heard(work)
        except DeviceError as error:
            refused = error
        note(f"    {what}: {refused!r}" if refused else f"    {what}")
        assert (refused is None) == should, f"{what}, {self.act}: {refused!r}"
        self.reach(f"{what}, refused" if refused else what)
        return done

    def heard(self, work: Callable[[], Thing]) -> Thing:
        """What is too large for somebody in between has not arrived, and is done once more when they let it through."""
        try:
            return work()
        except NoAnswer as nobody:
            if nobody.code != "size_limit":
                raise
        act, self.act = self.act, Act("refused", self.act.user)
        self.settle()
        self.act = act
        return work()

    def new(self, what: str) -> str:
        """A name that was not there before."""
        self.made += 1
        return f"{what} {self.made}"

    @staticmethod
    def pick(things: Sequence[Thing], number: int) -> Thing:
        """One of them."""
        return things[number % len(things)]

    def user_at(self, profile: Profile) -> str:
        """Whose session this browser has, if it is alive."""
        session = profile.wire.session
        return str(self.sight.sign_ins[session]["user_id"]) if self.sight.is_alive(session) else ""

    def proved_at(self, profile: Profile) -> str:
        """The device that the session of this browser proved to be."""
        row = self.sight.sign_ins.get(profile.wire.session)
        return str(row["device_id"] or "") if row else ""

    def signed_in(self) -> list[Profile]:
        """Browsers with a session."""
        return [profile for profile in self.cast.profiles if self.user_at(profile)]

    def keys_at_hand(self) -> list[tuple[Profile, Key]]:
        """Keys in browsers in which their member is signed in."""
        found = [(profile, self.user_at(profile)) for profile in self.cast.profiles]
        return [(profile, key) for profile, user in found for key in profile.keys if key.state.user == user]

    def devices_at_hand(self) -> list[tuple[Profile, Key]]:
        """Of those, the keys that the server knows as a device."""
        return [(profile, key) for profile, key in self.keys_at_hand() if key.state.id in self.sight.devices]

    def open_vaults(self) -> list[tuple[Profile, Key]]:
        """Pages with an open vault, whether or not the server still lets them do anything."""
        return [(one, key) for one in self.cast.profiles for key in one.keys if key.state.id in one.open]

    def can_sign_in(self, player: Player) -> bool:
        """Whether somebody’s password works."""
        row = self.sight.users[player.id]
        assert bool(row["password_hash"]) == (player.password is not None)
        return player.password is not None and row["disabled_at"] is None

    def enter(self, profile: Profile, player: Player) -> None:
        """Sign in, as a step of its own."""
        self.act = Act("sign_in", player.id)
        password = player.password or "no password at present"
        member = profile.member()
        work = partial(member.sign_in, player.email, password, partial(self.code_of, player))
        self.attempt("signed in", work, should=self.can_sign_in(player))
        self.settle()

    def code_of(self, player: Player) -> str:
        """A code of their app that was not typed before; time passes until it shows one."""
        app = player.app
        totp = pyotp.TOTP(app.key or "A" * 32)
        if app.step > totp.timecode(now()):
            MovableClock().advance(seconds=30)
        app.step = max(totp.timecode(now()), app.step + 1)
        app.last = totp.generate_otp(app.step)
        return app.last

    def browser(self, profile: Profile) -> Browser:
        """For what the headless client has no verb for."""
        return self.browser_of(profile.wire)

    @staticmethod
    def browser_of(wire: Wire) -> Browser:
        """The same, at any wire."""
        return Browser(wire, USER_AGENT)

    @staticmethod
    def post(browser: Browser, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        """What a form leads to; raises ServerRefused, also where it leads back to signing in."""
        answer = browser.submit(path, fields, follow=False)
        if answer.headers.get("location", "").startswith("/sign-in"):
            raise ServerRefused(401, "signed_out")
        return answer

    @staticmethod
    def press(browser: Browser, path: str, fields: dict[str, str], devices: list[str]) -> Answer:
        """A form with boxes that are ticked."""
        body = urlencode([*fields.items(), *(("device", key) for key in devices)]).encode()
        answer = browser._send("POST", path, body, {"Accept": "text/html", "Content-Type": FORM})
        if answer.status >= 400:
            raise refusal(answer)
        return answer

    def key_in_use(self) -> OrganisationKey:
        """The organisation’s recovery key, as its file has it."""
        row = next(row for row in self.sight.keys.values() if row["state"] == "active")
        return self.cast.organisation_keys[row["fingerprint"]]

    def keep_key(self, file: bytes) -> None:
        """A key file, as an admin does."""
        key = read_key(file)
        self.cast.organisation_keys[key.public.fingerprint] = key

    def desks(self) -> list[tuple[Player, Profile]]:
        """Admins who can work now, each in the first of their browsers."""
        found = []
        for name, player in self.cast.players.items():
            if player.id in self.sight.admins() and self.can_sign_in(player):
                found.append((player, next(profile for profile in self.cast.profiles if profile.owner == name)))
        return found

    def at_desk(self, number: int) -> tuple[Player, Browser]:
        """An admin, signed in, who has just shown that it is them. Precondition: `desks` is not empty."""
        player, profile = self.pick(self.desks(), number)
        if self.user_at(profile) != player.id:
            self.enter(profile, player)
        browser, row = self.browser(profile), self.sight.sign_ins[profile.wire.session]
        shown_at = row["second_factor_at"] if player.app.key else row["password_at"] or row["created_at"]
        if shown_at is None or shown_at <= self.sight.ago(limits.ASKED_AGAIN):
            self.act = Act("show_again", player.id)
            fields = {"shown": self.code_of(player) if player.app.key else player.password or ""}
            self.attempt("showed again", lambda: self.post(browser, "/admin/again", fields), should=True)
            self.settle()
        return player, browser
