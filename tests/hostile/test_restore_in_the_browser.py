"""A server that lies while a restore is released, or an admin who lies with it: the browser believes neither."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.client.crypto.sealing import seal
from webapp.client.crypto.signatures import sign
from webapp.client.formats import recovery_keys
from webapp.client.formats.cloud_backups import open_share_a
from webapp.client.formats.encoding import from_base64, new_id, sha256_hex, to_base64, to_json, unframe
from webapp.client.formats.restore_requests import RestoreRequest as Request
from webapp.client.recovery import approvals
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.models.recovery.approval import latest_expiry
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.vault import Vault

Lie = Callable[["Stage", dict[str, Any], bytes], tuple[dict[str, Any], bytes]]


@dataclasses.dataclass
class Stage:
    """An approved request in a real browser, and what an admin and the server know."""

    app: Flask
    alice: Person
    admin: Person
    key: ActiveKey
    page: Page

    @property
    def request(self) -> Request:
        """As the server keeps it."""
        with self.app.app_context():
            row = db.session.scalars(select(RestoreRequest)).one()
            return Request(row.exact, row.signature)

    def approval(self, request: Request, wrapped: bytes, key: ActiveKey | None = None) -> dict[str, Any]:
        """Fields of a release in which everything is signed that has to be."""
        key = key or self.key
        by = approvals.Approver(self.app.config["ORIGIN"], self.admin.user_id, latest_expiry())
        exact = approvals.write_approval(request, wrapped, key.key.public, by)
        signature = to_base64(sign(key.key.seed, approvals.LABEL, exact.encode()))
        return {"approval": exact, "approval_signature": signature, "wrapped": to_base64(wrapped)}

    def rewrapped(self, **changed: Any) -> bytes:
        """Share A for the asking device, with other fields inside."""
        fields = self.request.fields
        share_a = open_share_a(self.alice.backups[0].share_a, self.key.key)
        inside = {"request": fields["request"], **share_a.fields(), **changed}
        return seal(to_json(inside).encode(), [fields["recipient"]])

    def share_s(self, **changed: Any) -> str:
        """Share S for the asking device, with other fields inside."""
        fields, share = self.request.fields, to_base64(self.alice.backups[0].share_s)
        inside = {"request": fields["request"], "backup": fields["backup"], "share_s": share, **changed}
        return to_base64(seal(to_json(inside).encode(), [fields["recipient"]]))


@pytest.fixture
def stage(
    app: Flask,
    live_server: object,
    new_context: Callable[..., BrowserContext],
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
) -> Stage:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    digits = approve_shown(bob, organisation_key, ask(page))
    expect(heading(page, "Create a New PIN")).to_be_visible()
    tell(page, digits)
    page.get_by_label("New PIN", exact=True).fill("305817")
    page.get_by_label("New PIN, once more", exact=True).fill("305817")
    return Stage(app, alice, bob, organisation_key, page)


def another_request(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """The genuine approval of a request by another device."""
    other = Request(to_json({**stage.request.fields, "request": new_id()}), b"")
    return {**header, **stage.approval(other, from_base64(header["wrapped"]))}, file


def unsigned_wrapping(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """Another wrapping than the admin signed."""
    return {**header, "wrapped": to_base64(stage.rewrapped())}, file


def wrapping_of_another_request(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """An admin who helps: wrapping and approval fit together, but inside is another request’s id."""
    return {**header, **stage.approval(stage.request, stage.rewrapped(request=new_id()))}, file


def another_organisation_key(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """An organisation key the server made up, with an approval signed by it."""
    made_up = recovery_keys.make_key(stage.alice.organisation_id, "Example Works", "First key", 1)
    own = ActiveKey(stage.key.id, made_up, b"")
    public = own.key.public
    named = {"epoch": public.epoch, "recipient": public.recipient, "sign": to_base64(public.sign)}
    named |= {"fingerprint": public.fingerprint, "name": "First key"}
    wrapped = from_base64(header["wrapped"])
    return {**header, "organisation_key": named, **stage.approval(stage.request, wrapped, own)}, file


def altered_file(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """One bit of the backup."""
    return header, file[:-1] + bytes([file[-1] ^ 1])


def share_of_another_backup(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """Share S of another backup, named as such."""
    return {**header, "share_s": stage.share_s(backup=new_id())}, file


def share_under_a_false_name(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """Share S of another backup, passed off as this one’s."""
    return {**header, "share_s": stage.share_s(share_s=to_base64(bytes(32)))}, file


def another_recipient(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """An admin who helps: the recipient of B inside is not the one of A xor S."""
    recipient = stage.request.fields["recipient"]
    return {**header, **stage.approval(stage.request, stage.rewrapped(recipient=recipient))}, file


def forged_epoch_key(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """A verify key that the vault key never had."""
    return {**header, "verify_key": to_base64(bytes(32))}, file


def another_epoch(stage: Stage, header: dict[str, Any], file: bytes) -> tuple[dict[str, Any], bytes]:
    """An epoch the member never lived in."""
    return {**header, "epoch": 7}, file


LIES: dict[Lie, str] = {
    another_request: "The approval that came belongs to another request",
    unsigned_wrapping: "The approval that came belongs to another request",
    wrapping_of_another_request: "The approval that came belongs to another request",
    another_organisation_key: "is not the one that your request names",
    altered_file: "The server sent another backup than the one you asked for",
    share_of_another_backup: "The server sent another backup than the one you asked for",
    share_under_a_false_name: "The two halves of the backup’s key do not fit together",
    another_recipient: "The two halves of the backup’s key do not fit together",
    forged_epoch_key: "can’t prove that the present vault is yours",
    another_epoch: "can’t prove that the present vault is yours",
}


def lying(stage: Stage, lie: Lie) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        response = route.fetch()
        header, file = lie(stage, *unframe(response.body()))
        route.fulfill(response=response, body=frame(header, file))

    return answer


def test_no_lie_about_the_release_is_believed(stage: Stage) -> None:
    page = stage.page
    for lie, words in LIES.items():
        page.route("**/release", lying(stage, lie))
        page.get_by_role("button", name="Create PIN And Restore").click()
        expect(page.get_by_role("alert").filter(has_text=words), lie.__doc__).to_be_visible(timeout=SLOW)
        page.unroute("**/release")
        require_nothing_changed(stage)
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)


def test_an_older_vault_is_not_taken_for_the_newest(stage: Stage) -> None:
    """What the backup proves to have been there counts; the person is told that the newest could not be had."""
    page, old = stage.page, stage.alice.device
    assert old
    old.counter = 0
    older = old.write([])

    def answer(route: Route) -> None:
        response = route.fetch()
        header, _ = unframe(response.body())
        route.fulfill(response=response, body=frame({**header, "size": len(older)}, older))

    page.route("**/vault", answer)
    page.get_by_role("button", name="Create PIN And Restore").click()
    slot = page.get_by_role("alert").filter(has_text="Another device keeps saving")
    expect(slot, "the file is not the one whose sum the server keeps").to_be_visible(timeout=SLOW)
    require_nothing_changed(stage)


def test_a_vault_that_does_not_open_is_replaced_by_the_backup_and_said_so(stage: Stage) -> None:
    """As after an accident on the server: the file is there, its key is not in the keyring."""
    garbage = seal(b"not a vault", [stage.request.fields["recipient"]])
    with stage.app.app_context(), transaction() as session:
        vault = session.scalars(select(Vault)).one()
        vault.file, vault.sha256 = garbage, sha256_hex(garbage)
    page = stage.page
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Restored from the backup itself")).to_be_visible()
    expect(page.get_by_text("1 item", exact=True)).to_be_visible()
    page.get_by_role("link", name="Open Vault").click()
    expect(page.get_by_text("Bank")).to_be_visible()


def require_nothing_changed(stage: Stage) -> None:
    with stage.app.app_context():
        rows = everything()
    assert len(rows["vault"]) == 1
    assert len(rows["device"]) == 1
    assert "released" in json.dumps(rows["restore_request"], default=str)
