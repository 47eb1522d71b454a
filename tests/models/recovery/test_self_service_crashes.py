"""Beginning, finishing and undoing a recovery that needs nobody’s help, interrupted after every single statement."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.recovery.runs import request_row
from tests.support.recovery.self_service import WAYS, begun, own, recovered
from tests.support.servers.crashes import crash_everywhere
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.directory.user import User
from webapp.models.recovery.undo import Undo

pytestmark = pytest.mark.databases


@pytest.mark.parametrize("way", WAYS)
def test_a_finish_is_whole_or_not_at_all(
    app: Flask, alice: Person, bob: Person, way: RecoveryMethod, database_kind: str
) -> None:
    enrolled(alice)
    made = begun(alice, way)
    sent = made.sent()
    with app.app_context():
        request_row(alice)
        assert crash_everywhere(made.finishing(sent)) > 20, "many statements, and each was tried"
        assert db.session.get_one(User, alice.user_id).epoch == 2
    assert made.client.get("/vault").status_code == 200


def test_a_beginning_is_whole_or_not_at_all(app: Flask, alice: Person, database_kind: str) -> None:
    enrolled(alice)
    made = own(alice, RecoveryMethod.RECOVERY_KIT)
    with app.app_context():
        assert crash_everywhere(made.beginning()) > 5


def test_an_undo_is_whole_or_not_at_all(app: Flask, alice: Person, database_kind: str) -> None:
    enrolled(alice)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)

    def undo() -> None:
        with transaction() as session:
            user = User.locked(alice.user_id)
            session.scalars(select(Undo)).one().undo(user)

    with app.app_context():
        assert crash_everywhere(undo) > 10
        assert db.session.get_one(User, alice.user_id).epoch == 1
