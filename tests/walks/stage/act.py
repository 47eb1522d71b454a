"""What somebody is about to do."""

from dataclasses import dataclass

RESETS = {"admin_reset_by_mail", "admin_reset_by_hand", "operator_reset", "link"}
UNDOS = {"veto", "undo"}
FINISHES = {"finish", "finish_alone"}


@dataclass
class Act:
    """`user` is whom it concerns, `by` the admin, `device` and `session` who does it, `target` the device it is done
    to."""

    kind: str
    user: str = ""
    device: str = ""
    session: str = ""
    by: str = ""
    undo: str = ""
    """The recovery that is said to be undone."""
    target: str = ""
    leaving: frozenset[str] = frozenset()
    returning: frozenset[str] = frozenset()
    """Devices that “This wasn’t me”, or an admin, unpairs, and those that come back with that."""
