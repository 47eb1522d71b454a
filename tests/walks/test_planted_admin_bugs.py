"""The same for what admins do to accounts, keys and second factors: bugs are planted, and short walks find them."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, false, select, update

from tests.support import walking_key_laws
from tests.support.walking_cast import Stage
from tests.support.walking_planted import Plant, is_found
from webapp import limits, security
from webapp.database import db
from webapp.models import (
    CloudBackup,
    Device,
    KeyRemoval,
    OneTimeCode,
    OrganisationKey,
    RestoreRequest,
    SecondFactor,
    TabKey,
    User,
    key_removal,
    key_replacement,
    membership,
    rewrapping,
    second_factor_reset,
    taken_devices,
)
from webapp.models.asked_and_decided import StopReason
from webapp.models.key_removal_effect import delete_keys

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


def anybody_gives_roles(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "may_change_role", lambda *_: None)


def the_last_owner_may_go(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "_demand_another_owner", lambda _: None)


def anybody_signs_for_a_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_replacement, "verify_succession", lambda *_: None)


def members_hear_of_no_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_replacement, "_who_backs_up", lambda _: [])


def a_removal_does_not_wait(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(limits, "KEY_REMOVAL_NOTICE", timedelta(days=1))
    patch.setattr(walking_key_laws, "limits", SimpleNamespace(KEY_REMOVAL_NOTICE=timedelta(days=7)))


def a_removal_takes_what_is_needed(patch: pytest.MonkeyPatch) -> None:
    needed_by = vars(KeyRemoval)["needed_by"].fget
    announced = property(lambda removal: [] if removal.id else needed_by(removal))
    patch.setattr(KeyRemoval, "needed_by", announced)


def a_removal_takes_every_backup(patch: pytest.MonkeyPatch) -> None:
    def greedy(keys: Sequence[OrganisationKey]) -> None:
        delete_keys(keys)
        db.session.execute(delete(CloudBackup))

    patch.setattr(key_removal, "delete_keys", greedy)


def nothing_stops_a_removal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KeyRemoval, "stop", lambda *_: None)


def a_rewrap_heeds_no_request(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rewrapping, "backups_asked_for", lambda: select(RestoreRequest.backup_id).where(false()))


def the_password_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(security, "SecondFactor", SimpleNamespace(of=lambda _: None))


def codes_of_the_app_count_again(patch: pytest.MonkeyPatch) -> None:
    spend = SecondFactor.spend

    def forgiving(user: User, typed: str) -> None:
        db.session.execute(update(SecondFactor).values(last_step=0))
        spend(user, typed)

    patch.setattr(SecondFactor, "spend", staticmethod(forgiving))


def paper_counts_again(patch: pytest.MonkeyPatch) -> None:
    use = OneTimeCode.use

    def forgiving(user: User, typed: str) -> bool:
        db.session.execute(update(OneTimeCode).values(used_at=None))
        return use(user, typed)

    patch.setattr(OneTimeCode, "use", staticmethod(forgiving))


def a_factor_ends_no_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(User, "end_sessions", lambda *_, **__: None)


def resetting_a_factor_marks_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_factor_reset, "Mark", NOTHING)


def resetting_a_factor_keeps_paper(patch: pytest.MonkeyPatch) -> None:
    def careless(user: User) -> None:
        db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))

    patch.setattr(SecondFactor, "forget", staticmethod(careless))


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
        (anybody_gives_roles, ["change_role"], "changed a role, Act.kind='refused'"),
        (the_last_owner_may_go, ["change_role"], "changed a role, Act.kind='refused'|no owner is left"),
        (anybody_signs_for_a_key, ["regenerate_key"], "regenerated the key, Act.kind='refused'"),
        (members_hear_of_no_key, ["regenerate_key"], "untold .*key_replaced"),
        (a_removal_does_not_wait, ["go_through_keys"], "a removal waits for another time than a week"),
        (a_removal_takes_what_is_needed, ["go_through_keys", "recover", "week_passes"], "took a backup that"),
        (a_removal_takes_every_backup, ["go_through_keys", "ordinary_day"], "a backup is gone after"),
        (nothing_stops_a_removal, ["go_through_keys", "stop_removal"], "a removal goes on that was stopped"),
        (
            a_rewrap_heeds_no_request,
            ["regenerate_key", "recover", "rewrap_shares"],
            "re-wrapped another lot|a share was",
        ),
        (the_password_is_enough, ["use_factor"], "a session was begun without a code|a session that knows of no"),
        (codes_of_the_app_count_again, ["use_factor"], "signed in, app again, Act|a code of the app is good again"),
        (paper_counts_again, ["use_factor"], "signed in, paper again, Act|a paper is good again"),
        (a_factor_ends_no_session, ["use_factor", "sign_in"], "a session outlived factor_"),
        (resetting_a_factor_marks_nobody, ["use_factor"], "marks of"),
        (resetting_a_factor_keeps_paper, ["use_factor"], "codes of a second factor that is off"),
    ],
)
def test_a_short_walk_finds_a_planted_bug(
    stage: Stage, plant: Plant, only: list[str], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    is_found(stage, only, found)
