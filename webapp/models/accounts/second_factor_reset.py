"""Taking somebody’s second factor away from outside: their phone is gone, and so are the one-time codes."""

from webapp import limits
from webapp.database import in_transaction
from webapp.models.accounts.password_reset import NotReset, may_reset
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import Ended, SignIn

REFUSALS = {"reset_self": "factor_self", "reset_disabled": "factor_disabled", "reset_admin": "factor_admin"}


def may_reset_factor(by: User, member: User) -> str | None:
    """None if this admin may reset that second factor (as for a password: owners those of admins, nobody their own);
    else the code of the sentence that says why not."""
    refusal = may_reset(by, member)
    if refusal:
        return REFUSALS.get(refusal, refusal)
    return None if SecondFactor.of(member.id) else "factor_off"


def reset_factor(member: User, by: User, reason: str) -> None:
    """Turn it off and say why, in the caller’s transaction with `member` locked. The admin is marked, the member and
    the other admins are told. Raises NotReset.

    Every session ends: one may have been begun with the phone that is gone. Password, devices and vault stay.
    """
    assert in_transaction()
    code = may_reset_factor(by, member)
    if code:
        raise NotReset(code)
    if not 0 < len(reason) <= limits.REQUEST_REASON_CHARACTERS:
        raise NotReset("reason_long" if reason else "reset_reason_missing")
    ConflictMark.put(by, member, ConflictKind.RESET_SECOND_FACTOR)
    _reset(member, by, reason)


def reset_factor_by_operator(member: User) -> None:
    """The same from the command line, for anybody. Raises NotReset."""
    assert in_transaction()
    if SecondFactor.of(member.id) is None:
        raise NotReset("factor_off")
    _reset(member, None, "")


def _reset(member: User, by: User | None, reason: str) -> None:
    SecondFactor.forget(member)
    admin = by.name if by else ""
    SignIn.end_every(member, why=Ended.FACTOR_RESET if by else Ended.OPERATOR_FACTOR_RESET, by=admin)
    SignIn.forget_browsers(member.id)
    kind = "second_factor.reset" if by else "second_factor.reset_by_operator"
    Event.append(kind, member.organisation_id, actor=by, subject=member, reason=reason)
    Notice.give(member, "second_factor_reset", admin=admin, reason=reason)
    facts = {"member": member.name, "email": member.email, "admin": admin, "reason": reason}
    Notice.give_admins(member.organisation_id, "second_factor_reset_admin", but=by.id if by else None, **facts)
