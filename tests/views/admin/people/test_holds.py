"""After “This wasn’t me”: the incident on Overview, and who may lift the hold."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pages.text import shown
from tests.support.people.marks import disable, hold, mark
from tests.support.people.person import Person
from webapp.database import db
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice


def lift(by: Person, member: Person, **form: str) -> tuple[int, str]:
    answer = by.post(f"/admin/users/{member.user_id}/hold/lift", data=form or {"settled": "1"})
    return answer.status_code, answer.text


def is_on_hold(app: Flask, person: Person) -> bool:
    with app.app_context():
        return Hold.of(person.user_id) is not None


def test_overview_begins_with_it(bob: Person, alice: Person) -> None:
    assert "This wasn’t me" not in shown(bob.get("/admin/").text)
    hold(alice, "Firefox on Linux")
    page = bob.get("/admin/").text.partition("<main")[2]
    said = page.index("Alice says: This wasn’t me")
    assert said < page.index("Pending requests")
    assert "said with Firefox on Linux" in page
    assert f'href="/admin/users/{alice.user_id}"' in page


@pytest.mark.databases
def test_an_admin_lifts_it_and_everybody_is_told(app: Flask, bob: Person, olga: Person, alice: Person) -> None:
    hold(alice)
    page = bob.get(f"/admin/users/{alice.user_id}").text
    assert "Lift Hold" in page
    assert "with a link from a mail" in page
    assert lift(bob, alice)[0] == 303
    assert not is_on_hold(app, alice)
    after = bob.get(f"/admin/users/{alice.user_id}").text
    assert "The hold is lifted" in after
    assert "Lift Hold" not in after
    assert "This wasn’t me" not in shown(bob.get("/admin/").text.partition("<main")[2])
    with app.app_context():
        assert EventList(bob.organisation_id).page(1)[0][0].kind == "hold.lifted"
        [made] = db.session.scalars(select(ConflictMark))
        assert (made.admin_id, made.user_id, made.kind) == (bob.user_id, alice.user_id, ConflictKind.LIFTED_HOLD)
        for person, kind in ((alice, "hold_lifted"), (olga, "hold_lifted_admin")):
            assert kind in [notice.kind for notice in Notice.shown_to(db.session.get_one(User, person.user_id))]


def test_it_takes_the_word_that_it_is_settled(app: Flask, bob: Person, alice: Person) -> None:
    hold(alice)
    status, text = lift(bob, alice, settled="")
    assert (status, 'data-code="hold_unsettled"' in text) == (422, True)
    assert is_on_hold(app, alice)


def test_who_had_a_hand_in_the_sign_in_leaves_it_to_another_admin(
    app: Flask, bob: Person, olga: Person, alice: Person
) -> None:
    mark(bob, alice)
    hold(alice)
    status, text = lift(bob, alice)
    assert (status, 'data-code="marked_hold"' in text) == (403, True)
    assert "flask --app webapp lift-hold alice@example.org" in text
    assert "Lift Hold" not in bob.get(f"/admin/users/{alice.user_id}").text
    assert is_on_hold(app, alice)
    assert lift(olga, alice)[0] == 303
    assert not is_on_hold(app, alice)


def test_nor_does_the_only_admin_after_a_deed_of_theirs(app: Flask, bob: Person, olga: Person, alice: Person) -> None:
    mark(bob, alice)
    hold(alice)
    disable(olga)
    assert lift(bob, alice)[0] == 403
    assert is_on_hold(app, alice)


@pytest.mark.parametrize("alone", [False, True])
def test_nobody_lifts_their_own(app: Flask, bob: Person, olga: Person, alone: bool) -> None:
    hold(bob)
    if alone:
        disable(olga)
    assert 'data-code="own_hold"' in bob.get(f"/admin/users/{bob.user_id}").text
    status, text = lift(bob, bob)
    assert (status, 'data-code="own_hold"' in text) == (403, True)
    assert is_on_hold(app, bob)


def test_a_hold_that_is_gone_is_no_mistake(app: Flask, bob: Person, olga: Person, alice: Person) -> None:
    hold(alice)
    assert lift(olga, alice)[0] == 303
    assert lift(bob, alice)[0] == 303
    assert "There is no hold on this account any more." in bob.get(f"/admin/users/{alice.user_id}").text
    assert lift(bob, alice, settled="")[0] == 422
    with app.app_context():
        assert [found.admin_id for found in db.session.scalars(select(ConflictMark))] == [olga.user_id]


def test_members_lift_nothing(app: Flask, alice: Person, charlie: Person) -> None:
    hold(alice)
    assert [lift(person, alice)[0] for person in (alice, charlie)] == [404, 404]
    assert is_on_hold(app, alice)
