"""The same for answers that are none: what comes twice counts once, and only what the server said is done."""

import hashlib
from typing import Any

import pytest

from tests.support.run.cost_table import FOUND
from tests.walks.stage import leads
from tests.walks.stage.cast import Stage
from tests.walks.stage.leads import Lead
from tests.walks.stage.planted import Plant, is_found
from webapp.client.formats.encoding import new_id
from webapp.client.transport import http
from webapp.client.transport.http import Answer
from webapp.database import db
from webapp.models.approval.approvers import ApprovalStanding, approval_standing
from webapp.models.backups import upload
from webapp.models.backups.upload import Upload
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.recovery import approval
from webapp.models.recovery.approval import SignedApproval
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import StaleVault, Vault
from webapp.views.vault import backups


def a_try_counts_each_time_it_comes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DeviceLock, "_is_news", staticmethod(lambda *_: True))


def a_save_that_comes_again_is_another(patch: pytest.MonkeyPatch) -> None:
    save = Vault.save

    def strict(user: User, device: Any, base: Any, counter: int, items: int, file: bytes, **more: Any) -> Vault:
        current = Vault.current(user)
        if current and current.sha256 == hashlib.sha256(file).hexdigest():
            raise StaleVault(current)
        return save(user, device, base, counter, items, file, **more)

    patch.setattr(Vault, "save", staticmethod(strict))
    patch.setattr(Vault, "is_saved", staticmethod(lambda *_: False))


def a_backup_that_comes_again_is_another(patch: pytest.MonkeyPatch) -> None:
    def twice(user: User, device: Device, sent: Upload) -> CloudBackup:
        meta = upload._parsed(sent.meta)
        is_known = db.session.get(CloudBackup, meta["backup"]) is not None
        kept = upload.keep_backup(user, device, sent)
        if is_known:
            meta["backup"] = new_id()
            db.session.add(upload._row(meta, user, device, kept.organisation_key, sent))
        return kept

    patch.setattr(backups, "keep_backup", twice)


def an_approval_that_comes_again_is_too_late(patch: pytest.MonkeyPatch) -> None:
    def strict(request: RestoreRequest, by: User, given: SignedApproval, origin: str) -> None:
        stands = approval_standing(by, request.user_id)
        approval.verify_approval(request, by, stands, given, origin)
        request.approve(by, given.exact, given.signature, given.wrapped, waits=stands == ApprovalStanding.WAITS)

    patch.setattr("webapp.views.admin.requests.approve", strict)


def a_page_of_anybody_says_that_it_is_saved(patch: pytest.MonkeyPatch) -> None:
    with_object = http._object_with

    def gullible(same: dict[str, Any], answer: Answer) -> dict[str, Any]:
        is_believed = answer.path == "/vault/file" and answer.body.startswith(b"<!doctype")
        return dict(same) if is_believed else with_object(same, answer)

    patch.setattr(http, "_object_with", gullible)


@pytest.mark.parametrize(
    ("plant", "way", "found"),
    [
        (a_try_counts_each_time_it_comes, leads.a_wrong_pin_gets_lost, r"one PIN was counted \d times"),
        (a_save_that_comes_again_is_another, leads.a_day_gets_lost, "saved, Act.kind='save'"),
        (a_backup_that_comes_again_is_another, leads.a_day_gets_lost, r"back_up made \d backups"),
        (an_approval_that_comes_again_is_too_late, leads.an_approval_gets_lost, "approved, free, Act.kind='approve'"),
        (
            a_page_of_anybody_says_that_it_is_saved,
            leads.a_portal_answers,
            "backed up, Act|another vault than",
        ),
    ],
)
def test_a_walk_that_is_led_finds_a_planted_bug(
    stage: Stage,
    plant: Plant,
    way: Lead,
    found: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    plant(monkeypatch)
    request.node.user_properties.append((FOUND, f"{plant.__name__}: {is_found(stage, way, found)} judgements"))
