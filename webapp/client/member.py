"""A member and one browser profile of theirs: joining, unlocking, saving, backing up, recovering."""

from pathlib import Path
from urllib.parse import urlsplit

from webapp.client.crypto.identities import Identity, read_identity
from webapp.client.device import lock as device_lock
from webapp.client.device.setup import Base, begin_epoch, make_lock, stretched_pin
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import LockDestroyed, NotUnlocked, ServerRefused, WrongPin
from webapp.client.formats.encoding import from_base64, new_id, sha256_hex, to_base64
from webapp.client.pairing.host import OtherDevice
from webapp.client.pairing.joiner import NewDevice
from webapp.client.recovery.cloud import Recovery
from webapp.client.recovery.self_service import SelfServiceRecovery
from webapp.client.transport.http import Browser, Transport
from webapp.client.transport.pages import Attributes
from webapp.client.transport.sign_in import Code, sign_in

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"


class Member:
    """A member in one browser. `state` is what the profile keeps, `vault` is there while it is unlocked."""

    def __init__(
        self,
        transport: Transport,
        state: DeviceState | None = None,
        name: str = "Firefox on Linux",
        agent: str = USER_AGENT,
    ) -> None:
        self.browser = Browser(transport, agent)
        self.state = state
        self.name = name
        self._vault: Vault | None = None
        self._recovery: Recovery | None = None
        self._pairing: NewDevice | None = None
        self._own: SelfServiceRecovery | None = None

    @property
    def device(self) -> DeviceState:
        """What this browser keeps; raises NotUnlocked where it keeps nothing."""
        if self.state is None:
            raise NotUnlocked
        return self.state

    @property
    def vault(self) -> Vault:
        """The unlocked vault; raises NotUnlocked."""
        if self._vault is None:
            raise NotUnlocked
        return self._vault

    @property
    def recovery(self) -> Recovery:
        """This device's restore request; raises NotUnlocked where it made none."""
        if self._recovery is None:
            if not self.device.request:
                raise NotUnlocked
            self._recovery = Recovery(self.browser, self.device)
        return self._recovery

    def sign_in(self, email: str, password: str, code: Code | None = None) -> None:
        """Begin a session; raises CodeNeeded, ServerRefused."""
        sign_in(self.browser, email, password, code)

    def sign_out(self) -> None:
        """End the session, and lock."""
        self._vault = None
        self.browser.submit("/sign-out", follow=False)

    def join(self, link: str, name: str, password: str, pin: str) -> Vault:
        """From the invite link to an open, empty vault. The organisation key's fingerprint in the link is kept."""
        fragment = self.accept_invite(link, name, password)
        return self.make_vault(pin, fragment)

    def accept_invite(self, link: str, name: str, password: str) -> str:
        """Make the account; returns the fingerprint the link carries, which the server never sees."""
        parts = urlsplit(link)
        self.browser.visit(parts.path)
        self.browser.submit(parts.path, {"name": name, "password": password}, follow=False)
        return parts.fragment.partition("k=")[2]

    def make_vault(self, pin: str, fingerprint: str = "") -> Vault:
        """The first vault of a member who has none, with this browser as its device; raises WeakPin."""
        state = self._new_device("/join/vault")
        state.key_fingerprint = state.joined_with = fingerprint
        begun = begin_epoch(state, Base())
        lock = make_lock(state, pin, begun.vault_key, 1)
        header = {"device": state.entry, **begun.header(state), **lock.fields()}
        same = {"device": state.id, "epoch": 1, "counter": 1, "sha256": header["file_sha256"]}
        self.browser.sign_file(state.signer, "/join/vault", header, begun.file, same)
        state.enrolled = True
        self.state = state
        self._vault = Vault(self.browser, state, begun.vault_key)
        self._vault.keep(begun.document, begun.file)
        return self._vault

    def find_device(self) -> str:
        """Tell the server whether this browser has a device of the account; returns where the server leads."""
        if self.state is not None:
            try:
                same = {"device": self.state.id}
                return str(self.browser.sign_json(self.state.signer, "/devices/here", same=same).get("next", ""))
            except ServerRefused as error:
                if error.code != "not_found":
                    raise
        return self.browser.submit("/devices/none", follow=False).headers.get("location", "")

    def unlock(self, pin: str) -> Vault:
        """Open the vault with the PIN; raises WrongPin, LockDestroyed, and what reading the vault raises."""
        vault = Vault(self.browser, self.device, self._open_lock(pin))
        vault.load()
        self._vault = vault
        return vault

    def _open_lock(self, pin: str) -> Identity:
        state = self.device
        self.find_device()
        versions = self.browser.get_json("/devices/lock-versions")["versions"]
        known = [version for version in versions if str(version) in state.salts]
        if not known:
            raise LockDestroyed(410, "lock_destroyed")
        version = max(known)
        stretched = stretched_pin(state, pin, version)
        proof = to_base64(device_lock.pin_proof(stretched, state.place))
        lock = self._try(proof, version)
        key = device_lock.unlock_key(stretched, from_base64(lock["server_share"], 32), state.place)
        opened = device_lock.open_keyslot(from_base64(lock["keyslot"]), key, read_identity(state.identity), state.place)
        state.salts = {str(version): state.salts[str(version)]}
        return opened

    def change_pin(self, pin: str) -> None:
        """A new lock for the unlocked vault; the old one lives until the new one has opened once; raises WeakPin."""
        versions = self.browser.get_json("/devices/lock-versions")["versions"]
        if not versions:
            raise LockDestroyed(410, "lock_destroyed")
        version = max(versions) + 1
        lock = make_lock(self.device, pin, self.vault.vault_key, version)
        sent = {**lock.fields(), "version": version}
        same = {"version": version, "keyslot_sha256": sha256_hex(from_base64(sent["keyslot"]))}
        self.browser.sign_json(self.device.signer, "/devices/pin", sent, same)

    def lock(self) -> None:
        """Forget the vault key, here and in every tab of the session."""
        self._vault = None
        self.browser.post_json("/devices/lock")

    def backups(self) -> list[Attributes]:
        """The cloud backups this member may ask for, newest first: `data-backup`, `data-file-sha256`, …, and in
        `data-approvers` who may approve."""
        self.find_device()
        page = self.browser.visit("/recovery/cloud/backups").page
        approvers = " ".join(each["data-approvers"] for each in page.all("data-approvers"))
        return [{**backup, "data-approvers": approvers} for backup in page.all("data-file-sha256")]

    def request_restore(self, backup: str | None = None, *, unconfirmed: bool = False) -> Recovery:
        """Ask for a backup (the newest unless named) with fresh device keys; read its fingerprint to the admin."""
        offered = self.backups()
        wanted = next(one for one in offered if backup is None or one["data-backup"] == backup)
        return self.ask(wanted, unconfirmed=unconfirmed)

    def ask(self, backup: Attributes, *, unconfirmed: bool = False) -> Recovery:
        """Ask for a backup as `backups` named it; raises AlreadyOpen, and KeyMismatch as `Recovery.ask`."""
        self.state = self._new_device("/devices/here")
        self._recovery = Recovery(self.browser, self.state)
        named = backup["data-backup"], backup["data-file-sha256"], backup["data-organisation-key"]
        self._recovery.ask(*named, backup.get("data-approvers", "").split(), unconfirmed=unconfirmed)
        return self._recovery

    def finish(self, pin: str) -> Vault:
        """End the recovery behind a new PIN; the vault is open afterwards."""
        self._vault = self.recovery.finish(pin)
        return self._vault

    def recover(self) -> SelfServiceRecovery:
        """Begin a recovery that needs nobody's help, with fresh device keys; `finish_recovery` ends it."""
        self.find_device()
        self.state = self._new_device("/devices/here")
        self._own = SelfServiceRecovery(self.browser, self.state)
        return self._own

    def finish_recovery(self, pin: str) -> Vault:
        """End it behind a new PIN; the vault is open afterwards."""
        if self._own is None:
            raise NotUnlocked
        self._vault = self._own.finish(pin)
        return self._vault

    def vault_key(self, pin: str) -> Identity:
        """What this device, active or prior, opens its own copy with; raises as `unlock`."""
        return self._open_lock(pin)

    def pair_new(self) -> NewDevice:
        """Ask to be let in by another device of the member, with fresh device keys; raises ServerRefused."""
        self.find_device()
        self.state = self._new_device("/devices/here")
        self._pairing = NewDevice(self.browser, self.state)
        self._pairing.begin()
        return self._pairing

    def finish_pairing(self, pin: str) -> Vault:
        """End the pairing behind a new PIN; the vault is open afterwards."""
        if self._pairing is None:
            raise NotUnlocked
        self._vault = self._pairing.complete(pin)
        return self._vault

    def other_device(self, pin: str) -> OtherDevice:
        """What this device, active or prior, does for a browser that asks to be paired; raises as `unlock`."""
        other = OtherDevice(self.browser, self.device, self._open_lock(pin))
        other.look()
        return other

    def save(self, path: Path) -> None:
        """Keep what the browser profile keeps."""
        self.device.save(path)

    def _try(self, proof: str, version: int) -> dict[str, str]:
        sent = {"proof": proof, "version": version, "try": new_id()}  # counted once, however often it goes
        try:
            return self.browser.sign_json(self.device.signer, "/devices/unlock", sent, {"version": version})
        except ServerRefused as error:
            if error.code == "wrong_pin":
                raise WrongPin(int(error.details.get("tries_left", 0))) from error  # type: ignore[call-overload]
            raise

    def _new_device(self, path: str) -> DeviceState:
        """Fresh keys for whoever is signed in; the page at `path` says who that is. What this browser was told of the
        organisation’s key stays known to it."""
        page = self.browser.visit(path).page
        organisation = self.browser.get_json("/organisation/key")["organisation"]
        user = page.value("data-user")
        account = page.value("data-account")
        state = DeviceState(self.browser.origin, organisation, user, account, self.name)
        former = self.state
        if former and former.organisation == organisation:
            state.key_fingerprint = former.key_fingerprint
            state.key_epoch = former.key_epoch
            state.elsewhere = former.elsewhere
        elif former:  # an installation is of one organisation: this is another’s, or one that was set up anew
            state.elsewhere = former.enrolled or former.elsewhere or bool(former.key_fingerprint)
        return state
