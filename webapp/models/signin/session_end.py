"""Ending single sessions: the row says why, and the tabs that the session has open lock.

Every session of a person at once ends by the session epoch: `SignIn.end_every`.
"""

from collections.abc import Callable

from webapp.clock import now
from webapp.database import in_transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey


def end_session(session: SignIn, why: Ended = Ended.SIGNED_OUT, by: str = "") -> None:
    """End it, and lock the tabs it has open, in the caller’s transaction."""
    assert in_transaction()
    TabKey.forget(sign_in_id=session.id)
    if session.ended_at is None:
        session.ended_at = now()
        session.ended_why = why
        session.ended_by = by


def end_some(user: User, which: Callable[[SignIn], bool], why: Ended = Ended.FROM_LIST, by: str = "") -> int:
    """End those of the user’s sessions, in the caller’s transaction with `user` locked; how many were alive."""
    ended = [found for found in SignIn.alive_of(user) if which(found)]
    for found in ended:
        end_session(found, why, by)
    if ended:
        organisation = user.organisation_id
        Event.append("user.sessions_ended", organisation, actor=user, subject=user, number=len(ended))
    return len(ended)


def end_those_of(user: User, device_id: str, but: str, why: Ended = Ended.UNPAIRED, by: str = "") -> int:
    """End the sessions in which this device was the browser’s, whatever that says of itself since; not those of the
    device `but`, whose browser may have been both."""

    def is_one(session: SignIn) -> bool:
        return session.device_id != but and device_id in (session.device_id, session.last_device_id)

    return end_some(user, is_one, why, by)
