"""The headless device of somebody who has a second factor, and of an admin who is asked again."""

import pytest
from flask import Flask

from tests.support.people.factors import with_second_factor
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp.client.admin import Admin
from webapp.client.errors import CodeNeeded, ServerRefused
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.database import db
from webapp.models.recovery.restore_request import RestoreRequest


def wire(app: Flask) -> InProcessTransport:
    return InProcessTransport(app.test_client(), app.config["ORIGIN"])


def is_signed_in(member: Member) -> bool:
    return "Sessions" in member.browser.visit("/sessions").page.text


def test_a_member_signs_in_with_a_code(app: Flask, alice: Person) -> None:
    factor = with_second_factor(alice)
    member = Member(wire(app))
    member.sign_in(alice.email, alice.password, factor.code)
    assert is_signed_in(member)


def test_without_one_the_client_says_what_is_missing(app: Flask, alice: Person) -> None:
    factor = with_second_factor(alice)
    member = Member(wire(app))
    with pytest.raises(CodeNeeded):
        member.sign_in(alice.email, alice.password)
    with pytest.raises(ServerRefused):
        member.sign_in(alice.email, alice.password, factor.wrong)
    assert not is_signed_in(member)


def test_who_has_no_second_factor_needs_no_code(app: Flask, alice: Person) -> None:
    member = Member(wire(app))
    member.sign_in(alice.email, alice.password)
    assert is_signed_in(member)


@pytest.mark.parametrize("has_factor", [True, False])
def test_an_admin_who_is_asked_again_goes_on(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock, *, has_factor: bool
) -> None:
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    asked = waiting_request(alice, organisation_key)
    factor = with_second_factor(bob) if has_factor else None
    admin = Admin(wire(app))
    admin.sign_in(bob.email, bob.password, factor.code if factor else None)
    clock.advance(minutes=11)
    admin.approve(asked.id, asked.request.fingerprint, organisation_key.file)
    with app.app_context():
        assert str(db.session.get_one(RestoreRequest, asked.id).state) == "approved"
    clock.advance(minutes=11)
    assert "#k=" in admin.invite("dora@example.org", "Dora", organisation_key.file)
