"""The ways back to a vault that begin a new epoch."""

from enum import StrEnum


class Way(StrEnum):
    """`templates/recovery/words.html` has the words of each."""

    CLOUD_BACKUP = "cloud_backup"
    """With an admin’s approval: a restore request."""
    LOCAL_BACKUP = "local_backup"
    RECOVERY_KIT = "recovery_kit"
    NEW_ACCOUNT = "new_account"
    """Without any key: the former vault is archived as it was."""


OWN_WAYS = frozenset(Way) - {Way.CLOUD_BACKUP}
"""Those that need nobody’s help."""
PAIRING = "pairing"
"""The way back that begins no epoch; the others are a `Way`."""
EVERY_WAY = (PAIRING, *Way)
WAY_NAMES = {
    PAIRING: "Pair With Device",
    Way.LOCAL_BACKUP: "Local Backup",
    Way.CLOUD_BACKUP: "Cloud Backup",
    Way.RECOVERY_KIT: "Recovery Kit",
    Way.NEW_ACCOUNT: "Create New Account",
}
"""What each is called, for people, in the order of the doors."""


class WayOff(Exception):
    """The organisation has switched this way back off; `way` is one of `EVERY_WAY`."""

    def __init__(self, way: str) -> None:
        super().__init__(way)
        self.way = way
