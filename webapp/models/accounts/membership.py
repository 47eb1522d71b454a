"""What an owner or admin does to somebody’s account: disable and enable it, change its role, end its sessions.

Each verb runs in the caller’s transaction with the person locked. Then it locks the organisation, and reads the acting
user again: when two owners disable each other at once, the second is disabled by then and changes nothing.
"""

from sqlalchemy import func, select

from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.restore_request import StopReason
from webapp.models.accounts.invite import Invite
from webapp.models.accounts.invite_rows import roles_given_by
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.refusals import Refused
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey


class NotChanged(Refused):
    """The account stays as it was; `code` says why."""


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
    _require(may_manage(by, person))
    if not person.is_enabled:
        return
    _require_another_owner(person)
    person.disabled_at = now()
    RestoreRequest.stop_open(person, StopReason.DISABLED)
    Pairing.stop_open(person)
    Link.close_all(person.id, Purpose.PASSWORD)
    Invite.withdraw_those_of(person, [], by)
    _lock_out(person)
    SignIn.explain(person, Ended.DISABLED, by.name)
    Event.append("user.disabled", person.organisation_id, actor=by, subject=person)
    Notice.give(person, "account_disabled", admin=by.name)
    tell_admins(person, by, "disabled")


def enable(person: User, by: User) -> None:
    """Let them sign in again, with the password, devices and vault they had. Again changes nothing. Raises
    NotChanged."""
    _require(may_manage(acting(by, person), person))
    if person.is_enabled:
        return
    person.disabled_at = None
    Event.append("user.enabled", person.organisation_id, actor=by, subject=person)
    Notice.give(person, "account_enabled", admin=by.name)
    tell_admins(person, by, "enabled")


def change_role(person: User, by: User, role: Role) -> None:
    """Say what they may do from now on; invites of theirs to a role that they may give no more are withdrawn. The same
    again changes nothing. Raises NotChanged."""
    _require(may_change_role(acting(by, person), person))
    before = Role(person.role)
    if before == role:
        return
    if before == Role.OWNER:
        _require_another_owner(person)
    person.role = role
    Invite.withdraw_those_of(person, roles_given_by(person), by)
    facts = {"before": str(before), "after": str(role)}
    Event.append("user.role_changed", person.organisation_id, actor=by, subject=person, **facts)
    if person.id != by.id:
        Notice.give(person, "role_changed", admin=by.name, **facts)
    tell_admins(person, by, "role_changed", **facts)


def end_sessions(person: User, by: User) -> int:
    """Sign them out everywhere, which locks their tabs; how many sessions there were. Raises NotChanged."""
    _require(may_manage(acting(by, person), person))
    ended = len(SignIn.alive_of(person))
    if ended:
        _lock_out(person)
        SignIn.explain(person, Ended.SIGNED_OUT_BY_ADMIN, by.name)
        Event.append("user.signed_out_by_admin", person.organisation_id, actor=by, subject=person, number=ended)
        Notice.give(person, "signed_out_by_admin", admin=by.name, several=ended > 1)
    return ended


def acting(by: User, person: User) -> User:
    """The acting user, read again under the organisation’s lock: no role and no account changes meanwhile. Raises
    NotChanged where they belong to another organisation, which no page offers."""
    assert in_transaction()
    db.session.flush()
    Organisation.locked(person.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    _require("manage_no_more" if by.organisation_id != person.organisation_id else None)
    return by


def tell_admins(person: User, by: User, deed: str, **facts: str) -> None:
    """A notice of what was done to somebody to every other admin; the words of each deed
    stand in `templates/mail/account/account_changed_admin.txt`."""
    named = {"member": person.name, "email": person.email, "member_id": person.id, "admin": by.name}
    but = {by.id, person.id}
    Notice.give_admins(person.organisation_id, "account_changed_admin", but=but, deed=deed, **named, **facts)


def _require(code: str | None) -> None:
    if code:
        raise NotChanged(code)


def _require_another_owner(person: User) -> None:
    """Raises NotChanged for the last enabled owner: only an owner can make an owner."""
    others = select(func.count()).where(User.organisation_id == person.organisation_id, User.role == Role.OWNER)
    if person.role == Role.OWNER and not db.session.scalar(
        others.where(User.disabled_at.is_(None), User.id != person.id)
    ):
        raise NotChanged("last_owner")


def _lock_out(person: User) -> None:
    """End their sessions and lock every tab that is open in them."""
    for device in Device.of(person.id):
        TabKey.forget(device_id=device.id)
    SignIn.end_every(person)
