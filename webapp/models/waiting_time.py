"""The wait before an approval counts that no other admin could have given: how long it is, and who may say so."""

from webapp import limits
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.policy import PolicyNotChanged, locked_by_owner
from webapp.models.user import User


def change_wait(by: User, hours: int) -> None:
    """Set the wait and tell every other admin, in the caller’s transaction. Raises PolicyNotChanged.

    Requests that are open keep the longer of the two (`RestoreRequest.approve`), so nobody shortens a wait they are in.
    """
    organisation, by = locked_by_owner(by, "wait_owner")
    least, _, most = limits.APPROVAL_WAIT_HOURS
    if not least <= hours <= most:
        raise PolicyNotChanged("wait_range")
    before = organisation.approval_wait_hours
    if before == hours:
        return
    organisation.approval_wait_hours = hours
    Event.append("policy.wait_changed", organisation.id, actor=by, before=before, after=hours)
    Notice.give_admins(organisation.id, "wait_changed", but=by.id, owner=by.name, before=before, after=hours)
