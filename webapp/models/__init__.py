"""The tables and their verbs. Import models from here."""

from webapp.models.approval_wait import ApprovalWaits
from webapp.models.asked_and_decided import StopReason
from webapp.models.audit_key import AuditKey
from webapp.models.challenge import Challenge
from webapp.models.cloud_backup import CloudBackup
from webapp.models.device import Device, DeviceState
from webapp.models.device_lock import DeviceLock, LockDestroyed, NotReleased, VersionTaken, WrongPin
from webapp.models.event import Event
from webapp.models.event_chain import EventChain
from webapp.models.first_device import FirstDevice, VaultExists
from webapp.models.former_share import FormerShare
from webapp.models.hold import Hold, NotLifted, OnHold
from webapp.models.invite import AddressTaken, Invite, InviteClosed
from webapp.models.key_removal import KeyRemoval
from webapp.models.key_succession import KeySuccession
from webapp.models.link import Link, LinkClosed, Purpose
from webapp.models.mail_code import MailCode, WrongCode
from webapp.models.mark import Mark, MarkKind
from webapp.models.notice import Notice
from webapp.models.one_time_code import OneTimeCode
from webapp.models.organisation import Organisation
from webapp.models.organisation_key import KeyState, OrganisationKey
from webapp.models.own_recovery import KitUnknown, OwnRecovery, PasswordNeeded, RecoveryOver
from webapp.models.pairing import Pairing, PairingLocked
from webapp.models.reset_ask import ResetAsk
from webapp.models.restore_request import RestoreRequest
from webapp.models.second_factor import NotTaken, SecondFactor
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import PinNotShown, TabKey, TabTaken
from webapp.models.throttle_bucket import ThrottleBucket
from webapp.models.undo import Undo, UndoClosed
from webapp.models.user import Role, User
from webapp.models.vault import StaleVault, Vault
from webapp.models.way import EVERY_WAY, OWN_WAYS, PAIRING, WAY_NAMES, Way, WayOff

__all__ = [
    "AddressTaken",
    "ApprovalWaits",
    "AuditKey",
    "Challenge",
    "CloudBackup",
    "Device",
    "DeviceLock",
    "DeviceState",
    "EVERY_WAY",
    "Event",
    "EventChain",
    "FirstDevice",
    "FormerShare",
    "Hold",
    "Invite",
    "InviteClosed",
    "KeyRemoval",
    "KeyState",
    "KeySuccession",
    "KitUnknown",
    "Link",
    "LinkClosed",
    "LockDestroyed",
    "MailCode",
    "Mark",
    "MarkKind",
    "NotLifted",
    "NotReleased",
    "NotTaken",
    "Notice",
    "OWN_WAYS",
    "OnHold",
    "OneTimeCode",
    "Organisation",
    "OrganisationKey",
    "OwnRecovery",
    "PAIRING",
    "Pairing",
    "PairingLocked",
    "PasswordNeeded",
    "PinNotShown",
    "Purpose",
    "RecoveryOver",
    "ResetAsk",
    "RestoreRequest",
    "Role",
    "SecondFactor",
    "SignIn",
    "StaleVault",
    "StopReason",
    "TabKey",
    "TabTaken",
    "ThrottleBucket",
    "Undo",
    "UndoClosed",
    "User",
    "Vault",
    "VaultExists",
    "VersionTaken",
    "WAY_NAMES",
    "Way",
    "WayOff",
    "WrongCode",
    "WrongPin",
]
