"""The wait before an approval counts that no other admin could have given: how long it is, and who may say so."""

from webapp import limits
from webapp.database import db, in_transaction
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.user import Role, User


class NotChanged(Exception):
    """The wait stays as it was; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def change_wait(by: User, hours: int) -> None:
    """Set the wait and tell every other admin, in the caller’s transaction. Raises NotChanged.

    Requests that are open keep the longer of the two (`RestoreRequest.approve`), so nobody shortens a wait they are in.
    """
    assert in_transaction()
    organisation = Organisation.locked(by.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    least, _, most = limits.APPROVAL_WAIT_HOURS
    if by.role != Role.OWNER or not by.is_enabled:
        raise NotChanged("wait_owner")
    if not least <= hours <= most:
        raise NotChanged("wait_range")
    before = organisation.approval_wait_hours
    if before == hours:
        return
    organisation.approval_wait_hours = hours
    Event.append("policy.wait_changed", organisation.id, actor=by, before=before, after=hours)
    Notice.give_admins(organisation.id, "wait_changed", but=by.id, owner=by.name, before=before, after=hours)
