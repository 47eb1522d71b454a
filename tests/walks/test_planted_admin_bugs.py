"""The same for what admins do to accounts, keys and second factors: bugs are planted, and short walks find them."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, false, select, update

from tests.support.run.cost_table import FOUND
from tests.walks.laws import keys as key_laws
from tests.walks.stage import leads
from tests.walks.stage.cast import Stage
from tests.walks.stage.leads import Lead
from tests.walks.stage.planted import Plant, is_found
from webapp import limits
from webapp.database import db
from webapp.flows.restore_request import StopReason
from webapp.models.accounts import admin_unpairing, membership, second_factor_reset
from webapp.models.backups import key_removal, rewrap
from webapp.models.backups.key_removal import delete_keys
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.recovery import clock_moves
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys import replacement
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.signin.one_time_code import OneTimeCode
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.views.admin.settings import recovery_keys
from webapp.web import access

NOTHING = SimpleNamespace(**dict.fromkeys(("stop_open", "close_all", "put"), lambda *_, **__: None))
"""In the place of a table of which nothing is asked any more."""


def disabling_forgets_sessions(patch: pytest.MonkeyPatch) -> None:
    def only_tabs(person: User) -> None:
        for device in Device.of(person.id):
            TabKey.forget(device_id=device.id)

    patch.setattr(membership, "_lock_out", only_tabs)


def disabling_forgets_tabs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "_lock_out", SignIn.end_every)


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
    patch.setattr(admin_unpairing, "ConflictMark", NOTHING)


def taking_ends_no_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(admin_unpairing, "end_those_of", lambda *_, **__: None)


def what_was_taken_can_return(patch: pytest.MonkeyPatch) -> None:
    unpair = Device.unpair

    def forgiving(device: Device, by: Device | None, *rest: Any) -> None:
        unpair(device, by or device, *rest)

    patch.setattr(Device, "unpair", forgiving)


def anybody_gives_roles(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "may_change_role", lambda *_: None)


def the_last_owner_may_go(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(membership, "_require_another_owner", lambda _: None)


def anybody_signs_for_a_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replacement, "verify_succession", lambda *_: None)


def members_hear_of_no_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replacement, "_who_backs_up", lambda _: [])


def a_removal_does_not_wait(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(limits, "KEY_REMOVAL_NOTICE", timedelta(days=1))
    patch.setattr(key_laws, "limits", SimpleNamespace(KEY_REMOVAL_NOTICE=timedelta(days=7)))


def a_removal_takes_what_is_needed(patch: pytest.MonkeyPatch) -> None:
    needed_by = clock_moves.needed_by
    patch.setattr(key_removal, "needed_by", lambda removal: [] if removal.id else needed_by(removal))
    patch.setattr(key_removal, "asked_of", lambda _: [])


def a_removal_takes_every_backup(patch: pytest.MonkeyPatch) -> None:
    def greedy(keys: Sequence[OrganisationKey]) -> None:
        delete_keys(keys)
        db.session.execute(delete(CloudBackup))

    patch.setattr(key_removal, "delete_keys", greedy)


def nothing_stops_a_removal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovery_keys, "stop_removal", lambda *_: None)


def a_rewrap_heeds_no_request(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rewrap, "backups_asked_for", lambda: select(RestoreRequest.backup_id).where(false()))


def the_password_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(access, "SecondFactor", SimpleNamespace(of=lambda _: None))


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
    patch.setattr(SignIn, "end_every", lambda *_, **__: None)


def resetting_a_factor_marks_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_factor_reset, "ConflictMark", NOTHING)


def resetting_a_factor_keeps_paper(patch: pytest.MonkeyPatch) -> None:
    def careless(user: User) -> None:
        db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))

    patch.setattr(SecondFactor, "forget", staticmethod(careless))


@pytest.mark.parametrize(
    ("plant", "way", "found"),
    [
        (disabling_forgets_sessions, ["leave_and_return"], "a session that disable ended has no end"),
        (disabling_forgets_tabs, ["leave_and_return", "use_new_browser"], "a tab of a disabled member is open"),
        (disabling_stops_no_request, leads.disabled_while_a_request_is_open, "something runs for a disabled member"),
        (disabling_stops_no_pairing, leads.disabled_while_a_pairing_is_open, "something runs for a disabled member"),
        (disabling_leaves_links, leads.disabled_while_a_link_is_open, "a link for a password after disable"),
        (admins_manage_each_other, ["disable"], "disabled, Act.kind='refused'"),
        (taking_marks_nobody, ["take_devices"], "marks of"),
        (
            taking_ends_no_session,
            leads.devices_are_taken,
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
            leads.shares_are_rewrapped,
            "re-wrapped another lot|a share was",
        ),
        (the_password_is_enough, ["use_factor"], "a session was begun without a code|a session that knows of no"),
        (codes_of_the_app_count_again, ["use_factor"], "signed in, app again, Act|a code of the app is good again"),
        (paper_counts_again, ["use_factor"], "signed in, paper again, Act|a paper is good again"),
        (a_factor_ends_no_session, leads.a_factor_is_turned_on, "a session outlived factor_"),
        (resetting_a_factor_marks_nobody, ["use_factor"], "marks of"),
        (resetting_a_factor_keeps_paper, ["use_factor"], "codes of a second factor that is off"),
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
