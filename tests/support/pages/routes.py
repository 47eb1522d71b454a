"""Every method of every route, and something behind every kind of address."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.pairing.rows import pairing_row
from tests.support.people.people import ActiveKey, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import waiting_request
from tests.views.account.test_notices import give
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.notices.link import Link, Purpose
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.signin.session import SignIn

OF_A_MEMBER = ("request_id", "notice_id", "backup_id", "pairing_id", "device_id", "session_id", "user_id", "epoch")
OF_AN_ORGANISATION = ("key_id", "invite_id", "removal_id", "token")
NOBODYS = "0" * 32
MEANT_FOR_ALL = {"epoch", "token"}
"""Arguments that name nothing of somebody’s alone: everybody has an epoch 1, and whoever holds a token may use it."""


@dataclass(frozen=True)
class Try:
    """One method of one route."""

    method: str
    rule: Rule

    def path(self, ids: dict[str, str]) -> str:
        """Its address with these ids in it."""
        _, path = self.rule.build({name: ids[name] for name in self.rule.arguments}) or ("", "")
        return path

    def by(self, person: Person, ids: dict[str, str]) -> list[TestResponse]:
        """As that person’s browser does it: a plain request, and one that their device signs."""
        path = self.path(ids)
        found = [person.client.open(path, method=self.method)]
        if self.method == "POST" and person.device:
            found.append(person.signed_post(path))
        return found


def things_of(member: Person, key: ActiveKey) -> dict[str, str]:
    """Something behind every kind of address."""
    device = enrolled(member)
    request = waiting_request(member, key)
    member.another_browser()
    with member.app.app_context():
        pairing = pairing_row(member)
        session = SignIn.alive_of(db.session.get_one(User, member.user_id))[-1].id
        with transaction() as opened:
            user = opened.get_one(User, member.user_id)
            organisation = opened.get_one(Organisation, member.organisation_id)
            invite, _ = Invite.make(organisation, f"guest-of-{member.email}", "Guest", Role.MEMBER)
            token = Link.make(user, Purpose.PASSWORD).token
            removal = KeyRemoval(organisation_id=organisation.id, key_id=key.id, asked_by=user.id, due_at=now())
            removal.due_at += timedelta(days=7)
            opened.add(removal)
            opened.flush()
            ids = {"invite_id": invite.id, "removal_id": removal.id, "token": token}
    made = {"request_id": request.id, "notice_id": give(member), "backup_id": member.backups[-1].id, **ids}
    made |= {"pairing_id": pairing, "device_id": device.id, "session_id": session, "epoch": "1"}
    return made | {"user_id": member.user_id, "key_id": key.id}


def tries_of(app: Flask) -> list[Try]:
    """Every method of every route."""
    methods = {"GET", "POST"}
    return [Try(each, rule) for rule in app.url_map.iter_rules() for each in sorted(methods & (rule.methods or set()))]
