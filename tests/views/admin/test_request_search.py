"""The list of requests: found by where they stand and whose they are, with what was decided, page by page."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import request_row
from webapp.clock import now
from webapp.database import transaction
from webapp.flows.restore_request import State
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import PAGE

pytestmark = pytest.mark.databases


def listed(person: Person, query: str = "") -> list[str]:
    """Ids, in the order of the page."""
    return re.findall(r'href="/admin/requests/([0-9a-f]{32})"', person.get(f"/admin/requests{query}").text)


def test_they_are_found_by_where_they_stand(
    app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person
) -> None:
    dora = add_person(app, bob.organisation_id, "Dora")
    with app.app_context():
        waiting = request_row(alice)
        approved = request_row(charlie, State.APPROVED)
        denied = request_row(olga, State.DENIED)
        overdue = request_row(dora)
        with transaction() as session:
            for request_id in (approved, denied):
                row = session.get_one(RestoreRequest, request_id)
                row.decided_at, row.decided_by = now(), bob.user_id
            session.get_one(RestoreRequest, overdue).expires_at = now() - timedelta(seconds=1)
    assert set(listed(bob)) == {waiting, approved, denied, overdue}
    assert listed(bob, "?show=waiting") == [waiting]
    assert set(listed(bob, "?show=open")) == {waiting, approved}
    assert set(listed(bob, "?show=decided")) == {approved, denied}
    assert len(listed(bob, "?show=magic")) == 4


def test_they_are_found_by_whose_they_are(app: Flask, alice: Person, bob: Person, charlie: Person) -> None:
    with app.app_context():
        hers, his = request_row(alice), request_row(charlie)
    assert listed(bob, "?person=ALI") == [hers]
    assert listed(bob, "?person=charlie@example") == [his]
    assert listed(bob, "?person=%25") == []
    assert listed(bob, "?person=charlie&show=decided") == []
    assert "Nothing fits these filters." in bob.get("/admin/requests?person=nobody").text


def test_every_decision_says_who_when_what_was_compared_and_why(
    alice: Person, charlie: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    denied, approved = waiting_request(alice, organisation_key), waiting_request(charlie, organisation_key)
    assert "compared" not in re.sub(r"<p.*?</p>", "", bob.get("/admin/requests").text)
    bob.post(f"{denied.path}/denial", data={"reason": "I could not <b>reach</b> you."})
    form = approved.approval(organisation_key, bob)
    assert bob.post(f"{approved.path}/approval", data=form).status_code == 303
    page = " ".join(re.sub(r"<[^>]+>", " ", bob.get("/admin/requests?show=decided").text).split())
    assert "Denied by Bob" in page
    assert "“I could not &lt;b&gt;reach&lt;/b&gt; you.”" in page
    compared = re.search(r"Approved by Bob .*? compared ((?:[a-z2-7]{4} ){3}[a-z2-7]{4})", page)
    assert compared
    assert compared[1].replace(" ", "") == form["fingerprint"].replace(" ", "").lower()


def test_more_are_a_page_further_and_the_filter_stays(app: Flask, bob: Person, alice: Person) -> None:
    with app.app_context():
        made = [request_row(alice, State.DENIED) for _ in range(PAGE + 3)]
        with transaction() as session:
            for request_id in made:
                session.get_one(RestoreRequest, request_id).decided_at = now()
    page = bob.get("/admin/requests?show=decided&person=alice").text
    first = re.findall(r'href="/admin/requests/([0-9a-f]{32})"', page)
    following = re.search(r'href="(/admin/requests\?before=[^"]+)" rel="next"', page)
    assert following
    address = following[1].replace("&amp;", "&")
    assert "show=decided" in address
    assert "person=alice" in address
    second = re.findall(r'href="/admin/requests/([0-9a-f]{32})"', bob.get(address).text)
    assert (len(first), len(second)) == (PAGE, 3)
    assert {*first, *second} == {*made}


def test_there_is_no_way_to_decide_many_at_once(app: Flask) -> None:
    deciding = [rule for rule in app.url_map.iter_rules() if "approv" in rule.rule or "denial" in rule.rule]
    assert deciding
    assert all("request_id" in rule.arguments or "user_id" in rule.arguments for rule in deciding)
