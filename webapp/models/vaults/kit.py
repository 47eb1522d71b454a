"""The number of the member’s Recovery Kit: which kit opens what was saved last."""

from webapp import limits
from webapp.clock import now
from webapp.database import in_transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice


class OtherKit(Exception):
    """A vault file is saved for a Recovery Kit that is neither the present one nor the next."""


def keep_kit(user: User, number: int, verify_key: bytes | None, device: str) -> None:
    """What was just saved with `device` opens with Recovery Kit `number`: the present one, or a later one, which
    takes its place and is confirmed, and whose key comes with it. The next, unless this server was restored from an
    older state than the vault. In the caller’s transaction with the member locked; again changes nothing. Raises
    OtherKit."""
    assert in_transaction()
    if number == user.kit_number:
        return
    if verify_key is None or not 0 < number - user.kit_number <= limits.KIT_LEAP:
        raise OtherKit
    user.kit_number = number
    user.kit_verify_key = verify_key
    user.kit_confirmed_at = now()
    Event.append("kit.changed", user.organisation_id, actor=user, subject=user, number=number)
    Notice.give(user, "kit_changed", number=number, device=device)
