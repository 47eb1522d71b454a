"""Rules of a walk: thieves, the curious and strangers, with everything they can lay hands on."""

import re
from collections.abc import Callable

from hypothesis.stateful import precondition, rule

from tests.walks.rules.recovery import RecoveryRules
from tests.walks.stage.act import Act
from tests.walks.stage.walking import LUCK, PICK
from webapp.client.device.state import DeviceState
from webapp.client.errors import ServerRefused

GUESS = "A" * 43
VETO = re.compile(r"/veto/[\w-]{43}")


class StrangerRules(RecoveryRules):
    """None of them gets anything. What is handed out at all is judged on the wire (tests/walks/stage/watch.py)."""

    @precondition(lambda self: self.signed_in())
    @rule(where=PICK)
    def steal_session(self, where: int) -> None:
        """Copy the cookie of a session; its owner notices nothing."""
        profile = self.pick(self.signed_in(), where)
        self.cast.stolen.append((self.user_at(profile), profile.wire.cookie))

    @precondition(lambda self: self.cast.stolen)
    @rule(which=PICK)
    def use_stolen_session(self, which: int) -> None:
        """It is worth a session as long as that lives, and no key ever."""
        user, cookie = self.pick(self.cast.stolen, which)
        wire = self.stage.wire(cookie)
        thief, alive = self.browser_of(wire), self.sight.is_alive(wire.session)
        self.attempt("used a stolen session", lambda: thief.get_json("/organisation/key"), should=alive)
        organisation = self.stage.key.key.organisation
        forged = DeviceState(wire.origin, organisation, user, self.cast.player(user).email, "Thief").signer
        self.refused(lambda: thief.sign_json(forged, "/devices/unlock", {"proof": GUESS, "version": 1}))
        if alive:
            assert not VETO.search(thief.visit("/veto").page.text), "a cookie alone leads to a veto"
        asked = self.sight.asked(user)
        if asked:
            self.refused(lambda: thief.fetch_file(forged, f"/recovery/requests/{asked['id']}/release"))

    @precondition(lambda self: self.keys_at_hand())
    @rule(which=PICK)
    def key_is_curious(self, which: int) -> None:
        """Any key of a member, in a session of theirs, asks for the release and the vault of every request."""
        profile, key = self.pick(self.keys_at_hand(), which)
        browser, user = self.browser(profile), key.state.user
        for asked in [row for row in self.sight.requests.values() if row["user_id"] == user][-2:]:
            if asked["device_id"] != key.state.id:
                for what in ("release", "vault"):
                    path = f"/recovery/requests/{asked['id']}/{what}"
                    self.refused(lambda path=path: browser.fetch_file(key.state.signer, path))
        if not self.sight.opens(key.state.id):
            body = {"tab": "0" * 32}
            self.refused(lambda: browser.sign_json(key.state.signer, "/devices/tab-keys/open", body))

    @precondition(lambda self: self.signed_in())
    @rule(which=PICK)
    def meddle(self, which: int) -> None:
        """Somebody signed in reaches for the requests of others, and a member for those of admins."""
        profile = self.pick(self.signed_in(), which)
        me, browser = self.user_at(profile), self.browser(profile)
        for asked in self.open_requests():
            path = f"/recovery/requests/{asked['id']}"
            if asked["user_id"] != me:
                self.refused(lambda path=path: browser.submit(f"{path}/cancellation", follow=False))
                for key in profile.keys:
                    work = lambda path=path, key=key: browser.fetch_file(key.state.signer, f"{path}/release")  # noqa: E731
                    self.refused(work)
            if self.sight.users[me]["role"] == "member":
                path = f"/admin/requests/{asked['id']}"
                self.refused(lambda path=path: browser.submit(f"{path}/denial", {"reason": "mine"}, follow=False))

    @rule(who=PICK, what=LUCK)
    def stranger_tries(self, who: int, what: int) -> None:
        """Without a session: guessed links, a guessed password, pages by their address."""
        stranger, player = self.browser_of(self.stage.wire()), self.pick(list(self.cast.players.values()), who)
        tries: list[Callable[[], object]] = [
            lambda: stranger.submit(f"/veto/{GUESS}", follow=False),
            lambda: stranger.submit(f"/password/{GUESS}", {"password": "walk nine dogs twice"}, follow=False),
            lambda: stranger.submit("/sign-in", {"email": player.email, "password": GUESS}, follow=False),
            lambda: stranger.get_file("/vault/file"),
        ]
        self.refused(tries[what])

    def refused(self, work: object) -> None:
        """It is, in some way that the headless client knows."""
        assert callable(work)
        self.act = Act("refused")
        try:
            work()
        except ServerRefused:
            self.reach("a stranger was refused")
        else:
            raise AssertionError("a stranger was let in")
