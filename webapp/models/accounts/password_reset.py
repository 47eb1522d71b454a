"""Changing the sign-in password from outside: every device of the member has to be brought back afterwards."""

from webapp.clock import now
from webapp.database import in_transaction
from webapp.flows.restore_request import StopReason
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.reasons import Reason
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.refusals import Refused
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey


class NotReset(Refused):
    """Nothing was reset; `code` says why."""


def may_reset(by: User, member: User) -> str | None:
    """None if this admin may reset that password; else the code of the sentence that says why not."""
    if by.id == member.id:
        return "reset_self"
    if not member.is_enabled:
        return "reset_disabled"
    if not by.is_admin or not by.is_enabled:  # any more: they were when the request came
        return "manage_no_more"
    if member.is_admin and by.role != Role.OWNER:  # whoever signs in as another admin could approve for themself
        return "reset_admin"
    return None


def reset_by_admin(member: User, by: User, *, hand_over: bool) -> Link:
    """Void the password at once and make the link for a new one, in the caller’s transaction with `member` locked.

    The link is mailed, or (`hand_over`) returned to be shown once. Either way the admin is marked. Raises NotReset.
    """
    assert in_transaction()
    code = may_reset(by, member)
    if code:
        raise NotReset(code)
    ConflictMark.put(by, member, ConflictKind.RESET_PASSWORD)
    if hand_over:
        ConflictMark.put(by, member, ConflictKind.HELD_LINK)
    return _void(member, by, mailed=not hand_over)


def reset_by_operator(member: User) -> Link:
    """The same from the command line, for anybody: the link is returned to be handed over. Raises NotReset."""
    assert in_transaction()
    if not member.is_enabled:
        raise NotReset("reset_disabled")
    return _void(member, None, mailed=False)


def send_link(member: User, browser: str, address: str) -> None:
    """Mail the member the link they asked for, in the caller’s transaction with `member` locked. Nothing else changes
    before it is used."""
    assert in_transaction()
    # While a reset by an admin waits for its new password, that stays the reason.
    reason = Reason.OWN_RESET if member.has_password else Reason.ADMIN_RESET
    link = Link.make(member, Purpose.PASSWORD, reason, mailed=True)
    Notice.give(member, "password_link", link=link.id, own=True, admin="", browser=browser, address=address)
    Event.append("password.link_sent", member.organisation_id, subject=member, browser=browser, address=address)


def choose_password(link: Link, member: User, password_hash: str) -> None:
    """Spend the link and set the password, in the caller’s transaction with `member` locked. Raises LinkClosed,
    NotReset."""
    assert in_transaction()
    if not member.is_enabled:
        raise NotReset("reset_disabled")
    link.use()
    Link.close_all(member.id, Purpose.PASSWORD)
    if link.by_reset == Reason.OWN_RESET:
        _fall_back(member, Reason.OWN_RESET, "")
        _announce(member, None, Reason.OWN_RESET)
    else:
        SignIn.end_every(member, why=Ended.PASSWORD_CHOSEN)
        Event.append("password.chosen", member.organisation_id, actor=member, subject=member)
    member.password_hash = password_hash


def change_password(member: User, password_hash: str, sign_in_id: str) -> None:
    """Set a new password on an unlocked device, which is no reset: devices stay, other sessions end. In the caller’s
    transaction with `member` locked."""
    assert in_transaction()
    member.password_hash = password_hash
    Link.close_all(member.id, Purpose.PASSWORD)
    SignIn.end_every(member, but=sign_in_id, why=Ended.PASSWORD_CHANGED)
    Event.append("user.password_changed", member.organisation_id, actor=member, subject=member)
    Notice.give(member, "password_changed")


def _void(member: User, by: User | None, *, mailed: bool) -> Link:
    _fall_back(member, Reason.ADMIN_RESET, by.name if by else "")
    member.password_hash = ""
    Link.close_all(member.id, Purpose.PASSWORD)
    link = Link.make(member, Purpose.PASSWORD, Reason.ADMIN_RESET, mailed=mailed)
    _announce(member, by, Reason.ADMIN_RESET, way="mail" if mailed else "hand_over")
    if mailed:
        Notice.give(member, "password_link", link=link.id, own=False, admin=by.name if by else "")
    return link


def _fall_back(member: User, reason: Reason, by: str) -> None:
    """What every reset does: sessions and an open restore request end, active devices become prior."""
    RestoreRequest.stop_open(member, StopReason.RESET)
    Pairing.stop_open(member)
    for device in Device.of(member.id):
        TabKey.forget(device_id=device.id)
        if device.is_active:
            device.state = DeviceState.PRIOR
    member.reset_at = now()
    member.reset_reason = str(reason)
    member.reset_by = by
    from_outside = Ended.ADMIN_RESET if by else Ended.OPERATOR_RESET
    SignIn.end_every(member, why=from_outside if reason == Reason.ADMIN_RESET else Ended.OWN_RESET, by=by)
    SignIn.forget_browsers(member.id)


def _announce(member: User, by: User | None, reason: Reason, way: str = "") -> None:
    name = by.name if by else ""
    operator = by is None and reason == Reason.ADMIN_RESET
    actor = by or (None if operator else member)
    kind = "user.password_reset_by_operator" if operator else "user.password_reset"
    Event.append(kind, member.organisation_id, actor=actor, subject=member, reason=str(reason), way=way)
    Notice.give(member, "password_was_reset", admin=name, reason=str(reason), operator=operator)
    if reason == Reason.ADMIN_RESET:
        facts = {"member": member.name, "email": member.email, "admin": name, "way": way}
        Notice.give_admins(member.organisation_id, "password_reset_admin", but=by.id if by else None, **facts)
