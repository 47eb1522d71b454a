"""The ways back to a vault: pairing, and the methods that begin a new epoch."""

from enum import StrEnum


class RecoveryMethod(StrEnum):
    """`templates/recovery/words.html` has the words of each."""

    CLOUD_BACKUP = "cloud_backup"
    """With an admin’s approval: a restore request."""
    LOCAL_BACKUP = "local_backup"
    RECOVERY_KIT = "recovery_kit"
    NEW_ACCOUNT = "new_account"
    """Without any key: the former vault is archived as it was."""


SELF_SERVICE_METHODS = frozenset(RecoveryMethod) - {RecoveryMethod.CLOUD_BACKUP}
"""Those that need nobody’s help."""
PAIRING = "pairing"
"""The way back that begins no epoch; the others are a `RecoveryMethod`."""
EVERY_METHOD = (PAIRING, *RecoveryMethod)
METHOD_NAMES = {
    PAIRING: "Pair With Device",
    RecoveryMethod.LOCAL_BACKUP: "Local Backup",
    RecoveryMethod.CLOUD_BACKUP: "Cloud Backup",
    RecoveryMethod.RECOVERY_KIT: "Recovery Kit",
    RecoveryMethod.NEW_ACCOUNT: "Create New Account",
}
"""What each is called, for people, in the order of the doors."""


class MethodOff(Exception):
    """The organisation has switched this way back off; `way` is one of `EVERY_METHOD`."""

    def __init__(self, way: str) -> None:
        super().__init__(way)
        self.way = way
