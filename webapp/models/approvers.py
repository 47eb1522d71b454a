"""Who may approve a member’s restore request: the rule against an insider who acts alone."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from webapp.models.mark import Mark
from webapp.models.user import User


class Standing(StrEnum):
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
        return self in (Standing.FREE, Standing.WAITS)


def standing(admin: User, member_id: str) -> Standing:
    """How this enabled admin stands to requests of that member of the same organisation, now.

    “No other admin” leaves the member out of the count: nobody’s own word stands against a deed done to them.
    """
    own = admin.id == member_id
    if not own and Mark.newest(admin.id, member_id) is None:
        return Standing.FREE
    if not [other for other in User.admins(admin.organisation_id) if other.id not in (admin.id, member_id)]:
        return Standing.WAITS
    return Standing.OWN if own else Standing.MARKED


def standings(admin: User, member_ids: Collection[str]) -> dict[str, Standing]:
    """The same for many members at once, in two statements."""
    marked = Mark.members_of(admin.id, member_ids)
    admins = {other.id for other in User.admins(admin.organisation_id)} - {admin.id}

    def of(member_id: str) -> Standing:
        if admin.id != member_id and member_id not in marked:
            return Standing.FREE
        if not admins - {member_id}:
            return Standing.WAITS
        return Standing.OWN if admin.id == member_id else Standing.MARKED

    return {member_id: of(member_id) for member_id in member_ids}


def approvers(member: User) -> Sequence[User]:
    """Everybody enabled who may approve a request of this member, by name."""
    return [admin for admin in User.admins(member.organisation_id) if standing(admin, member.id).may_approve]
