"""Every table, for whoever has to know them all: Alembic, and the count of sealed values."""

from webapp.models.accounts.invite import Invite
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.approval.conflict_mark import ConflictMark
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.recovery.undo import Undo
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession
from webapp.models.server.heartbeat import Heartbeat
from webapp.models.server.sealing_key import SealingChange, SealingKey
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.mail_code import MailCode
from webapp.models.signin.one_time_code import OneTimeCode
from webapp.models.signin.rate_bucket import RateBucket
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare
from webapp.models.vaults.vault import Vault

__all__ = [
    "AuditKey",
    "Challenge",
    "CloudBackup",
    "ConflictMark",
    "Device",
    "DeviceLock",
    "Event",
    "EventChain",
    "FormerShare",
    "Heartbeat",
    "Hold",
    "Invite",
    "KeyRemoval",
    "KeySuccession",
    "Link",
    "MailCode",
    "Notice",
    "OneTimeCode",
    "Organisation",
    "OrganisationKey",
    "Pairing",
    "PasswordResetRequest",
    "RateBucket",
    "RestoreRequest",
    "SealingChange",
    "SealingKey",
    "SecondFactor",
    "SelfServiceRecovery",
    "SignIn",
    "TabKey",
    "Undo",
    "User",
    "Vault",
]
