"""The tables and their verbs. Import models from here."""

from webapp.models.challenge import Challenge
from webapp.models.cloud_backup import CloudBackup
from webapp.models.device import Device, DeviceState
from webapp.models.device_lock import DeviceLock, LockDestroyed, PinNotShown, VersionTaken, WrongPin
from webapp.models.event import Event
from webapp.models.first_device import FirstDevice, VaultExists
from webapp.models.invite import AddressTaken, Invite, InviteClosed
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.organisation_key import KeyState, OrganisationKey
from webapp.models.restore_request import RestoreRequest
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.throttle_bucket import ThrottleBucket
from webapp.models.undo import Undo
from webapp.models.user import Role, User
from webapp.models.vault import StaleVault, Vault

__all__ = [
    "AddressTaken",
    "Challenge",
    "CloudBackup",
    "Device",
    "DeviceLock",
    "DeviceState",
    "Event",
    "FirstDevice",
    "Invite",
    "InviteClosed",
    "KeyState",
    "LockDestroyed",
    "Notice",
    "Organisation",
    "OrganisationKey",
    "PinNotShown",
    "RestoreRequest",
    "Role",
    "SignIn",
    "StaleVault",
    "TabKey",
    "ThrottleBucket",
    "Undo",
    "User",
    "Vault",
    "VaultExists",
    "VersionTaken",
    "WrongPin",
]
