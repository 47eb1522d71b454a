"""Rules of a walk: “This wasn’t me” and Undo, from mails and from devices, and what lifts a hold."""

import re
from functools import partial
from sqlite3 import Row

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.walks.laws.devices import paired_lately, unpaired_by
from tests.walks.rules.devices import DeviceRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Key, Profile
from tests.walks.stage.walking import LUCK, PICK
from webapp.client.crypto.signatures import sign
from webapp.client.formats.encoding import from_base64, to_base64
from webapp.client.transport.http import LABEL, Answer
from webapp.crypto.links import hash_of, make_token
from webapp.crypto.signatures import request_bytes
from webapp.database import db, transaction
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.ops import mail

VETO = re.compile(r"/veto/([\w-]{43})")
PAIRED = re.compile(r'<input(?=[^>]*name="device")[^>]*value="(\w+)"')
SHOWN = re.compile(r'<input(?=[^>]*name="undo")[^>]*value="(\w+)"')
LATEST = """SELECT notice.id FROM notice, link WHERE link.id = json_extract(details, '$.veto') AND notice.user_id = ?
    ORDER BY notice.made_at DESC LIMIT 4"""


class VetoRules(DeviceRules):
    """What the member says to a recovery."""

    @rule(who=PICK, which=PICK, where=PICK, undoes=st.booleans(), luck=LUCK)
    def veto_by_mail(self, who: int, which: int, where: int, undoes: bool, luck: int) -> None:
        """With the link in one of somebody’s last mails, in whatever browser that is opened."""
        user = self.pick(list(self.sight.users), who)
        notices = self.stage.eyes.all(LATEST, user)
        if notices:
            with self.stage.app.app_context():
                notice = db.session.get_one(Notice, self.pick(notices, which)["id"])
                text = mail.rendered(notice, for_mailbox=True).body
            found = VETO.search(text)
            assert found, "a mail without its veto"
            self.say(user, found[1], self.pick(self.cast.profiles, where), undoes=undoes, luck=luck)

    @precondition(lambda self: self.undoable())
    @rule(who=PICK, where=PICK)
    def regret(self, who: int, where: int) -> None:
        """The same, under another name: chosen more often."""
        self.undo_a_recovery(who, where)

    @precondition(lambda self: self.undoable())
    @rule(who=PICK, where=PICK)
    def undo_a_recovery(self, who: int, where: int) -> None:
        """By a mail of somebody who can, in one of their browsers."""
        user = self.pick(self.undoable(), who)
        link = next(row for row in reversed(self.sight.links.values()) if self.is_mailed(row, user))
        with self.stage.app.app_context():
            token = make_token(link["id"])
        mine = [one for one in self.cast.profiles if one.owner == self.cast.player(user).name]
        self.say(user, token, self.pick(mine, where), undoes=True)

    def undoable(self) -> list[str]:
        """Members whose last recovery can be undone by some mail."""
        found = [user for user in self.sight.users if self.sight.undo(user)]
        return [user for user in found if any(self.is_mailed(row, user) for row in self.sight.links.values())]

    def is_mailed(self, link: Row, user: str) -> bool:
        """Whether it is an open veto link of theirs, from a mail."""
        mailed = (link["user_id"], link["purpose"], link["device_id"]) == (user, "veto", None)
        return mailed and self.sight.is_open(link)

    @precondition(lambda self: self.claims())
    @rule(which=PICK, undoes=st.booleans(), asks=st.booleans(), luck=LUCK)
    def veto_by_device(self, which: int, undoes: bool, asks: bool, luck: int) -> None:
        """In a browser that proves a key: it `asks`, or is told on the sign-in page what runs elsewhere, or nothing."""
        profile, key = self.pick(self.claims(), which)
        user, device = key.state.user, key.state.id
        self.act = Act("watch", user, device)
        found = VETO.search(self.watch(key, "/veto/link" if asks else "/veto/running").body.decode())
        enabled = not self.sight.users[user]["disabled_at"]
        should = enabled and (self.sight.speaks(device) if asks else self.concerns(key))
        assert bool(found) == should, f"the way to a veto was {'' if found else 'not '}told to {device}"
        self.settle()
        if found:
            self.cast.doors.append((user, found[1]))
            if luck < 2:
                self.say(user, found[1], profile, undoes=undoes, luck=luck)

    @precondition(lambda self: self.cast.doors)
    @rule(which=PICK, where=PICK, undoes=st.booleans())
    def veto_later(self, which: int, where: int, undoes: bool) -> None:
        """By a page that a device was led to before, and that was left open."""
        user, token = self.pick(self.cast.doors[-3:], which)
        self.say(user, token, self.pick(self.cast.profiles, where), undoes=undoes)

    def claims(self) -> list[tuple[Profile, Key]]:
        """Keys of devices, whatever became of them."""
        return [(p, key) for p in self.cast.profiles for key in p.keys if key.state.id in self.sight.devices]

    def concerns(self, key: Key) -> bool:
        """Whether something runs that this device should be told of."""
        user, device = key.state.user, self.sight.devices[key.state.id]
        if device["state"] == "unpaired":
            return self.sight.speaks(key.state.id)
        asked, begun = self.sight.asked(user), self.sight.begun(user)
        by = asked["device_id"] if asked else begun["id"] if begun else None
        return by not in (None, key.state.id)

    def watch(self, key: Key, path: str) -> Answer:
        """What a page without a session asks, signed."""
        wire = self.stage.wire()
        challenge = from_base64(self.browser_of(wire).post_json("/veto/challenge").get("challenge"), 32)
        exact = request_bytes(wire.origin, "POST", path, key.state.id, challenge, b"")
        signature = to_base64(sign(key.state.signer.seed, LABEL, exact))
        headers = {"Spare-Device": key.state.id, "Spare-Challenge": to_base64(challenge), "Spare-Signature": signature}
        return wire.send("POST", path, b"", {"Origin": wire.origin, **headers})

    def say(self, user: str, token: str, profile: Profile, *, undoes: bool, luck: int = 0) -> None:
        """Open the link’s page and press one of its buttons, with the recovery that the page showed, or with none, or
        from a page that showed another."""
        link = next(row for row in self.sight.links.values() if row["token_sha256"] == hash_of(token))
        works = self.sight.is_open(link) and (not link["device_id"] or self.sight.speaks(link["device_id"]))
        undo, browser, path = self.sight.undo(user), self.browser(profile), f"/veto/{token}"
        paired = self.reached(profile, user, link["device_id"]) if works else set()
        if works:
            page = browser.visit(path).body.decode()
            shown = set(SHOWN.findall(page))
            assert shown == ({undo["id"]} if undo else set()), "the page shows another recovery"
            assert set(PAIRED.findall(page)) == paired, "the page shows other devices that were paired"
        named = self.named(user, luck)
        undone = undo is not None and named == undo["id"]
        acts = works and (undone or not undoes)
        kind = ("undo" if undoes else "veto") if acts else "refused"
        kept = profile.wire.session if kind == "undo" and undo and self.returns(profile, user, undo["epoch"]) else ""
        ticked = paired if luck < 2 else set(sorted(paired)[:1])
        self.act = Act(kind, user, session=kept, undo=named)
        if kind == "veto" and not undone:
            self.act.leaving = frozenset(key for key in ticked if self.sight.devices[key]["state"] != "unpaired")
            back = set() if link["device_id"] else unpaired_by(self.sight, ticked) - ticked
            self.act.returning = frozenset(back)
        what = ("undo" if undoes else "veto") + (" by device" if link["device_id"] else " by mail")
        calm, path = acts or link["used_at"] is not None, path + "/undo" * undoes  # again: it says that it was done
        fields = {"undo": named} if named else {}
        work = partial(self.press, browser, path, fields, [*sorted(ticked), *self.others(user)[: luck == 3]])
        self.attempt(what if acts else f"{what} again", work, should=calm)
        self.settle()
        if acts and undone and undo:
            assert self.sight.undos[undo["id"]]["undone_at"], "a recovery was left that was to be undone"
            self.reach(f"undone: {undo['way']}")
        if kind == "veto":
            assert self.sight.is_held(user), "a veto without a hold"
            assert self.sight.asked(user) is None, "a veto that stopped nothing"
            if ticked:
                self.reach("a veto unpaired what was paired")
        if kind == "undo" and kept:
            assert self.sight.is_alive(kept), "the session on the device that undid it ended"
        self.prove_kept()

    def reached(self, profile: Profile, user: str, said_by: str | None) -> set[str]:
        """What was paired lately and can be unpaired: from a device only where its PIN was typed in this session."""
        reaches = not said_by or (self.user_at(profile) == user and bool(self.opened(profile, said_by)))
        return paired_lately(self.sight, user, said_by) if reaches else set()

    def others(self, user: str) -> list[str]:
        """Devices that are not theirs: naming them changes nothing."""
        return [key for key, row in self.sight.devices.items() if row["user_id"] != user]

    def named(self, user: str, luck: int) -> str:
        """The recovery that a page names; "" where it named none or was left unticked."""
        undo = self.sight.undo(user)
        mine = [key for key, row in self.sight.undos.items() if row["user_id"] == user]
        if luck == 3:
            return next((key for key in reversed(mine) if undo is None or key != undo["id"]), "")
        return str(undo["id"]) if undo and luck < 2 else ""

    def returns(self, profile: Profile, user: str, epoch: int) -> bool:
        """Whether this browser’s session is the member’s, on a device that the undo brings back."""
        device = self.sight.devices.get(self.proved_at(profile))
        here = self.user_at(profile) == user and device is not None
        return here and device is not None and (device["state"], device["unpaired_epoch"]) == ("unpaired", epoch)

    def prove_kept(self) -> None:
        """After an undo the former devices open what they opened before, with the PIN they had."""
        kept, self.book.kept = self.book.kept, []
        for promise in (self.book.promises[key] for key in kept):
            for profile, key in self.claims():
                if key.state.id in promise.devices and self.sight.devices[key.state.id]["state"] == "active":
                    self.prove_opens(profile, key)

    @precondition(lambda self: self.held() and self.desks())
    @rule(admin=PICK, which=PICK)
    def lift(self, admin: int, which: int) -> None:
        """By an admin, if they may."""
        user = self.pick(self.held(), which)
        by, browser = self.at_desk(admin)
        should = self.sight.standing(by.id, user) == "free"
        self.act = Act("lift", user, by=by.id) if should else Act("refused", user)
        path, fields = f"/admin/users/{user}/hold/lift", {"settled": "yes"}
        self.attempt("lifted", lambda: browser.submit(path, fields, follow=False), should=should)

    @precondition(lambda self: self.held())
    @rule(which=PICK)
    def operator_lifts(self, which: int) -> None:
        """By the verb that the command calls."""
        user = self.pick(self.held(), which)
        self.act = Act("lift", user)
        with self.stage.app.app_context(), transaction():
            hold = Hold.of(User.locked(user).id)
            assert hold
            hold.lift(None)
        self.reach("lifted by the operator")

    def held(self) -> list[str]:
        """Members whose account is on hold."""
        return [user for user in self.sight.users if self.sight.is_held(user)]
