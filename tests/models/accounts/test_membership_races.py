"""Owners who act on each other at the same moment, on both databases: one is always left."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person
from tests.support.people.person import add_person
from tests.support.recovery.requests import waiting_request
from tests.support.servers.races import race, won
from webapp.database import db, transaction
from webapp.flows.restore_request import NotYours, State
from webapp.models.accounts.membership import NotChanged, change_role, disable
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.recovery.restore_request import RestoreRequest

ROUNDS = 5
pytestmark = pytest.mark.databases
Verb = Callable[[User, User], object]


def doing(work: Verb, person: Person, by: Person) -> Callable[[], None]:
    def run() -> None:
        with transaction() as session:
            work(User.locked(person.user_id), session.get_one(User, by.user_id))

    return run


def owners(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).where(User.role == Role.OWNER, User.disabled_at.is_(None))
        return db.session.scalar(query.select_from(User)) or 0


def demote(person: User, by: User) -> None:
    change_role(person, by, Role.MEMBER)


@pytest.mark.parametrize("works", [(disable, disable), (demote, demote), (disable, demote)])
def test_two_owners_who_turn_on_each_other_leave_one(
    app: Flask, alice: Person, olga: Person, works: tuple[Verb, Verb]
) -> None:
    for _ in range(ROUNDS):
        with app.app_context(), transaction() as session:
            for person in (alice, olga):
                row = session.get_one(User, person.user_id)
                row.role, row.disabled_at = Role.OWNER, None
        outcomes = race(app, doing(works[0], alice, olga), doing(works[1], olga, alice))
        assert won(outcomes) == 1, outcomes
        assert any(isinstance(outcome, NotChanged) for outcome in outcomes)
        assert owners(app) == 1


def test_two_owners_who_step_down_at_once_leave_one(app: Flask, alice: Person, olga: Person) -> None:
    for _ in range(ROUNDS):
        with app.app_context(), transaction() as session:
            for person in (alice, olga):
                session.get_one(User, person.user_id).role = Role.OWNER
        outcomes = race(app, doing(demote, alice, alice), doing(demote, olga, olga))
        assert won(outcomes) == 1, outcomes
        assert owners(app) == 1


def test_whoever_is_no_admin_any_more_decides_nothing(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    """A decision stands before the change of role in the record, or it is not there."""
    for number in range(ROUNDS):
        member = add_person(app, bob.organisation_id, f"Member{number}")
        request = waiting_request(member, organisation_key)
        with app.app_context(), transaction() as session:
            session.get_one(User, bob.user_id).role = Role.ADMIN
        decision = request.approval(organisation_key, bob)
        client = bob.another_browser()

        def approving(path: str = request.path, form: dict[str, str] = decision, client: object = client) -> int:
            return client.post(f"{path}/approval", data=form).status_code  # type: ignore[attr-defined,no-any-return]

        status, changed = race(app, approving, doing(demote, bob, olga))
        assert changed is None
        with app.app_context():
            state = db.session.get_one(RestoreRequest, request.id).state
            assert (status, state) in [(303, State.APPROVED), (404, State.REQUESTED), (403, State.REQUESTED)]
            kinds = list(db.session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(12)))
            if state == State.APPROVED:
                assert kinds.index("user.role_changed") < kinds.index("restore_request.approved")


def test_disabling_meets_an_approval(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    """Whichever comes first, nothing of somebody who is disabled waits or goes out."""
    for number in range(ROUNDS):
        member = add_person(app, bob.organisation_id, f"Member{number}")
        request = waiting_request(member, organisation_key)
        decision, client = request.approval(organisation_key, bob), bob.another_browser()

        def approving(path: str = request.path, form: dict[str, str] = decision, client: object = client) -> int:
            return client.post(f"{path}/approval", data=form).status_code  # type: ignore[attr-defined,no-any-return]

        status, disabled = race(app, approving, doing(disable, member, olga))
        assert disabled is None
        assert status in (303, 409)
        with app.app_context():
            assert db.session.get_one(RestoreRequest, request.id).state == State.STOPPED


def test_the_part_is_looked_at_when_the_decision_is_stored(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    with app.app_context():
        doing(demote, bob, olga)()
        deny = doing(lambda _, by: db.session.get_one(RestoreRequest, request.id).deny(by, "No."), alice, bob)
        with pytest.raises(NotYours):
            deny()
