"""Rules of a walk: the organisation’s recovery keys, one after the other; shares that are re-wrapped, and removals."""

from functools import partial
from sqlite3 import Row

from hypothesis.stateful import precondition, rule

from tests.support.run.clock import MovableClock
from tests.walks.laws.keys import needed, opened
from tests.walks.rules.next import NextRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Player
from tests.walks.stage.walking import LUCK, PICK
from webapp import limits
from webapp.client.admin import Admin
from webapp.client.formats.recovery_keys import make_key, write_key
from webapp.client.member import USER_AGENT

AT_MOST = 4
"""Keys that there ever are in one walk."""


class KeyRules(NextRules):
    """What admins do with key files."""

    def admin_at(self, number: int) -> tuple[Player, Admin]:
        """One of them, who has just shown that it is them."""
        by, browser = self.at_desk(number)
        admin = Admin(browser.transport, USER_AGENT, lambda: by.password or "")
        return by, admin

    @precondition(lambda self: self.desks() and len(self.cast.organisation_keys) < AT_MOST)
    @rule(admin=PICK, luck=LUCK)
    def regenerate_key(self, admin: int, luck: int) -> None:
        """With the file of the key in use, or with another one, which is no good."""
        self.regenerate(admin, forged=luck == 3)

    def regenerate(self, number: int, *, forged: bool = False) -> None:
        """The former key signs which one takes its place, and opens what it opened."""
        by, admin = self.admin_at(number)
        former = self.key_in_use()
        if forged:
            former = make_key(former.organisation, former.organisation_name, "Stranger", former.epoch)
        self.act = Act("refused" if forged else "regenerate", by=by.id)
        work = partial(admin.regenerate_key, self.new("Key"), write_key(former))
        file = self.attempt("regenerated the key", work, should=not forged)
        if file:
            self.keep_key(file)

    def disabled_keys(self) -> list[Row]:
        """That still open something."""
        return [row for row in self.sight.keys.values() if row["state"] == "disabled"]

    @precondition(lambda self: self.desks() and self.disabled_keys())
    @rule(admin=PICK, which=PICK)
    def rewrap_shares(self, admin: int, which: int) -> None:
        """All that a disabled key opens, but for what an open request needs."""
        by, admin_there = self.admin_at(admin)
        row = self.pick(self.disabled_keys(), which)
        former, following = self.cast.organisation_keys[row["fingerprint"]], self.key_in_use()
        sealed = [one["id"] for one in opened(self.sight, row["id"])]
        held = {key for key in sealed if needed(self.sight, row["id"], key)}
        due = [one for one in self.waiting() if one["key_id"] == row["id"] and one["due_at"] <= self.sight.now]
        if due:
            return  # looking at it carries that out
        self.act = Act("rewrap", by=by.id, target=row["id"])
        work = partial(admin_there.rewrap, write_key(former), write_key(following))
        outcome = self.attempt("re-wrapped", work, should=True)
        assert outcome
        assert (set(outcome.done), set(outcome.held)) == (set(sealed) - held, held), (
            "re-wrapped another lot than is due"
        )
        if outcome.done:
            self.reach("shares were re-wrapped")

    def waiting(self) -> list[Row]:
        """Removals that are announced."""
        return [row for row in self.sight.removals.values() if row["state"] == "waiting"]

    @precondition(lambda self: self.desks() and self.disabled_keys())
    @rule(admin=PICK, which=PICK, luck=LUCK)
    def ask_for_removal(self, admin: int, which: int, luck: int) -> None:
        """Of a disabled key, by its name or a wrong one; not while an open request needs it."""
        self.remove_key(admin, self.pick(self.disabled_keys(), which), named=luck < 3)

    def remove_key(self, number: int, row: Row, *, named: bool = True) -> None:
        """It is announced; its backups are there for another week."""
        by, browser = self.at_desk(number)
        known = [one for one in self.waiting() if one["key_id"] == row["id"]]
        should = named and not known and not needed(self.sight, row["id"])
        self.act = Act("remove_key", by=by.id, target=row["id"]) if should else Act("refused")
        typed = row["name"] if named else "Another key"
        work = partial(self.post, browser, f"/admin/keys/{row['id']}/deletion", {"typed": typed})
        self.attempt("asked for the removal of a key", work, should=should)

    @precondition(lambda self: self.desks() and self.waiting())
    @rule(admin=PICK, which=PICK)
    def stop_removal(self, admin: int, which: int) -> None:
        """By any admin, until it is carried out."""
        by, browser = self.at_desk(admin)
        if not self.waiting():
            return
        row = self.pick(self.waiting(), which)
        gone = row["due_at"] <= self.sight.now and not needed(self.sight, row["key_id"])
        self.act = Act("look") if gone else Act("keep_key", by=by.id, target=row["key_id"])
        work = partial(self.post, browser, f"/admin/removals/{row['id']}/cancellation")
        self.attempt("stopped a removal" if not gone else "stopped a removal too late", work, should=True)

    @precondition(lambda self: self.desks())
    @rule()
    def go_through_keys(self) -> None:
        """One key after another, to its end; as simple as can be."""
        self.made += 1
        waiting, disabled = self.waiting(), self.disabled_keys()
        if waiting:
            # Half of the week: somebody may ask for one of its backups, and still wait for it when the week is over.
            MovableClock().advance(seconds=limits.KEY_REMOVAL_NOTICE.total_seconds() / 2 + 60)
            self.act = Act("worker")
            self.work(accepts=True)
        elif disabled:
            self.remove_key(self.made, disabled[0])
        elif len(self.cast.organisation_keys) < AT_MOST:
            self.regenerate(self.made)

    @precondition(lambda self: self.waiting() and self.open_requests())
    @rule()
    def week_passes(self) -> None:
        """While a request is open; the worker looks."""
        MovableClock().advance(days=3)
        self.act = Act("worker")
        self.work(accepts=False)
