"""Who may approve a member’s restore request: the rule against an insider who acts alone."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from webapp.models.approval.conflict_mark import ConflictMark
from webapp.models.directory.user import User


class ApprovalStanding(StrEnum):
    """How an admin stands to a member’s request."""

    FREE = "free"
    """May approve, and it counts at once."""
    WAITS = "waits"
    """May approve because no other admin is enabled; it counts after a wait in which the member can object."""
    MARKED = "marked"
    """Had a hand in the member’s sign-in lately: another admin has to decide."""
    OWN = "own"
    """It is their own request, and there is another admin."""

    @property
    def may_approve(self) -> bool:
        """Whether an approval is taken."""
        return self in (ApprovalStanding.FREE, ApprovalStanding.WAITS)


def approval_standing(admin: User, member_id: str) -> ApprovalStanding:
    """How this enabled admin stands to requests of that member of the same organisation, now.

    “No other admin” leaves the member out of the count: nobody’s own word stands against a deed done to them.
    """
    return approval_standings(admin, [member_id])[member_id]


def approval_standings(admin: User, member_ids: Collection[str]) -> dict[str, ApprovalStanding]:
    """The same for many members at once, in one statement; in two where it matters who else is an admin."""
    marked = ConflictMark.members_of(admin.id, frozenset(member_ids))
    if not marked and admin.id not in member_ids:
        return dict.fromkeys(member_ids, ApprovalStanding.FREE)
    admins = _ids(User.admins(admin.organisation_id))
    return {each: _standing(admin.id, each, admins, is_marked=each in marked) for each in member_ids}


def approvers(member: User) -> Sequence[User]:
    """Everybody enabled who may approve a request of this member, by name; in two statements."""
    admins = User.admins(member.organisation_id)
    marked = {mark.admin_id for mark in ConflictMark.of(member.id)}
    ids = _ids(admins)
    return [admin for admin in admins if _standing(admin.id, member.id, ids, is_marked=admin.id in marked).may_approve]


def _standing(admin_id: str, member_id: str, admins: Collection[str], *, is_marked: bool) -> ApprovalStanding:
    own = admin_id == member_id
    if not own and not is_marked:
        return ApprovalStanding.FREE
    if not set(admins) - {admin_id, member_id}:
        return ApprovalStanding.WAITS
    return ApprovalStanding.OWN if own else ApprovalStanding.MARKED


def _ids(people: Sequence[User]) -> set[str]:
    return {person.id for person in people}
