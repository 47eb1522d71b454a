"""A page that would have an admin sign an approval without end; and a member’s device that is given such a one."""

import re
from datetime import timedelta

import pytest

from tests.hostile.test_forged_restores import Scene
from webapp import limits
from webapp.client.crypto.signatures import sign
from webapp.client.errors import ApprovalPast, ExpiresTooLate, Malformed
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.recovery_keys import read_key
from webapp.client.recovery import approvals
from webapp.clock import now, stamp

LONGEST = limits.REQUEST_LIFE + timedelta(hours=max(limits.APPROVAL_WAIT_HOURS)) + limits.APPROVAL_LIFE


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_an_admins_page_signs_no_approval_without_end(scene: Scene) -> None:
    recovery = scene.browser("blank").request_restore()
    request = scene.dana.pending()[0]
    scene.server.tampers[f"GET /admin/requests/{request}"] = lambda page: re.sub(
        'data-expires-at="[^"]+"', 'data-expires-at="2099-01-01T00:00:00Z"', page
    )
    with pytest.raises(ExpiresTooLate):
        scene.dana.approve(request, recovery.request.fingerprint, scene.key_file)
    assert scene.server.account.state == "requested"


@pytest.mark.parametrize(
    ("life", "is_taken"),
    [
        (limits.APPROVAL_LIFE, True),
        (LONGEST, True),
        (LONGEST + timedelta(hours=23), True),
        (LONGEST + timedelta(hours=25), False),
    ],
)
def test_as_long_as_the_longest_wait_takes_and_no_longer(life: timedelta, is_taken: bool) -> None:
    """The clock of the admin’s computer may be a day slow."""
    if is_taken:
        approvals.require_bounded(stamp(now() + life))
    else:
        with pytest.raises(ExpiresTooLate):
            approvals.require_bounded(stamp(now() + life))


def test_what_is_no_time_is_signed_by_nobody() -> None:
    with pytest.raises(Malformed):
        approvals.require_bounded("for ever")


@pytest.mark.parametrize(("ago", "is_past"), [(LONGEST, False), (LONGEST + timedelta(hours=2), True)])
def test_a_device_takes_an_approval_without_end_for_as_long_as_the_longest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, ago: timedelta, is_past: bool
) -> None:
    """One that an admin’s page was made to sign before it looked at that."""
    recovery = scene.browser("blank").request_restore()
    scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file)
    given, key = scene.server.account.approval, read_key(scene.key_file)
    exact = re.sub('"expires_at":"[^"]+"', '"expires_at":"2099-01-01T00:00:00Z"', given["approval"])
    given["approval"], given["signature"] = exact, to_base64(sign(key.seed, approvals.LABEL, exact.encode()))
    later = now() + ago
    monkeypatch.setattr("webapp.client.recovery.cloud.now", lambda: later)
    if is_past:
        with pytest.raises(ApprovalPast):
            recovery.poll()
    else:
        assert recovery.poll()
