"""An admin in one browser, with the organisation recovery key's file at hand when it is needed."""

import re
from collections.abc import Callable, Mapping

from webapp.client.errors import Malformed, OtherKeyShown
from webapp.client.formats.encoding import from_base64, to_base64
from webapp.client.formats.key_successions import make_succession
from webapp.client.formats.recovery_keys import make_key, read_key, write_key
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.member import USER_AGENT
from webapp.client.recovery import approvals
from webapp.client.recovery.rewrap import Rewrapped, Rewrapping
from webapp.client.recovery.voice_checks import digits_to_tell
from webapp.client.transport.http import Answer, Browser, Transport
from webapp.client.transport.pages import Page
from webapp.client.transport.sign_in import Code, sign_in, submit_shown
from webapp.crypto.fingerprints import groups

REQUEST_LINK = re.compile(r"/admin/requests/([0-9a-f]{32})")


class Admin:
    """An admin who is signed in; key files are bytes, as saved. `shows` gives the code, or the password, for what asks
    again whether it is them; `sign_in` sets it."""

    def __init__(self, transport: Transport, agent: str = USER_AGENT, shows: Callable[[], str] = str) -> None:
        self.browser = Browser(transport, agent)
        self._shows = shows

    def sign_in(self, email: str, password: str, code: Code | None = None) -> None:
        """Begin a session; raises CodeNeeded, ServerRefused."""
        sign_in(self.browser, email, password, code)
        self._shows = code or (lambda: password)

    def _submit(self, path: str, fields: Mapping[str, str], *, follow: bool = True) -> Answer:
        return submit_shown(self.browser, path, fields, self._shows, follow=follow)

    def make_key(self, name: str, passphrase: str = "") -> bytes:
        """Make the organisation recovery key and activate it; returns its file, the only copy of its secrets."""
        file = self.announce_key(name, passphrase)
        self.activate(file, passphrase)
        return file

    def regenerate_key(self, name: str, former: bytes | None, passphrase: str = "") -> bytes:
        """Make the key that takes the place of the active one, whose file `former` signs that; None: that is lost, and
        members have to compare the new key. Both files are plain unless the new one gets a passphrase."""
        page = self.browser.visit("/admin/keys/successor").page
        follows = next(element["value"] for element in page.all("name") if element["name"] == "follows")
        file = self.announce_key(name, passphrase, "/admin/keys/successor", follows=follows)
        more = {"lost": "yes"}
        if former is not None:
            succession = make_succession(read_key(former), read_key(file, passphrase))
            signature = to_base64(succession.signature)
            more = {"succession": succession.statement, "succession_signature": signature}
        self.activate(file, passphrase, **more)
        return file

    def rewrap(self, former: bytes, file: bytes) -> Rewrapped:
        """Seal what the former key opens to the active one; raises KeyMismatch where they can’t follow each other."""
        return Rewrapping(self.browser, read_key(former), read_key(file)).run(self.key_id(former))

    def delete_key(self, file: bytes, typed: str) -> None:
        """Announce that a disabled key and its backups are deleted; raises ServerRefused."""
        self._submit(f"/admin/keys/{self.key_id(file)}/deletion", {"typed": typed}, follow=False)

    def disable_cloud_backups(self, typed: str) -> None:
        """Announce that every key and backup is deleted; raises ServerRefused."""
        self._submit("/admin/cloud-backups/disabling", {"typed": typed}, follow=False)

    def stop_removals(self) -> None:
        """Stop whatever is announced."""
        for removal in self.browser.visit("/admin/settings").page.all("data-removal"):
            self._submit(f"/admin/removals/{removal['data-removal']}/cancellation", {}, follow=False)

    def key_id(self, file: bytes) -> str:
        """By what the server knows a disabled key; raises Malformed where it has none with this name and beginning."""
        begins = groups(read_key(file).public.fingerprint[:16])
        for part in self.browser.visit("/admin/settings").page.text.split("data-disabled=")[1:]:
            if begins in part:
                return part[1:33]
        raise Malformed("no disabled key of this file")

    def announce_key(self, name: str, passphrase: str = "", at: str = "/admin/settings", **more: str) -> bytes:
        """Make a key and tell the server its public half; nothing uses it until it is activated."""
        organisation = self.browser.get_json("/organisation/key")
        epoch = int(self.browser.visit(at).page.value("data-epoch"))
        key = make_key(organisation["organisation"], organisation["name"], name, epoch)
        public = {"recipient": key.public.recipient, "sign": to_base64(key.public.sign)}
        fields = {"name": name, **public, "fingerprint": key.public.fingerprint, **more}
        self._key_id = self._submit("/admin/keys", fields).page.value("data-key")
        return write_key(key, passphrase)

    def activate(self, file: bytes, passphrase: str = "", **more: str) -> None:
        """Show the server that the saved file opens: from then on backups use the key."""
        challenge = from_base64(self.browser.post_json("/devices/challenge").get("challenge"), 32)
        proof = read_key(file, passphrase).prove(self.browser.origin, self._key_id, challenge)
        fields = {"challenge": to_base64(challenge), "proof": to_base64(proof), **more}
        self._submit(f"/admin/keys/{self._key_id}/activation", fields, follow=False)

    def invite(self, email: str, name: str, file: bytes, role: str = "member", passphrase: str = "") -> str:
        """A link to hand over: its fragment, from the key file opened here, tells the member's browser the key."""
        page = self._submit("/admin/invites", {"email": email, "name": name, "role": role}).page
        return f"{page.value('data-link')}#{read_key(file, passphrase).link_fragment}"

    def pending(self) -> list[str]:
        """The ids of the requests that wait for an admin, in the page's order."""
        text = self.browser.visit("/admin/requests/pending").page.text
        return list(dict.fromkeys(REQUEST_LINK.findall(text)))

    def show(self, request: str) -> Page:
        """The page of a request."""
        return self.browser.visit(f"/admin/requests/{request}").page

    def compare(self, request: str, fingerprint: str, file: bytes, passphrase: str = "") -> str:
        """The six digits to tell the member back, once what they read out fits and their browser was shown the key of
        this file; "" for a request from before there were any, or one that doesn’t name this admin: digits of theirs
        would count for nothing, so they read the first 16 characters of the key out. Before the approval and, by
        whoever gave it, afterwards.

        Raises WrongFingerprint; OtherKeyShown, of which the owners are told: nothing is to be approved.
        """
        page = self.show(request)
        key = read_key(file, passphrase)
        restore_request = RestoreRequest(page.value("data-request"), from_base64(page.value("data-signature"), 64))
        restore_request.require_fingerprint(fingerprint)
        try:
            approvals.require_key_shown(restore_request, key.public)
        except OtherKeyShown:
            shown = {"fingerprint": key.public.fingerprint}
            self.browser.post_json(f"/admin/requests/{request}/key-warning", shown)
            raise
        admin = page.value("data-admin")
        return (
            digits_to_tell(restore_request, key.public.fingerprint, admin) if admin in restore_request.approvers else ""
        )

    def approve(self, request: str, fingerprint: str, file: bytes, passphrase: str = "") -> str:
        """Approve what the member read out: share A is opened with the key file and wrapped for their new device. The
        six digits to tell them, as `compare`.

        Raises as `compare` before anything is opened, and whatever `approvals.approve` raises; the backup has to be
        that of the address which the page shows.
        """
        digits = self.compare(request, fingerprint, file, passphrase)
        page = self.show(request)
        key = read_key(file, passphrase)
        restore_request = RestoreRequest(page.value("data-request"), from_base64(page.value("data-signature"), 64))
        share_a = from_base64(page.value("data-share-a"))
        by = approvals.Approver(self.browser.origin, page.value("data-admin"), page.value("data-expires-at"))
        approval = approvals.approve(restore_request, share_a, key, by, page.value("data-email"))
        fields = {
            "approval": approval.exact,
            "signature": to_base64(approval.signature),
            "wrapped": to_base64(approval.wrapped),
            "fingerprint": fingerprint,
        }
        self._submit(f"/admin/requests/{request}/approval", fields, follow=False)
        return digits

    def deny(self, request: str, reason: str) -> None:
        """Refuse a request, with a reason that the member reads."""
        self._submit(f"/admin/requests/{request}/denial", {"reason": reason}, follow=False)
