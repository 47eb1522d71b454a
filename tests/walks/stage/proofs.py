"""What the server lets a browser’s keys do at a moment: which one its session proves, and whether a PIN opens."""

from tests.walks.stage.cast import Key, Profile
from tests.walks.stage.walking import Walking
from webapp.client.member import Member

STANDING = ("unpaired", "prior", "active")
ASKS, CLOSED = 3, -1


class Proofs(Walking):
    """The rules of the server, written down anew: of several keys a session is that of the best."""

    def standing(self, user: str, device: str) -> int | None:
        """What a key is to the server, the higher the better; None: no device, nor what the member asked with last."""
        row = self.sight.devices.get(device)
        if row:
            return STANDING.index(row["state"]) if row["user_id"] == user else None
        for rows, running in (
            (self.sight.requests, self.sight.asked(user)),
            (self.sight.pairings, self.sight.pairing(user)),
        ):
            mine = [row for row in rows.values() if row["user_id"] == user]
            if mine and mine[-1]["device_id"] == device:
                return ASKS if running and running["id"] == mine[-1]["id"] else CLOSED
        return None

    def after_proof(self, profile: Profile, key: Key) -> str:
        """What the session there has proved to be once this key has been tried, too."""
        user, proved = key.state.user, self.proved_at(profile)
        own, known = self.standing(user, key.state.id), self.standing(user, proved)
        if own is None:
            return ""
        better = own != CLOSED and (known is None or own >= known)
        return key.state.id if better else proved

    def may_try(self, user: str, device: str) -> bool:
        """Whether the PIN of a device may be tried: a prior one’s not while the account is on hold."""
        row = self.sight.devices.get(device)
        if row is None or row["user_id"] != user:
            return False
        return row["state"] == "active" or (row["state"] == "prior" and not self.sight.is_held(user))

    def lock_opened(self, profile: Profile, key: Key, pin: str) -> int:
        """The version of the lock that this PIN opens there; 0: none."""
        user, device, proved = key.state.user, key.state.id, self.after_proof(profile, key)
        if self.user_at(profile) != user or not (self.may_try(user, proved) and self.may_try(user, device)):
            return 0
        shown = [version for version in self.sight.versions(proved) if str(version) in key.state.salts]
        version = max(shown, default=0)
        can = version in self.sight.versions(device) and self.sight.can_pair(device)
        return version if can and key.pins.get(version) == pin else 0

    def is_proved(self, profile: Profile, key: Key) -> bool:
        """Whether the session there is its member’s, and proved this very key."""
        return self.user_at(profile) == key.state.user and self.proved_at(profile) == key.state.id

    def member_at(self, profile: Profile, key: Key) -> Member:
        """Whoever sits there; a device that its session has proved is not looked for again."""
        is_known = self.is_proved(profile, key) and key.state.id in self.sight.devices
        return profile.member(key, is_known=is_known)

    def prove(self, profile: Profile, key: Key) -> bool:
        """Let the browser look for this key where its session is its member’s; whether that is the key’s then."""
        if self.user_at(profile) == key.state.user and not self.is_proved(profile, key):
            profile.member(key).find_device()
            self.settle()
        return self.is_proved(profile, key)

    def places(self, device: str) -> list[tuple[Profile, Key]]:
        """The browsers that hold the key of a device."""
        return [(one, key) for one in self.cast.profiles for key in one.keys if key.state.id == device]
