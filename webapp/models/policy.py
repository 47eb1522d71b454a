"""What only owners set, for the whole organisation: the ways back, the wait, the second factor, the retention."""

from webapp.database import db, in_transaction
from webapp.models.organisation import Organisation
from webapp.models.user import Role, User


class PolicyNotChanged(Exception):
    """It stays as it was; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def locked_by_owner(by: User, refusal: str) -> tuple[Organisation, User]:
    """The organisation, locked until the caller’s transaction ends, and whoever sets something there as they stand now
    that no role changes meanwhile. Raises PolicyNotChanged with the code `refusal` unless that is an enabled owner."""
    assert in_transaction()
    organisation = Organisation.locked(by.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    if by.role != Role.OWNER or not by.is_enabled:
        raise PolicyNotChanged(refusal)
    return organisation, by
