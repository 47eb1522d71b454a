"""The sign-in challenge between password and code: the browser’s signed cookie alone says whose code is awaited.

It opens nothing. It survives a reload, dies after ten minutes, and with the session epoch that the password was checked
under: whatever ends all sessions (a reset, a new password, “This wasn’t me”) ends it, too.
"""

from datetime import UTC, datetime

from flask import session

from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.models.directory.user import User

KEY = "code_asked"


def begin(user_id: str, session_epoch: int) -> None:
    """Wait for this person’s code."""
    session[KEY] = [user_id, session_epoch, int(now().timestamp())]


def is_begun() -> bool:
    """Whether this browser waited for a code, even if that is too late by now."""
    return KEY in session


def waiting() -> User | None:
    """Whose code is waited for, if their password is still as good as when it was checked."""
    user_id, session_epoch, began = session.get(KEY, ("", 0, 0))
    if now() - datetime.fromtimestamp(began, UTC) >= limits.CODE_ASKED:
        return None
    user = db.session.get(User, user_id)
    return user if user and user.is_enabled and user.session_epoch == session_epoch else None


def forget() -> None:
    """Wait no longer."""
    session.pop(KEY, None)
