"""The application as production runs it, inside this process: bundles, compression, every header; on http://localhost."""

import base64
import secrets

from playwright.sync_api import BrowserContext

SETTINGS = {
    "SPAREKEY_MODE": "production",
    "SMTP_URL": "none",
    "TRUSTED_PROXIES": "0",
    "SECRET_KEYS": secrets.token_hex(32),
    "SEALING_KEYS": f"2026:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}",
}
"""For the fixture `settings`; the database and the address come from the others."""


class Loaded:
    """What a page fetched from the network, as Chromium counts it: with headers, without what it had kept."""

    def __init__(self, context: BrowserContext) -> None:
        page = context.pages[0] if context.pages else context.new_page()
        self.page = page
        self._session = context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on("Network.requestWillBeSent", self._asked)
        self._session.on("Network.requestServedFromCache", self._kept)
        self._session.on("Network.loadingFinished", self._finished)
        self.forget()

    def forget(self) -> None:
        """Count from here."""
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, float] = {}

    def without_kept_files(self) -> None:
        """From here on as a browser that has kept nothing."""
        self._session.send("Network.clearBrowserCache")
        self.forget()

    @property
    def paths(self) -> list[str]:
        """What was asked for, below /static/ without its version."""
        return [
            address.split("/", 3)[3].removeprefix("static/").partition("?")[0] for address in self.addresses.values()
        ]

    @property
    def size(self) -> float:
        """Bytes on the line."""
        return sum(self.sizes.values())

    def _asked(self, event: dict[str, dict[str, str]]) -> None:
        address = event["request"]["url"]
        if address.startswith("http"):
            self.addresses[str(event["requestId"])] = address

    def _kept(self, event: dict[str, str]) -> None:
        self.addresses.pop(event["requestId"], None)

    def _finished(self, event: dict[str, float]) -> None:
        if str(event["requestId"]) in self.addresses:
            self.sizes[str(event["requestId"])] = event["encodedDataLength"]
