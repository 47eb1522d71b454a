"""Rules of a walk: the Devices page. What is unpaired gets nothing; what is brought back opens as before."""

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.walks.laws.devices import is_new_beside, may_be_destroyed, may_return
from tests.walks.rules.devices import DeviceRules
from tests.walks.stage.act import Act
from tests.walks.stage.cast import Key, Profile
from tests.walks.stage.walking import LUCK, PICK

WAYS = st.sampled_from(["unpair", "unpair", "return", "return", "unpair_others", "destroy"])


class UnpairingRules(DeviceRules):
    """The member’s say over their devices."""

    def several(self) -> list[tuple[Profile, Key]]:
        """Keys in browsers of members who have more devices than one."""
        users = [row["user_id"] for row in self.sight.devices.values()]
        return [(one, key) for one, key in self.devices_at_hand() if users.count(key.state.user) > 1]

    @precondition(lambda self: self.several())
    @rule(where=PICK, which=PICK, way=WAYS, luck=LUCK)
    def manage_devices(self, where: int, which: int, way: str, luck: int) -> None:
        """From a device, mostly one that opens and whose vault is open there."""
        opening = [(one, key) for one, key in self.several() if self.sight.opens(key.state.id)]
        profile, key = self.pick((luck < 3 and opening) or self.several(), where)
        if luck < 3:
            self.manage(profile, key, way, which)
        else:
            self.change_devices(profile, key.state.user, way, which)

    def managers(self, way: str) -> list[tuple[Profile, Key]]:
        """Devices that open, of members who can sign in and have another one that this can be done to."""
        found = []
        for profile, key in [(one, key) for one in self.cast.profiles for key in one.keys]:
            own, user = key.state.id, key.state.user
            others = [one for one, row in self.sight.devices.items() if row["user_id"] == user and one != own]
            can = self.sight.opens(own) and self.can_sign_in(self.cast.player(user))
            if can and any(self.works(user, own, way, one) for one in others):
                found.append((profile, key))
        return found

    @precondition(lambda self: self.managers("unpair"))
    @rule(where=PICK, which=PICK, way=st.sampled_from(["unpair", "unpair_others", "unpair_others", "destroy"]))
    def unpair_some(self, where: int, which: int, way: str) -> None:
        """In the way that the page leads."""
        self.manage(*self.pick(self.managers("unpair"), where), way, 1 + 4 * which)

    @precondition(lambda self: self.managers("return"))
    @rule(where=PICK, which=PICK)
    def bring_back(self, where: int, which: int) -> None:
        """The same: what was unpaired there, or on another device."""
        self.manage(*self.pick(self.managers("return"), where), "return", 1 + 4 * which)

    def manage(self, profile: Profile, key: Key, way: str, which: int) -> None:
        """Sign in and unlock, then go to the page."""
        if self.user_at(profile) != key.state.user:
            self.enter(profile, self.cast.player(key.state.user))
        if not self.is_open_at(profile, key):
            self.try_pin(profile, key, right=True)
            self.settle()
        self.change_devices(profile, key.state.user, way, which)

    def change_devices(self, profile: Profile, user: str, way: str, which: int) -> None:
        """One press of one button, by whatever device the session proved to be."""
        proved = self.proved_at(profile)
        here = self.sight.opens_for(user, proved) and bool(self.opened(profile, proved))
        target = self.target(user, proved, way, which)
        done = here and self.works(user, proved, way, target)
        self.act = Act(way if done else "refused", user, proved, target="" if way == "unpair_others" else target)
        path, fields = {
            "unpair": (f"/devices/{target}/unpairing", {"understood": "yes"}),
            "destroy": (f"/devices/{target}/unpairing", {"understood": "yes", "for_good": "yes"}),
            "unpair_others": ("/devices/unpairing", {}),
            "return": (f"/devices/{target}/return", {}),
        }[way]
        work = partial(self.browser(profile).submit, path, fields, follow=False)
        what = f"{way.replace('_', ' ')} on the Devices page"
        leads_away = self.sight.sign_ins[profile.wire.session]["looked_at"] is None  # to look for a key of its own
        self.attempt(what if done else f"{what}, in vain", work, should=here or leads_away)
        self.settle()
        if done:
            gone = [key for key, row in self.sight.devices.items() if row["user_id"] == user and key != proved]
            self.prove_changed(way, gone if way == "unpair_others" else [target])

    def target(self, user: str, proved: str, way: str, which: int) -> str:
        """One of the member’s devices, mostly another than the one that acts, and one that it can be done to."""
        mine = [key for key, row in self.sight.devices.items() if row["user_id"] == user]
        able = [key for key in mine if key != proved and self.works(user, proved, way, key)]
        return self.pick((which % 4 and able) or mine, which)

    def works(self, user: str, proved: str, way: str, target: str) -> bool:
        """Whether it changes anything, on a device that may do it."""
        row = self.sight.devices[target]
        if way == "unpair":
            return bool(row["state"] != "unpaired")
        if way == "unpair_others":
            return True  # an open pairing ends by it, too, where there is no other device
        if way == "return":
            # A new device brings nothing back that an older one unpaired.
            return may_return(self.sight, row) and not self.is_new_beside(proved, row["unpaired_by"])
        return may_be_destroyed(self.sight, row) and not self.is_new_beside(proved, target)

    def is_new_beside(self, proved: str, device: str) -> bool:
        """The same as the law; a browser that only asks to be paired has no device yet."""
        return bool(self.sight.devices.get(proved)) and is_new_beside(self.sight, proved, device)

    def prove_changed(self, way: str, devices: list[str]) -> None:
        """Its PIN opens what was brought back, and nothing of what was unpaired."""
        for profile, key in [place for device in devices for place in self.places(device)]:
            if way == "return":
                self.prove_opens(profile, key)
            elif self.user_at(profile) == key.state.user:
                self.try_pin(profile, key, right=True)
                self.settle()
                self.reach("an unpaired device was refused")
