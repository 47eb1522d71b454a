"""A walk that could not fail would be none: bugs are planted, and short walks find them."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import g

from tests.support.walking_cast import Stage
from tests.support.walking_planted import Plant, is_found
from webapp import octets
from webapp.models import (
    Device,
    DeviceLock,
    DeviceState,
    Link,
    Notice,
    Pairing,
    RestoreRequest,
    TabKey,
    Undo,
    User,
    own_recovery,
    pairing_moves,
    password_reset,
    restore_approval,
    restore_moves,
    restore_request,
)
from webapp.models import veto as veto_model
from webapp.models.approvers import Standing
from webapp.models.asked_and_decided import StopReason
from webapp.octets import Refusal
from webapp.security import me
from webapp.views import devices, restores, vetoes


def reset_forgets_sessions(patch: pytest.MonkeyPatch) -> None:
    fall_back = password_reset._fall_back

    def forgetful(member: User, *rest: Any) -> None:
        epoch = member.session_epoch
        fall_back(member, *rest)
        member.session_epoch = epoch

    patch.setattr(password_reset, "_fall_back", forgetful)


def release_ignores_the_device(patch: pytest.MonkeyPatch) -> None:
    def anybody(request_id: str) -> RestoreRequest:
        asked = RestoreRequest.by_id(request_id)
        if asked is None or asked.user_id != me().id or not g.signer:
            raise Refusal(404, "not_found")
        return asked

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
    for module in (restore_moves, restore_approval, restore_request):
        patch.setattr(module, "standing", lambda *_: Standing.FREE)


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
    patch.setattr(pairing_moves, "count_code", lambda _: None)


def pairings_go_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pairing, "stop_open", staticmethod(lambda _: None))


def unpaired_devices_open(patch: pytest.MonkeyPatch) -> None:
    for module in (octets, devices):
        patch.setattr(module, "may_unlock", lambda _: True)
    released = staticmethod(lambda device_id, sign_in_id: TabKey.mark(sign_in_id, device_id))
    patch.setattr(DeviceLock, "_demand_release", released)  # it is asked twice


def one_who_helps_is_active_at_once(patch: pytest.MonkeyPatch) -> None:
    confirm = Pairing.confirm

    def hasty(pairing: Pairing, user: User, by: Device, confirmation: str) -> bool:
        by.state = DeviceState.ACTIVE
        return confirm(pairing, user, by, confirmation)

    patch.setattr(Pairing, "confirm", hasty)


def no_proof_is_needed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(own_recovery, "verify", lambda *_: None)


def own_ways_ignore_a_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(own_recovery, "Hold", SimpleNamespace(of=lambda _: None))


def own_ways_stop_no_request(patch: pytest.MonkeyPatch) -> None:
    stop_open = RestoreRequest.stop_open

    def careless(user: User, reason: StopReason) -> None:
        if reason != StopReason.RECOVERED:
            stop_open(user, reason)

    patch.setattr(RestoreRequest, "stop_open", staticmethod(careless))


@pytest.mark.parametrize(
    ("plant", "only", "found"),
    [
        (reset_forgets_sessions, ["reset"], "a session outlived"),
        (release_ignores_the_device, ["recover", "key_is_curious"], "released to another device than asked"),
        (undo_forgets_a_device, ["recover", "undo_a_recovery"], "other devices came back"),
        (undo_keeps_no_lock, ["recover", "undo_a_recovery"], "a lock did not come back"),
        (approval_ignores_marks, ["recover", "reset", "approve"], "approved, (own|marked)"),
        (a_lock_goes_silently, ["guess_pin", "recover"], "untold .*lock_destroyed"),
        (undo_ignores_the_page, ["recover", "veto_by_mail"], "undone that nobody named"),
        (lifting_leaves_links, ["recover", "veto_by_mail", "operator_lifts"], "a link for a veto after lift"),
        (admins_are_told_nothing, ["recover"], "untold .*restore_requested"),
        (codes_are_not_counted, ["go_on_pairing"], "0 codes count, not 1"),
        (pairings_go_on, ["go_on_pairing", "veto_by_mail"], "a pairing is open after veto"),
        (
            unpaired_devices_open,
            ["use_new_browser", "manage_devices"],
            "gave to a device unpaired",
        ),
        (no_proof_is_needed, ["begin_alone"], "handed out without a proof"),
        (own_ways_ignore_a_hold, ["recover_alone", "veto_by_mail"], "begun while the account is on hold"),
        (own_ways_stop_no_request, ["recover", "take_ways"], "a request is open after an own recovery"),
        (one_who_helps_is_active_at_once, ["use_new_browser", "reset"], "changed another|made a device active"),
    ],
)
def test_a_short_walk_finds_a_planted_bug(
    stage: Stage, plant: Plant, only: list[str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    is_found(stage, only, found)
