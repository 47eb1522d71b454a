"""Rules of a walk: how a pairing ends without success: declined, withdrawn, or because nobody comes."""

from functools import partial
from sqlite3 import Row

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.run.clock import MovableClock
from tests.walks.rules.pairing import PairingRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Profile
from tests.walks.stage.sight import PAIRING
from tests.walks.stage.walking import LUCK, PICK
from webapp import worker


class PairingEndRules(PairingRules):
    """By its member, or by the clock."""

    @precondition(lambda self: self.running() and self.signed_in())
    @rule(which=PICK, where=PICK, declines=st.booleans())
    def end_pairing(self, which: int, where: int, declines: bool) -> None:
        """By its member: declined on a device that could show a code, withdrawn anywhere. Others can’t."""
        row = self.pick(self.running(), which)
        there = [one for one in self.signed_in() if self.user_at(one) == row["user_id"]]
        able = [one for one in there if self.sight.can_pair(self.proved_at(one)) or not declines]
        profile = self.pick((where % 4 and able) or self.signed_in(), where)
        self.end_there(row, profile, declines=declines)

    def end_there(self, row: Row, profile: Profile, *, declines: bool) -> None:
        """By whoever is signed in there."""
        mine, proved = self.user_at(profile) == row["user_id"], self.proved_at(profile)
        is_open = mine and self.sight.pairing_state(row) in PAIRING
        can = self.sight.can_pair(proved)
        done = is_open and (can or not declines)
        self.act = Act(("decline" if declines else "withdraw") if done else "refused", row["user_id"], proved)
        what = f"/pair/{row['id']}/decline" if declines else f"/recovery/pairings/{row['id']}/cancellation"
        work = partial(self.browser(profile).submit, what, follow=False)
        calm = mine or (declines and not can)
        verb = "declined a pairing" if declines else "withdrew a pairing"
        self.attempt(verb if done or not calm else f"{verb}, in vain", work, should=calm)

    @precondition(lambda self: self.running())
    @rule(seconds=st.sampled_from([50, 70, 130, 620]), who=LUCK, where=PICK)
    def nobody_comes(self, seconds: int, who: int, where: int) -> None:
        """Codes lapse, pairings expire: the worker notices, or a page that waits, or nobody yet."""
        MovableClock().advance(seconds=seconds)
        if who == 0:
            self.tidy()
        elif who < 3 and self.signed_in():
            self.browser(self.pick(self.signed_in(), where)).visit("/pair/status")

    def tidy(self) -> None:
        """What the worker does besides mail."""
        self.act = Act("worker")
        with self.stage.app.app_context():
            worker.tidy()
