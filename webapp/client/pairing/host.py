"""Pair With Device on the other device: see who asks, show a code, let the new device in once that knows it."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from webapp.client.crypto.identities import Identity
from webapp.client.device.state import DeviceState
from webapp.client.device.vault import Vault
from webapp.client.errors import CodesUsedUp, DeviceError, NotUnlocked, RequestClosed, ServerRefused, StaleVault
from webapp.client.formats.document_shapes import DeviceEntry
from webapp.client.formats.documents import Document
from webapp.client.formats.encoding import from_base64, sha256_hex, to_base64
from webapp.client.pairing import protocol
from webapp.client.pairing.joiner import keys_of, place_of
from webapp.client.pairing.messages import Signed, read_announcement
from webapp.client.transport.http import Browser
from webapp.clock import now, parse_stamp, stamp

CODES = 3
DAY = timedelta(hours=24)


class OtherDevice:
    """The member’s open pairing, on a device whose PIN was typed. Code and state are in memory only."""

    def __init__(self, browser: Browser, state: DeviceState, vault_key: Identity) -> None:
        self.browser = browser
        self.state = state
        self.vault = Vault(browser, state, vault_key)
        self.announcement: dict[str, Any] | None = None
        self.waiting: protocol.Offered | None = None

    @property
    def path(self) -> str:
        """Where the server keeps it; raises NotUnlocked before `look`."""
        if self.announcement is None:
            raise NotUnlocked
        return f"/pair/{self.announcement['pairing']}"

    def look(self) -> dict[str, Any]:
        """Who asks, in their own signed words; raises Malformed where nobody does, and what reading it raises."""
        page = self.browser.visit("/pair").page
        signature = from_base64(page.value("data-announcement-signature"), 64)
        announced = Signed(page.value("data-announcement"), signature)
        self.announcement = read_announcement(announced, place_of(self.state), page.value("data-pairing"))
        return self.announcement

    def show_code(self) -> str:
        """A fresh code, in the place of one that failed: good for one try within two minutes.

        Each is a guess for whoever sits between, so this device counts them too: CodesUsedUp after three in a day
        without success. Raises ServerRefused, RequestClosed.
        """
        if self.announcement is None:
            raise NotUnlocked
        recent = [each for each in self.state.codes if now() - parse_stamp(each) < DAY]
        if len(recent) >= CODES:
            raise CodesUsedUp
        code = protocol.make_code()
        offered, waiting = protocol.offer(self.announcement, code, keys_of(self.state))
        self.state.codes = [*recent, stamp(now())]
        sent = {"offer": offered.exact, "signature": to_base64(offered.signature)}
        same = {"sha256": sha256_hex(offered.exact.encode())}
        self.browser.sign_json(self.state.signer, f"{self.path}/offer", sent, same)
        self.waiting = waiting
        return code

    def let_in(self) -> bool:
        """Hand the key to the new device if it has answered with the right code; False: it hasn’t answered yet.

        A wrong code is refused and used up: raises WrongCode, and what else `confirm` raises. RequestClosed where the
        code or the pairing has ended without an answer; ServerRefused.
        """
        if self.waiting is None:
            raise NotUnlocked
        page = self.browser.visit(f"/pair/status?pairing={self.waiting.pairing}").page
        answered = page.all("data-answer")
        shown = [each.get("data-state") for each in page.all("data-version")]
        if not answered and shown == ["offered"]:
            return False
        if not answered:
            raise RequestClosed(410, "request_closed", {"state": shown[0] if shown else None})
        waiting = self.waiting
        self.waiting = None
        try:
            confirmation = protocol.confirm(waiting, answered[0]["data-answer"], self.vault.vault_key)
        except DeviceError:
            self._refuse()
            raise
        try:
            self._send(confirmation)
        except StaleVault:
            self._send(confirmation)
        self.state.codes = []
        return True

    def decline(self) -> None:
        """Say no."""
        self.browser.submit(f"{self.path}/decline", follow=False)

    def _refuse(self) -> None:
        with suppress(ServerRefused):  # else the clock gives the code up
            self.browser.sign_json(self.state.signer, f"{self.path}/refusal")

    def _send(self, confirmation: str) -> None:
        """M3, and the vault as it is with the new device in its list."""
        header, file = self.browser.fetch_file(self.state.signer, f"{self.path}/vault")
        self.vault.keep(self.vault.read(header, file), file)
        facts, document, sealed = self._listing()
        same = {"epoch": facts["epoch"], "counter": facts["counter"], "sha256": facts["file_sha256"]}
        sent = {**facts, "confirmation": confirmation}
        self.browser.sign_file(self.state.signer, f"{self.path}/confirmation", sent, sealed, same)
        self.vault.keep(document, sealed)

    def _listing(self) -> tuple[dict[str, Any], Document, bytes]:
        assert self.announcement
        keys = {"sign": self.announcement["sign"], "recipient": self.announcement["recipient"]}
        entry: DeviceEntry = {"id": self.announcement["device"], "name": self.announcement["browser"], **keys}  # type: ignore[typeddict-item]
        former = self.vault.opened
        return self.vault.sealed(former.body, former.manifest["organisation_key"], entry)
