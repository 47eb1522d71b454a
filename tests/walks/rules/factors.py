"""Rules of a walk: the second factor. Each code signs in once; whoever lost the phone asks an admin, who is marked."""

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.people.factors import KEY, ONE_TIME_CODE, PAGE
from tests.walks.rules.passwords import PasswordRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Player, Profile
from tests.walks.stage.walking import LUCK, PICK, WRONG_PIN

AT_MOST = 2
"""Of the five: who has one at a time, since each sign-in takes longer with it."""
TYPED = st.sampled_from(["app", "paper", *["app again", "paper again"] * 2, "wrong", "nothing"])


class FactorRules(PasswordRules):
    """Turning it on and off, typing codes, and losing the phone."""

    def with_factor(self) -> list[Player]:
        """Who has one."""
        return [player for player in self.cast.players.values() if player.app.key]

    @precondition(lambda self: self.signed_in() and len(self.with_factor()) < AT_MOST)
    @rule(where=PICK, luck=LUCK)
    def turn_factor_on(self, where: int, luck: int) -> None:
        """In some browser; the first code shows that the app has the key."""
        self.turn_on(self.pick(self.signed_in(), where), right=luck < 3)

    def turn_on(self, profile: Profile, *, right: bool = True) -> None:
        """Every other session ends; on paper there are ten codes then."""
        user, browser = self.user_at(profile), self.browser(profile)
        player = self.cast.player(user)
        if player.app.key:
            return
        self.act = Act("look", user)
        fields = {"password": player.password or ""}
        page = self.attempt("was shown a key", partial(self.post, browser, f"{PAGE}/key", fields), should=True)
        found = KEY.search(page.page.text) if page else None
        assert found, "no key was shown"
        self.settle()
        player.app.key = found[1] if right else ""
        code = self.code_of(player) if right else WRONG_PIN
        self.act = Act("factor_on" if right else "refused", user, session=profile.wire.session)
        work = partial(self.post, browser, PAGE, {"code": code})
        answer = self.attempt("turned the second factor on", work, should=right)
        if answer:
            player.app.papers, player.app.spent = ONE_TIME_CODE.findall(answer.page.text), []
            assert len(player.app.papers) == 10, "not ten codes"

    @precondition(lambda self: any(self.can_sign_in(player) for player in self.with_factor()))
    @rule(who=PICK, where=PICK, typed=TYPED)
    def sign_in_with(self, who: int, where: int, typed: str) -> None:
        """The password, and then what somebody types."""
        player = self.pick([player for player in self.with_factor() if self.can_sign_in(player)], who)
        profile = self.pick(self.cast.profiles, where)
        if typed == "paper again" and not player.app.spent:
            self.type_there(profile, player, "paper")
        self.type_there(profile, player, typed)

    def type_there(self, profile: Profile, player: Player, typed: str) -> None:
        """A code of the app or from paper is good once."""
        app = player.app
        known = {
            "app": [""],
            "paper": app.papers[-1:],
            "app again": [str(app.last)] if app.last else [],
            "paper again": app.spent[-1:],
            "wrong": ["2" * 12],
            "nothing": ["-"],
        }[typed]
        if not known:
            return
        should = typed in ("app", "paper")
        self.act = Act("sign_in", player.id)
        code = partial(self.code_of, player) if typed == "app" else (lambda: known[0])
        member = profile.member()
        work = partial(member.sign_in, player.email, player.password or "", None if typed == "nothing" else code)
        self.attempt(f"signed in, {typed}", work, should=should)
        if typed == "paper":
            app.spent.append(app.papers.pop())
        self.settle()

    @precondition(lambda self: any(self.can_sign_in(player) for player in self.with_factor()))
    @rule(who=PICK, where=PICK)
    def turn_factor_off(self, who: int, where: int) -> None:
        """With the password and a code; the password alone is not enough."""
        player = self.pick([player for player in self.with_factor() if self.can_sign_in(player)], who)
        there = [profile for profile in self.signed_in() if self.user_at(profile) == player.id]
        if not there:
            return
        browser, fields = self.browser(self.pick(there, where)), {"password": player.password or ""}
        self.act = Act("refused", player.id)
        work = partial(self.post, browser, f"{PAGE}/ending", {**fields, "code": WRONG_PIN})
        self.attempt("turned the second factor off", work, should=False)
        self.settle()
        code = self.code_of(player)
        self.act = Act("factor_off", player.id)
        self.attempt(
            "turned the second factor off",
            partial(self.post, browser, f"{PAGE}/ending", {**fields, "code": code}),
            should=True,
        )
        player.app.key = ""

    @precondition(lambda self: self.desks())
    @rule(admin=PICK, who=PICK, luck=LUCK)
    def reset_factor(self, admin: int, who: int, luck: int) -> None:
        """By an admin; mostly of somebody who has one."""
        everybody = list(self.cast.players.values())
        self.reset_factor_of(admin, self.pick((luck < 3 and self.with_factor()) or everybody, who))

    def reset_factor_of(self, number: int, player: Player) -> None:
        """The password alone signs in then, in no session of before."""
        by, browser = self.at_desk(number)
        roles = [self.sight.users[one.id]["role"] for one in (by, player)]
        should = self.sight.users[player.id]["disabled_at"] is None and player.id != by.id and bool(player.app.key)
        should = should and (roles[1] == "member" or roles[0] == "owner")
        self.act = Act("factor_reset", player.id, by=by.id) if should else Act("refused", player.id)
        fields = {"reason": "The phone is in the lake."}
        work = partial(self.post, browser, f"/admin/users/{player.id}/second-factor-reset", fields)
        if self.attempt("reset a second factor", work, should=should):
            player.app.key = ""
            self.settle()
            self.prove_dead(player.id)

    @precondition(lambda self: self.only)
    @rule()
    def use_factor(self) -> None:
        """On, then a code of each kind, each twice, and a reset; as simple as can be, for walks that are led."""
        self.made += 1
        found = self.with_factor()
        if not found:
            player = self.cast.players["Alice"]
            profile = next(profile for profile in self.cast.profiles if profile.owner == "Alice")
            if self.can_sign_in(player):
                self.enter(profile, player)
                self.turn_on(profile)
            return
        ways = ("app", "app again", "paper", "paper again", "reset")
        way, player = ways[self.made % len(ways)], found[0]
        if way == "reset" and self.desks():
            self.reset_factor_of(self.made, player)
        elif self.can_sign_in(player):
            self.type_there(self.cast.profiles[0], player, way)
