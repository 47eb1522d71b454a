"""Every bound and duration of the product but its rates, which stand in `webapp/web/rate_limits.py`."""

from datetime import timedelta

VAULT_FILE_BYTES = 32 * 1024 * 1024
VAULT_ITEMS = 50_000
COUNTER_LEAP = 1_000_000
"""How far one save, or Finish, may move the counter, which never goes back: no thief can use all of them up."""
KIT_LEAP = 10
"""The same for the number of the Recovery Kit in a Finish: a vault may know of later kits than a server restored."""
COUNTERS = 2**53 - 1
"""The highest whole number that every reader of JSON keeps exact."""
SHARE_FILE_BYTES = 8 * 1024
KEYSLOT_BYTES = 4 * 1024
SIGNED_TEXT_CHARACTERS = 8 * 1024
SIGNED_FIELD_CHARACTERS = 200
RESTORE_REQUEST_CHARACTERS = 32 * 1024
"""Longer than what else is signed: it has the statements by which one recovery key took the place of another."""
SUCCESSIONS_IN_A_REQUEST = 30
APPROVERS_IN_A_REQUEST = 20
"""People whose six digits count: each makes a number that somebody guesses likelier to fit."""

PIN_TRIES = 10
LAST_TRY = timedelta(minutes=1)
"""How long the tenth try of a PIN may be under way; then it was a crash, and the lock goes."""
PIN_CHANGE_WINDOW = timedelta(minutes=10)
"""How long after the present PIN was typed a new one is taken."""
CHALLENGE_LIFE = timedelta(minutes=2)
TAB_KEY_IDLE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
BROWSER_KNOWN = timedelta(days=400)
"""How long a browser is known again after the last sign-in there; browsers keep no cookie longer."""
ACTIVITY_GRAIN = timedelta(seconds=30)
"""How stale the recorded last activity may get before it is written again."""

HEARTBEAT_GRAIN = timedelta(seconds=10)
"""How often the worker notes that it is at work."""
HEARTBEAT_LATE = timedelta(minutes=2)
"""From which age of that note on nobody is at work."""
OUTBOX_LATE = timedelta(minutes=15)
"""From which age on a mail that has not left is late."""

INVITE_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(hours=1)
VETO_LIFE = timedelta(days=14)
"""How long a “This wasn’t me” in a mail works; in the one about a new account as long as that can be undone."""
MAIL_CODE_LIFE = timedelta(minutes=15)
MAIL_CODE_TRIES = 5
MAIL_CONFIRMED = timedelta(hours=1)
"""How long after a code from a mail was typed a restore request counts as confirmed by mail."""
MARK_LIFE = timedelta(days=30)
"""How long an admin who had a hand in somebody’s sign-in approves nothing for them."""
APPROVAL_WAIT_HOURS = (1, 24, 168)
"""The least, the usual and the longest wait before an approval counts that no other admin could have given."""

MAIL_LIFE = timedelta(days=3)
"""How late a notice is still mailed: older news would mislead."""
MAIL_FAILURE_TOLD = timedelta(days=1)
"""How long mail to one person has to have failed no more until admins hear of it again."""
MAIL_FAILURE_SHOWN = timedelta(days=30)
"""How long it shows a mail that could not be delivered, unless a later one to that person was."""

REQUEST_LIFE = timedelta(days=7)
PAIRING_LIFE = timedelta(minutes=10)
"""How long a pairing is open, and once more from when the key was sent until the PIN is chosen."""
PAIRING_CODE_LIFE = timedelta(minutes=2)
PAIRING_ANSWER_LIFE = timedelta(minutes=1)
"""How long the other device may take to look at an answer before its code is given up."""
PAIRING_CODES = 3
"""Codes shown without success until pairing is locked."""
PAIRING_LOCK = timedelta(hours=24)
APPROVAL_LIFE = timedelta(hours=72)
UNDO_WINDOW = timedelta(days=7)
NEW_ACCOUNT_UNDO_WINDOW = timedelta(days=30)
"""Longer than after the other ways: who began anew did so because nothing else was at hand."""
OWN_RECOVERY_LIFE = timedelta(hours=1)
"""How long after a kit or a backup proved itself the recovery with it may be finished."""
FINISHED_LATELY = timedelta(minutes=5)
"""How long its pages lead on to Done, for who reloaded one at the last moment."""
OWN_RECOVERY_KEPT = timedelta(days=90)
"""How long one is remembered that was never finished: “This wasn’t me” says what had been handed out by then."""
PASSWORD_SHOWN = timedelta(minutes=15)
"""How long after the sign-in password was typed a new account may be begun without typing it again."""
SECOND_FACTOR_SET_UP = timedelta(minutes=15)
"""How long a key of a second factor that was shown waits for its first code."""
CODE_CHARACTERS = 40
"""As many as are looked at of what was typed as a code."""
CODE_ASKED = timedelta(minutes=10)
"""How long after the right password a code is waited for; then the sign-in begins anew."""
ASKED_AGAIN = timedelta(minutes=10)
"""How long after a code, or the password, what is sensitive in the Admin Portal is done without asking again."""

BACKUPS_KEPT = (3, 10, 50)
"""The fewest, the usual number and the most of a member’s newest cloud backups that stay, however old they are."""
BACKUP_DAYS_KEPT = (14, 14, 90)
"""For how many days one a day stays: at least, usually and at most."""
BACKUP_WEEKS_KEPT = (4, 8, 104)
"""The same of one a week."""
BACKUP_SAFE_AGE = timedelta(days=14)
"""No backup younger than this is ever pushed out, so a flood of new ones can’t destroy the good ones."""

KEY_REMOVAL_NOTICE = timedelta(days=7)
"""How long before it takes effect that a recovery key is deleted, or that Cloud Backups are disabled, is announced."""
REWRAP_BATCH = 20
"""How many shares are re-wrapped at a time."""
REWRAP_BYTES = 512 * 1024
FORMER_SHARE_LIFE = timedelta(days=30)
"""How long share A as it was before a re-wrap is kept."""
PUT_BACK_BATCH = 1_000
"""How many of those are put back at a time."""

BACKUP_STALE = timedelta(days=14)
"""From which age on a cloud backup that is older than the vault counts as stale."""
INVITE_ROWS = 5_000
"""How many people one file may invite."""
INVITE_ROWS_AT_ONCE = 500
"""How many of them one request looks at, or invites."""

REQUEST_REASON_CHARACTERS = 500
NAME_CHARACTERS = 100
EMAIL_CHARACTERS = 254

NOTICES_READ = 50
"""How many of the newest notices of each kind are looked through for those that something later has not taken the place
of."""
NOTICES_SHOWN = 20
"""How many are shown beside those that are pressing, which all are."""
NOTICES_SEEN = 3
"""How many of those count as seen where a page shows them: the first is in sight, the others open below it."""
