"""A walk that could not fail would be none: bugs are planted, and short walks find them."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import g
from sqlalchemy import select

from tests.support.run.cost_table import FOUND
from tests.walks.stage import leads
from tests.walks.stage.cast import Stage
from tests.walks.stage.leads import Lead
from tests.walks.stage.planted import Plant, go, is_found
from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.flows.restore_request import StopReason
from webapp.models.accounts import password_reset
from webapp.models.accounts import veto as veto_model
from webapp.models.approval.approvers import ApprovalStanding
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.models.notices.notice import Notice
from webapp.models.pairing import pairing
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery import approval, restore_request, self_service
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.views.recovery import restores, vetoes
from webapp.views.vault import device_lock
from webapp.web import signed_requests
from webapp.web.access import current_member
from webapp.web.wire import ApiError


def reset_forgets_sessions(patch: pytest.MonkeyPatch) -> None:
    fall_back = password_reset._fall_back

    def forgetful(member: User, *rest: Any) -> None:
        with pytest.MonkeyPatch.context() as meanwhile:
            meanwhile.setattr(SignIn, "end_every", lambda *_, **__: None)
            fall_back(member, *rest)

    patch.setattr(password_reset, "_fall_back", forgetful)


def release_ignores_the_device(patch: pytest.MonkeyPatch) -> None:
    def anybody(request_id: str) -> RestoreRequest:
        asked = RestoreRequest.by_id(request_id)
        if asked is None or asked.user_id != current_member().id or not g.signer:
            raise ApiError(404, "not_found")
        return asked.expire_if_due()

    patch.setattr(restores, "_of_signer", anybody)


def undo_forgets_a_device(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Undo, "brings_back", lambda *_: False)


def undo_keeps_no_lock(patch: pytest.MonkeyPatch) -> None:
    come_back = Device.come_back

    def careless(device: Device, *rest: Any) -> None:
        come_back(device, *rest)
        DeviceLock.destroy(device.id)

    patch.setattr(Device, "come_back", careless)


def approval_ignores_marks(patch: pytest.MonkeyPatch) -> None:
    for module in (approval, restore_request):
        patch.setattr(module, "approval_standing", lambda *_: ApprovalStanding.FREE)


def admins_are_told_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Notice, "give_admins", staticmethod(lambda *_, **__: None))


def a_lock_goes_silently(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DeviceLock, "_use_up", staticmethod(lambda _, device_id: DeviceLock.destroy(device_id)))


def undo_ignores_the_page(patch: pytest.MonkeyPatch) -> None:
    veto = veto_model.veto

    def hasty(user: User, said_with: str, _: str) -> None:
        undo = Undo.open_of(user)
        veto(user, said_with, undo.id if undo else "")

    patch.setattr(vetoes, "veto", hasty)


def lifting_leaves_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Link, "close_all", staticmethod(lambda *_: None))


def codes_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pairing, "count_code", lambda _: None)


def pairings_go_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pairing, "stop_open", staticmethod(lambda _: None))


def unpaired_devices_open(patch: pytest.MonkeyPatch) -> None:
    for module in (signed_requests, device_lock):
        patch.setattr(module, "may_unlock", lambda _: True)
    released = staticmethod(lambda device_id, sign_in_id: TabKey.mark(sign_in_id, device_id))
    patch.setattr(DeviceLock, "_require_release", released)  # it is asked twice


def one_who_helps_is_active_at_once(patch: pytest.MonkeyPatch) -> None:
    confirm = Pairing.confirm

    def hasty(pairing: Pairing, user: User, by: Device, confirmation: str) -> bool:
        by.state = DeviceState.ACTIVE
        return confirm(pairing, user, by, confirmation)

    patch.setattr(Pairing, "confirm", hasty)


def no_proof_is_needed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(self_service, "verify", lambda *_: None)


def own_ways_ignore_a_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(self_service, "Hold", SimpleNamespace(of=lambda _: None))


def who_goes_on_reading_is_told_of_once(patch: pytest.MonkeyPatch) -> None:
    def slides(begun: self_service.SelfServiceRecovery, sign_in: SignIn) -> bool:
        rows = select(self_service.SelfServiceRecovery).where(self_service.SelfServiceRecovery.sign_in_id == sign_in.id)
        lately = [row for row in db.session.scalars(rows) if row.made_at > now() - limits.OWN_RECOVERY_LIFE]
        return any(row.way == begun.way and row.id != begun.id for row in lately)

    patch.setattr(self_service.SelfServiceRecovery, "_is_told", slides)


def own_ways_stop_no_request(patch: pytest.MonkeyPatch) -> None:
    stop_open = RestoreRequest.stop_open

    def careless(user: User, reason: StopReason) -> None:
        if reason != StopReason.RECOVERED:
            stop_open(user, reason)

    patch.setattr(RestoreRequest, "stop_open", staticmethod(careless))


@pytest.mark.parametrize(
    ("plant", "way", "found"),
    [
        (reset_forgets_sessions, ["reset"], "a session outlived"),
        (release_ignores_the_device, leads.other_keys_ask_for_a_release, "released to another device than asked"),
        (undo_forgets_a_device, leads.it_is_undone, "other devices came back"),
        (undo_keeps_no_lock, leads.it_is_undone, "a lock did not come back"),
        (approval_ignores_marks, leads.own_request_is_approved, "approved, (own|marked)"),
        (a_lock_goes_silently, leads.a_lock_is_destroyed, "untold .*lock_destroyed"),
        (undo_ignores_the_page, leads.a_page_that_named_none_speaks, "undone that nobody named"),
        (lifting_leaves_links, leads.it_is_undone_while_links_are_open, "a link for a veto after lift"),
        (admins_are_told_nothing, ["recover"], "untold .*restore_requested"),
        (codes_are_not_counted, ["go_on_pairing"], "0 codes count, not 1"),
        (pairings_go_on, ["go_on_pairing", "veto_by_mail"], "a pairing is open after veto"),
        (
            unpaired_devices_open,
            leads.devices_are_taken,
            "gave to a device unpaired",
        ),
        (no_proof_is_needed, ["begin_alone"], "handed out without a proof"),
        (own_ways_ignore_a_hold, leads.a_way_is_taken_on_hold, "begun while the account is on hold"),
        (
            who_goes_on_reading_is_told_of_once,
            leads.the_vault_is_fetched_again_and_again,
            "untold .*own_recovery_begun",
        ),
        (own_ways_stop_no_request, ["recover", "take_ways"], "a request is open after an own recovery"),
        (one_who_helps_is_active_at_once, leads.a_prior_device_helps, "changed another|made a device active"),
    ],
)
def test_a_short_walk_finds_a_planted_bug(
    stage: Stage,
    plant: Plant,
    way: list[str] | Lead,
    found: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    plant(monkeypatch)
    request.node.user_properties.append((FOUND, f"{plant.__name__}: {is_found(stage, way, found)} judgements"))


@pytest.mark.parametrize("way", leads.ALL)
def test_what_is_led_finds_nothing_where_nothing_is_planted(stage: Stage, way: Lead) -> None:
    go(stage, way)
