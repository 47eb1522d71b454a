"""The same for what admins do to accounts: bugs are planted, and short walks find them."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.walking_cast import Stage
from tests.support.walking_planted import Plant, is_found
from webapp.models import Device, RestoreRequest, TabKey, User, membership, taken_devices
from webapp.models.asked_and_decided import StopReason

NOTHING = SimpleNamespace(**dict.fromkeys(("stop_open", "close_all", "put", "end_those_of"), lambda *_, **__: None))
"""In the place of a table of which nothing is asked any more."""


def disabling_forgets_sessions(patch: pytest.MonkeyPatch) -> None:
    def only_tabs(person: User) -> None:
        for device in Device.of(person.id):
            TabKey.forget(device_id=device.id)

    patch.setattr(membership, "_lock_out", only_tabs)


def disabling_forgets_tabs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "_lock_out", lambda person: person.end_sessions())


def disabling_stops_no_request(patch: pytest.MonkeyPatch) -> None:
    stop_open = RestoreRequest.stop_open

    def careless(user: User, reason: StopReason) -> None:
        if reason != StopReason.DISABLED:
            stop_open(user, reason)

    patch.setattr(RestoreRequest, "stop_open", staticmethod(careless))


def disabling_stops_no_pairing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "Pairing", NOTHING)


def disabling_leaves_links(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "Link", NOTHING)


def admins_manage_each_other(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "may_manage", lambda *_: None)


def taking_marks_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(taken_devices, "Mark", NOTHING)


def taking_ends_no_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(taken_devices, "SignIn", NOTHING)


def what_was_taken_can_return(patch: pytest.MonkeyPatch) -> None:
    unpair = Device.unpair

    def forgiving(device: Device, by: Device | None, *rest: Any) -> None:
        unpair(device, by or device, *rest)

    patch.setattr(Device, "unpair", forgiving)


@pytest.mark.parametrize(
    ("plant", "only", "found"),
    [
        (disabling_forgets_sessions, ["leave_and_return"], "a session came back"),
        (disabling_forgets_tabs, ["leave_and_return", "use_new_browser"], "a tab of a disabled member is open"),
        (disabling_stops_no_request, ["leave_and_return", "recover"], "something runs for a disabled member"),
        (disabling_stops_no_pairing, ["leave_and_return", "use_new_browser"], "something runs for a disabled member"),
        (disabling_leaves_links, ["disable", "reset"], "a link for a password after disable"),
        (admins_manage_each_other, ["disable"], "disabled, Act.kind='refused'"),
        (taking_marks_nobody, ["take_devices"], "marks of"),
        (
            taking_ends_no_session,
            ["take_devices", "ordinary_day"],
            "a session of an unpaired device outlived take_away",
        ),
        (what_was_taken_can_return, ["take_devices"], "that was taken can be brought back"),
    ],
)
def test_a_short_walk_finds_a_planted_bug(
    stage: Stage, plant: Plant, only: list[str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    is_found(stage, only, found)
