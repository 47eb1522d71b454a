"""What an owner or admin does to somebody’s account: disable and enable it, change its role, end its sessions.

Each verb runs in the caller’s transaction with the person locked, then takes the organisation’s lock, under which
whoever acts is read again: of two owners who disable each other at once, the second is disabled by then.
"""

from sqlalchemy import func, select

from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.models.asked_and_decided import StopReason
from webapp.models.device import Device
from webapp.models.event import Event
from webapp.models.invite import Invite
from webapp.models.invite_rows import roles_given_by
from webapp.models.link import Link, Purpose
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.user import Role, User


class NotChanged(Exception):
    """The account stays as it was; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_manage(by: User, person: User) -> str | None:
    """None if `by` may disable, enable and sign out this person; else the code of the sentence that says why not."""
    if not by.is_enabled or not by.is_admin:
        return "manage_no_more"
    if by.id == person.id:
        return "manage_self"
    if person.is_admin and by.role != Role.OWNER:
        return "manage_admin"
    return None


def may_change_role(by: User, person: User) -> str | None:
    """The same for the role: owners give it, and only they can step down from it."""
    if not by.is_enabled or by.role != Role.OWNER:
        return "role_owner"
    if not person.is_enabled:
        return "role_disabled"
    return None


def disable(person: User, by: User) -> None:
    """Let nobody sign in as them: sessions end, tabs lock, what waits is stopped, and invites of theirs are withdrawn.
    Devices, vault and backups stay. Again changes nothing. Raises NotChanged."""
    by = acting(by, person)
    _demand(may_manage(by, person))
    if not person.is_enabled:
        return
    _demand_another_owner(person)
    person.disabled_at = now()
    RestoreRequest.stop_open(person, StopReason.DISABLED)
    Pairing.stop_open(person)
    Link.close_all(person.id, Purpose.PASSWORD)
    Invite.withdraw_those_of(person, [], by)
    _lock_out(person)
    Event.append("user.disabled", person.organisation_id, actor=by, subject=person)
    Notice.give(person, "account_disabled", admin=by.name)
    tell_admins(person, by, "disabled")


def enable(person: User, by: User) -> None:
    """Let them sign in again, with the password, devices and vault they had. Again changes nothing. Raises
    NotChanged."""
    _demand(may_manage(acting(by, person), person))
    if person.is_enabled:
        return
    person.disabled_at = None
    Event.append("user.enabled", person.organisation_id, actor=by, subject=person)
    Notice.give(person, "account_enabled", admin=by.name)
    tell_admins(person, by, "enabled")


def change_role(person: User, by: User, role: Role) -> None:
    """Say what they may do from now on; invites of theirs to a role that they may give no more are withdrawn. The same
    again changes nothing. Raises NotChanged."""
    _demand(may_change_role(acting(by, person), person))
    before = Role(person.role)
    if before == role:
        return
    if before == Role.OWNER:
        _demand_another_owner(person)
    person.role = role
    Invite.withdraw_those_of(person, roles_given_by(person), by)
    facts = {"before": str(before), "after": str(role)}
    Event.append("user.role_changed", person.organisation_id, actor=by, subject=person, **facts)
    if person.id != by.id:
        Notice.give(person, "role_changed", admin=by.name, **facts)
    tell_admins(person, by, "role_changed", **facts)


def end_sessions(person: User, by: User) -> int:
    """Sign them out everywhere, which locks their tabs; how many sessions there were. Raises NotChanged."""
    _demand(may_manage(acting(by, person), person))
    ended = len(SignIn.alive_of(person))
    if ended:
        _lock_out(person)
        Event.append("user.signed_out_by_admin", person.organisation_id, actor=by, subject=person, number=ended)
        Notice.give(person, "signed_out_by_admin", admin=by.name, several=ended > 1)
    return ended


def acting(by: User, person: User) -> User:
    """Whoever acts, as they stand now that nobody else’s role or account changes. Raises NotChanged where they are of
    another organisation, which no page offers."""
    assert in_transaction()
    db.session.flush()
    Organisation.locked(person.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    _demand("manage_no_more" if by.organisation_id != person.organisation_id else None)
    return by


def tell_admins(person: User, by: User, deed: str, **facts: str) -> None:
    """A notice of what was done to somebody to every other admin; `templates/mail/account_changed_admin.txt` has the
    words of each deed."""
    named = {"member": person.name, "email": person.email, "member_id": person.id, "admin": by.name}
    but = {by.id, person.id}
    Notice.give_admins(person.organisation_id, "account_changed_admin", but=but, deed=deed, **named, **facts)


def _demand(code: str | None) -> None:
    if code:
        raise NotChanged(code)


def _demand_another_owner(person: User) -> None:
    """That an enabled owner is left without this one: nobody else could make another."""
    others = select(func.count()).where(User.organisation_id == person.organisation_id, User.role == Role.OWNER)
    if person.role == Role.OWNER and not db.session.scalar(
        others.where(User.disabled_at.is_(None), User.id != person.id)
    ):
        raise NotChanged("last_owner")


def _lock_out(person: User) -> None:
    """End their sessions and lock every tab that is open in them."""
    for device in Device.of(person.id):
        TabKey.forget(device_id=device.id)
    person.end_sessions()
