"""A server that names the people whose digits count, once it knows the digits: a million ids are a second of work."""

import pytest

from tests.hostile.test_forged_restores import NEW_PIN, PINS, Scene, nothing_is_backed_up
from tests.support.attacks.id_search import ground_approver
from webapp.client.errors import DigitsMissing, NoDigits, WrongDigits
from webapp.client.formats.encoding import new_id
from webapp.client.formats.recovery_keys import read_key
from webapp.client.recovery.voice_checks import TRIES


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_digits_told_for_one_request_do_not_fit_another_that_names_another_key(scene: Scene) -> None:
    """Request one names the genuine key, and the admin tells its digits. Request two names the server’s, of which that
    says later that somebody may approve it with whose id those digits fit."""
    first = scene.browser("blank").request_restore()
    told = scene.dana.approve(scene.dana.pending()[0], first.request.fingerprint, scene.key_file)
    scene.forger.serve()
    scene.forger.forge(PINS["foreign"](scene.forger))
    alice = scene.browser("blank")
    second = alice.request_restore()
    assert second.request.organisation_key == scene.forger.key.public.fingerprint
    scene.server.admin = ground_approver(second.request, told)  # the page, and the approval, name this id
    with pytest.raises(WrongDigits):
        second.type_digits(told)
    scene.forger.approve(second.request)
    second.wait(0)
    with pytest.raises(NoDigits):
        second.type_digits(told)
    with pytest.raises(DigitsMissing):
        alice.finish(NEW_PIN)
    second.check.go_on_unconfirmed()
    nothing_is_backed_up(scene, alice.finish(NEW_PIN))


def test_an_admin_whom_the_request_does_not_name_tells_no_digits(scene: Scene) -> None:
    """Or the admin’s page could be given an id with which the digits of a genuine request fit the server’s."""
    genuine = scene.browser("blank").request_restore()
    other = scene.browser("blank").request_restore()
    wanted = scene.dana.compare(scene.dana.pending()[0], other.request.fingerprint, scene.key_file)
    scene.server.account.request = genuine.request
    scene.server.admin = ground_approver(genuine.request, wanted)
    assert scene.dana.compare(scene.dana.pending()[0], genuine.request.fingerprint, scene.key_file) == ""


def test_who_may_approve_only_later_reads_the_keys_characters_out(scene: Scene) -> None:
    alice = scene.browser("blank")
    recovery = alice.request_restore()
    scene.server.admin = new_id()  # an admin since
    assert scene.dana.approve(scene.dana.pending()[0], recovery.request.fingerprint, scene.key_file) == ""
    recovery.wait(0)
    recovery.check.type_characters(read_key(scene.key_file).public.fingerprint[:16])
    pin = alice.finish(NEW_PIN).opened.manifest["organisation_key"]
    assert pin == {"epoch": 1, "fingerprint": read_key(scene.key_file).public.fingerprint}


def test_a_request_names_twenty_people_at_most(scene: Scene) -> None:
    """With five tries, somebody who guesses meets one of them once in ten thousand recoveries."""
    scene.server.others = [new_id() for _ in range(30)]
    recovery = scene.browser("blank").request_restore()
    assert recovery.request.approvers == [scene.server.admin, *scene.server.others[:19]]
    assert len(recovery.request.approvers) * TRIES <= 100
