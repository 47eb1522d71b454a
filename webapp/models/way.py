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
