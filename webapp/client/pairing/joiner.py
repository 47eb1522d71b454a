"""Pair With Device on the new device: ask, type the code, take the key, choose a PIN."""

from webapp.client.crypto.identities import read_identity
from webapp.client.device.setup import NewLock, make_lock
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import CodeUsed, NotUnlocked, ServerRefused
from webapp.client.formats.encoding import from_base64, from_json, sha256_hex, to_base64
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import Keys, Place, Signed, announce, require_listed
from webapp.client.transport.http import Browser


class NewDevice:
    """One pairing that this device asked for. What it needs to take the key is in memory only."""

    def __init__(self, browser: Browser, state: DeviceState) -> None:
        self.browser = browser
        self.state = state
        self.answered: protocol.Answered | None = None
        self.vault: Vault | None = None
        self._lock: NewLock | None = None

    @property
    def id(self) -> str:
        """The pairing’s; raises NotUnlocked where none was asked for."""
        if not self.state.pairing:
            raise NotUnlocked
        return str(from_json(self.state.pairing)["pairing"])

    @property
    def path(self) -> str:
        """Where the server keeps it."""
        return f"/recovery/pairings/{self.id}"

    def begin(self) -> Signed:
        """Ask to be paired, in the place of any pairing that is open (M0); raises ServerRefused."""
        announced = announce(place_of(self.state), keys_of(self.state), self.state.name)
        self.state.pairing = announced.exact
        self.state.used_codes = []
        fields = {"announcement": announced.exact, "signature": to_base64(announced.signature)}
        answer = self.browser.submit("/recovery/pairings", fields, follow=False, once=True)
        if answer.headers.get("location") != self.path:
            raise ServerRefused(answer.status, "refused")
        return announced

    def offer(self) -> Signed | None:
        """What the other device offers as long as it shows a code, else None (M1)."""
        shown = self.browser.visit(f"{self.path}/status").page.all("data-offer")
        return Signed(shown[0]["data-offer"], from_base64(shown[0]["data-offer-signature"], 64)) if shown else None

    def type_code(self, code: str) -> bool:
        """Answer what is offered with this code (M2); False: no code is shown yet.

        An offer and a code are good for one answer, which tells its reader whether one guess was right: CodeUsed.
        Raises what `answer` raises, ServerRefused.
        """
        offered = self.offer()
        if offered is None:
            return False
        once = [to_base64(offered.signature), code]
        if any(each in self.state.used_codes for each in once):
            raise CodeUsed
        message, self.answered = protocol.answer(self.state.pairing, offered, code)
        self.state.used_codes += once
        same = {"sha256": sha256_hex(message.encode())}
        self.browser.sign_json(self.state.signer, f"{self.path}/answer", {"answer": message}, same)
        return True

    def take_key(self) -> Vault | None:
        """The vault, once the other device has sent its key (M3), else None; what comes is this vault and lists this
        device, or it raises what `accept`, opening and `require_listed` raise, RequestClosed."""
        if self.answered is None:
            raise NotUnlocked
        try:
            header, file = self.browser.fetch_file(self.state.signer, f"{self.path}/key")
        except ServerRefused as error:
            if error.code != "not_confirmed":
                raise
            return None
        accepted = protocol.accept(self.answered, header["confirmation"], read_identity(self.state.identity))
        vault = Vault(self.browser, self.state, accepted.vault_key)
        document = vault.read(header, file)
        for listed in (accepted.by, keys_of(self.state).public()):
            require_listed(document.manifest["devices"], listed)
        vault.keep(document, file)
        self.vault = vault
        return vault

    def complete(self, pin: str) -> Vault:
        """Lock the key behind a PIN of this device’s own; repeating it sends the same. Returns the open vault; raises
        WeakPin, ServerRefused."""
        if self.vault is None:
            raise NotUnlocked
        if self._lock is None:
            self._lock = make_lock(self.state, pin, self.vault.vault_key, 1)
        sent = {**self._lock.fields(), "version": 1, "name": self.state.name}
        self.browser.sign_json(
            self.state.signer, f"{self.path}/completion", sent, {"device": self.state.id, "version": 1}
        )
        self.state.enrolled = True
        return self.vault

    def cancel(self) -> None:
        """Withdraw it."""
        self.browser.submit(f"{self.path}/cancellation", follow=False)


def keys_of(state: DeviceState) -> Keys:
    """What this device signs and opens with."""
    return Keys(state.id, state.signer.seed, read_identity(state.identity))


def place_of(state: DeviceState) -> Place:
    """Where this device is paired, and whose it is."""
    return Place(state.origin, state.organisation, state.user)
