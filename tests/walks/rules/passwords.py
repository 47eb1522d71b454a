"""Rules of a walk: every way in which a password is reset, and the links that set one."""

import re
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.walks.stage.act import Act
from tests.walks.stage.cast import Player, Profile
from tests.walks.stage.walking import LUCK, PICK, Walking
from webapp.client.transport.http import Browser
from webapp.crypto.links import hash_of
from webapp.database import transaction
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.directory.user import User

OCTETS = {"Accept": "application/octet-stream"}
LINK = re.compile(r"/password/([\w-]{43})")


class PasswordRules(Walking):
    """The member, an admin, the operator."""

    @rule(who=PICK, luck=LUCK)
    def forget_password(self, who: int, luck: int) -> None:
        """Ask for a link, for somebody or for an address that is nobody’s."""
        player = self.pick(list(self.cast.players.values()), who)
        self.ask_for_link(player.email if luck < 3 else "nobody@example.org")

    def ask_for_link(self, email: str) -> None:
        """On the page that everybody may see; its answer is the same whoever’s the address is."""
        stranger = self.browser_of(self.stage.wire())
        work = partial(stranger.submit, "/forgot-password", {"email": email}, follow=False)
        self.attempt("asked for a link", work, should=True)

    @precondition(lambda self: self.cast.mailbox)
    @rule(which=PICK, where=PICK)
    def follow_link(self, which: int, where: int) -> None:
        """One of the last links there are, used before or not, in some browser."""
        user, token = self.pick(self.cast.mailbox[-4:], which)
        self.follow(user, token, self.pick(self.cast.profiles, where))

    def follow(self, user: str, token: str, profile: Profile) -> None:
        """Choose a password by it; the cookies of before are worth nothing then."""
        should = self.link_works(user, token)
        self.act = Act("link" if should else "refused", user)
        chosen = f"walk the {self.new('cats')} twice"
        browser, fields = self.browser(profile), {"password": chosen}
        work = partial(browser.submit, f"/password/{token}", fields, follow=False)
        self.attempt("chose a password", work, should=should)
        if should:
            self.cast.player(user).password = chosen
            self.settle()
            self.prove_dead(user, but=profile.wire.cookie)

    def link_works(self, user: str, token: str) -> bool:
        """Once, for its time, and until the password changes in any other way."""
        link = next(row for row in self.sight.links.values() if row["token_sha256"] == hash_of(token))
        is_open = link["used_at"] is None and link["expires_at"] > self.sight.now
        late = any(link["made_at"] < moment for moment in self.book.renewed.get(user, []))
        assert not (is_open and late), "a link outlived the password it was made for"
        return is_open and self.sight.users[user]["disabled_at"] is None

    def prove_dead(self, user: str, but: str = "") -> None:
        """Every cookie of theirs that anybody ever copied answers like none, after a reset."""
        for whose, cookie in self.cast.stolen:
            if whose == user and cookie != but:
                answer = self.stage.wire(cookie).send("GET", "/organisation/key", b"", OCTETS)
                assert answer.status == 401, "a stolen session outlived a reset"

    @rule(admin=PICK, who=PICK, way=st.sampled_from(["mail", "hand_over", "operator"]))
    def reset(self, admin: int, who: int, way: str) -> None:
        """Of anybody, by an admin or from the command line."""
        player = self.pick(list(self.cast.players.values()), who)
        if way == "operator":
            self.operator_resets(player)
        elif self.desks():
            self.admin_resets(*self.at_desk(admin), player, way)

    def admin_resets(self, by: Player, browser: Browser, player: Player, way: str) -> None:
        """Some are not theirs to reset."""
        roles = [self.sight.users[one.id]["role"] for one in (by, player)]
        should = self.sight.users[player.id]["disabled_at"] is None and player.id != by.id
        should = should and (roles[1] == "member" or roles[0] == "owner")
        kind = "admin_reset_by_" + ("hand" if way == "hand_over" else "mail")
        self.act = Act(kind, player.id, by=by.id) if should else Act("refused", player.id)
        path = f"/admin/users/{player.id}/reset"
        answer = self.attempt("reset by an admin", lambda: self.post(browser, path, {"way": way}), should=should)
        if answer is None:
            return
        if way == "hand_over":
            found = LINK.search(answer.page.text)
            assert found
            self.cast.mailbox.append((player.id, found[1]))
        self.was_reset(player)

    def operator_resets(self, player: Player) -> None:
        """By the verb that the command calls."""
        if self.sight.users[player.id]["disabled_at"]:
            return
        self.act = Act("operator_reset", player.id)
        with self.stage.app.app_context(), transaction():
            token = reset_by_operator(User.locked(player.id)).token
        self.cast.mailbox.append((player.id, token))
        self.reach("reset by the operator")
        self.was_reset(player)

    def was_reset(self, player: Player) -> None:
        """Nobody has the password any more, nor a session."""
        player.password = None
        self.settle()
        self.prove_dead(player.id)
