"""Many members at once, straight into the tables: with devices, backups, sessions, requests and events of their own.

Nothing of them opens or verifies; they are there to be counted and listed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert

from webapp.audit.chain import NOTHING
from webapp.clock import now
from webapp.database import Base, db, insert_missing, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.accounts.invite import Invite
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.signin.session import SignIn
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

BROWSERS = ("Firefox on Windows", "Chrome on macOS", "Safari on iPhone", "Edge on Windows", "Firefox on Linux")
STATES = ("requested", "completed", "denied", "expired")
EVENTS = 5
"""Of each member, unless more are wanted."""


def crowd(
    app: Flask, organisation_id: str, key_id: str, numbers: Iterable[int], *, events: int = EVENTS, at_once: int = 1000
) -> None:
    """Members with these numbers."""
    ordered = list(numbers)
    for begin in range(0, len(ordered), at_once):
        rows: dict[type[Base], list[dict[str, Any]]] = {}
        for number in ordered[begin:][:at_once]:
            for table, row in _of(number, organisation_id, key_id, events):
                rows.setdefault(table, []).append(row)
        with app.app_context(), transaction() as session:
            _number(organisation_id, rows[Event])
            for table, values in rows.items():
                session.execute(insert(table), values)


def _number(organisation_id: str, events: list[dict[str, Any]]) -> None:
    """Places at the end of the chain, whose hashes are none."""
    insert_missing(EventChain, organisation_id=organisation_id, count=0, hash=NOTHING)
    chain = db.session.get_one(EventChain, organisation_id)
    for place, event in enumerate(events, start=chain.count + 1):
        event |= {"number": place, "previous": NOTHING, "hash": NOTHING, "actor_name": "", "subject_name": ""}
    chain.count += len(events)


def _of(number: int, organisation_id: str, key_id: str, events: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    user_id, at = f"{number:032x}", now() - timedelta(hours=number % 700)
    ours: dict[str, Any] = {"organisation_id": organisation_id, "user_id": user_id}
    browser = BROWSERS[number % len(BROWSERS)]
    yield User, _user(number, organisation_id, at)
    yield SignIn, {"id": f"{number:064x}", "user_id": user_id, "session_epoch": 1, "browser": browser, "address": ""}
    keys: dict[str, Any] = {"sign_public": bytes(32), "recipient": "age1"}
    if number % 10:
        yield Device, {"id": user_id, "user_id": user_id, "name": browser, "browser": browser, "tries_left": 10, **keys}
        vault = {"verify_key": bytes(32), "file": b"x", "sha256": "0" * 64, "size": 1, "items": 1, "counter": 1}
        yield Vault, {"user_id": user_id, "epoch": 1, "device_id": user_id, **vault}
    if number % 3:
        yield CloudBackup, _backup(user_id, key_id, at)
    yield from _asked_and_invited(number, browser, at, {**ours, **keys})
    for each in range(events):
        about = {"actor_id": user_id, "subject_id": user_id, "kind": "kit.confirmed", "details": {"number": each}}
        yield Event, {"organisation_id": organisation_id, "at": at, **about}


def _asked_and_invited(
    number: int, browser: str, at: datetime, ours: dict[str, Any]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    user_id = f"{number:032x}"
    if number % 5 == 0:
        asked = {
            "exact": "{}",
            "signature": b"",
            "device_id": f"{number + 2**64:032x}",
            "address": "",
            "reason": "no_key",
        }
        state = STATES[number // 5 % len(STATES)]
        times = {"made_at": at, "expires_at": now() + timedelta(days=5)}
        yield RestoreRequest, {"id": user_id, "browser": browser, "state": state, **asked, **times, **ours}
    if number % 7 == 0:
        own = {
            "way": RecoveryMethod.RECOVERY_KIT,
            "sign_in_id": f"{number:064x}",
            "browser": browser,
            "address": "",
            "made_at": at,
        }
        yield SelfServiceRecovery, {"id": user_id, **own, **ours}
        paired = {"device_id": user_id, "browser": browser, "address": "", "state": "completed", "made_at": at}
        announced = {"announcement": "{}", "announcement_signature": b"", "expires_at": at}
        yield Pairing, {"id": user_id, **paired, **announced, **ours}
        invited = {"email": f"guest{number}@example.org", "token_sha256": f"{number:064x}"}
        invited |= {"organisation_id": ours["organisation_id"]}
        yield Invite, {"id": user_id, "expires_at": now() + timedelta(7), **invited}


def _user(number: int, organisation_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "organisation_id": organisation_id,
        "email": f"member{number:06}@example.org",
        "name": f"Member {number:06}",
        "password_hash": "x",
        "epoch": 1 if number % 10 else 0,
        "kit_number": 1,
        "kit_confirmed_at": at if number % 4 else None,
    }


def _backup(user_id: str, key_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": user_id,
        "user_id": user_id,
        "organisation_key_id": key_id,
        "device_id": user_id,
        "device_name": "Firefox",
        "epoch": 1,
        "counter": 1,
        "items": 1,
        "kit": 1,
        "meta": "{}",
        "meta_signature": b"",
        "file": b"x",
        "file_sha256": "0" * 64,
        "size": 1,
        "share_a": b"",
        "share_s": "",
        "made_at": at,
    }
