"""Every bound and duration of the product, in one place."""

from datetime import timedelta

VAULT_FILE_BYTES = 32 * 1024 * 1024
VAULT_ITEMS = 50_000
COUNTER_LEAP = 1_000_000
"""How far one save may move the counter, which never goes back: a thief at a device can’t use all of them up."""
COUNTERS = 2**53 - 1
"""The highest whole number that every reader of JSON keeps exact."""
SHARE_FILE_BYTES = 8 * 1024
KEYSLOT_BYTES = 4 * 1024
SIGNED_TEXT_CHARACTERS = 8 * 1024
SIGNED_FIELD_CHARACTERS = 200

PIN_TRIES = 10
LAST_TRY = timedelta(minutes=1)
"""How long the tenth try of a PIN may be under way; then it was a crash, and the lock goes."""
PIN_CHANGE_WINDOW = timedelta(minutes=10)
"""How long after the present PIN was typed a new one is taken."""
CHALLENGE_LIFE = timedelta(minutes=2)
TAB_KEY_IDLE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
ACTIVITY_GRAIN = timedelta(seconds=30)
"""How stale the recorded last activity may get before it is written again."""

INVITE_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(hours=1)

MAIL_LIFE = timedelta(days=3)
"""How late a notice is still mailed: older news would mislead."""

REQUEST_LIFE = timedelta(days=7)
APPROVAL_LIFE = timedelta(hours=72)
UNDO_WINDOW = timedelta(days=7)

BACKUPS_KEPT = 10
BACKUP_DAYS_KEPT = 14
BACKUP_WEEKS_KEPT = 8
BACKUP_SAFE_AGE = timedelta(days=14)
"""No backup younger than this is ever pushed out, so a flood of new ones can’t destroy the good ones."""

REQUEST_REASON_CHARACTERS = 500
NAME_CHARACTERS = 100
EMAIL_CHARACTERS = 254
