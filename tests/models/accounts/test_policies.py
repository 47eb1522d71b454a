"""The table of policies: each has its words, and a new number or choice needs no more than a row and its words."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.person import Person
from webapp.database import db, transaction
from webapp.models.accounts.policies import POLICIES, SIMPLE, Choice, Number, PolicyNotChanged, change
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.signin.second_factor_policy import FactorPolicy
from webapp.ops import mail

ROW = Number(
    name="waiting_time", column="backups_kept", bounds=(3, 10, 50), address="none", event="policy.retention_changed"
)
"""As a new one would be, with the codes and the notice that all share."""


def set_to(person: Person, value: int) -> None:
    with person.app.app_context(), transaction() as session:
        change(ROW, session.get_one(User, person.user_id), value)


def test_every_policy_has_its_words_and_its_sentence(app_context: object, app: Flask) -> None:
    words = app.jinja_env.get_template("admin/settings/policies.html").module
    assert set(words.words) == {policy.name for policy in SIMPLE}  # type: ignore[attr-defined]
    assert set(words.events) == {policy.event for policy in POLICIES}  # type: ignore[attr-defined]


def test_what_an_organisation_begins_with_is_allowed(app_context: object) -> None:
    fresh = Organisation(name="Example", approval_wait_hours=24, second_factor_policy="nobody")
    assert [policy.refusal(fresh, policy.value_of(fresh)) for policy in SIMPLE] == [None] * len(SIMPLE)


def test_a_new_row_sets_records_and_tells(app: Flask, bob: Person, olga: Person) -> None:
    set_to(olga, 20)
    with app.app_context():
        assert db.session.get_one(Organisation, olga.organisation_id).backups_kept == 20
        [event] = EventList(olga.organisation_id).page(1)[0]
        assert (event.kind, event.details) == ("policy.retention_changed", {"before": 10, "after": 20})
        [notice] = db.session.scalars(select(Notice).where(Notice.kind == "policy_changed"))
        assert (notice.user_id, notice.details["policy"]) == (bob.user_id, "waiting_time")
        assert "Olga changed “Waiting time” from 10 to 20." in mail.rendered(notice).body
        assert not notice.warns_member


@pytest.mark.parametrize("value", [2, 51])
def test_outside_of_its_bounds_nothing_changes(app: Flask, olga: Person, value: int) -> None:
    with pytest.raises(PolicyNotChanged) as refused:
        set_to(olga, value)
    assert refused.value.code == "policy_wrong"


def test_nobody_but_owners_changes_it(app: Flask, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        with pytest.raises(PolicyNotChanged) as refused:
            set_to(person, 20)
        assert refused.value.code == "policy_owner"


def test_a_choice_is_one_of_its_words(app_context: object) -> None:
    policy = next(each for each in SIMPLE if isinstance(each, Choice))
    organisation = Organisation(name="Example")
    assert [policy.refusal(organisation, value) for value in (*FactorPolicy, "some", "")] == [
        *(None for _ in FactorPolicy),
        "factor_policy_missing",
        "factor_policy_missing",
    ]
