"""Every way in which a session ends, or a tab loses its key, done elsewhere by whoever does it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.testing import FlaskClient

from tests.support.pairing.devices import add_device
from tests.support.people.factors import with_second_factor
from tests.support.people.password_links import NEW, asked
from tests.support.people.password_links import reset as reset_by
from tests.support.people.people import Person, be_at
from tests.support.recovery.self_service import recovered
from tests.support.recovery.self_service_pages import kit_known
from tests.support.recovery.vetoes import press_veto, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.accounts.second_factor_reset import reset_factor_by_operator
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User


@dataclass
class Elsewhere:
    """Alice’s vault is open in the browser of `here`, at `device`; this is what happens in other places."""

    alice: Person
    bob: Person
    device: MadeDevice
    here: FlaskClient
    clock: MovableClock

    @property
    def app_client(self) -> FlaskClient:
        """Somebody’s browser without a session."""
        return self.alice.app.test_client()

    def admin(self, deed: str, **form: str) -> None:
        """Bob does it in the Admin Portal."""
        answer = self.bob.post(f"/admin/users/{self.alice.user_id}/{deed}", data=form)
        assert answer.status_code == 303, answer.text

    def at_phone(self) -> FlaskClient:
        """Alice’s own client, with the vault open at another device of hers."""
        phone = add_device(self.alice, own_name="My phone")
        be_at(self.alice, phone)
        return self.alice.client


def _reset_by_admin(place: Elsewhere) -> None:
    reset_by(place.alice, place.bob)


def _reset_by_operator(place: Elsewhere) -> None:
    reset_by(place.alice)


def _reset_by_mail(place: Elsewhere) -> None:
    assert place.app_client.post(asked(place.alice), data={"password": NEW}).status_code == 303


def _ended_from_list(place: Elsewhere) -> None:
    assert place.alice.post("/sessions/ending").status_code == 303


def _one_ended_from_list(place: Elsewhere) -> None:
    assert place.alice.post(f"/sessions/{place.alice.sign_in_id(place.here)}/ending").status_code == 303


def _signed_out_by_admin(place: Elsewhere) -> None:
    place.admin("signing-out")


def _disabled(place: Elsewhere) -> None:
    place.admin("disabling", understood="1")


def _unpaired(place: Elsewhere) -> None:
    assert place.at_phone().post(f"/devices/{place.device.id}/unpairing").status_code == 303


def _others_unpaired(place: Elsewhere) -> None:
    assert place.at_phone().post("/devices/unpairing").status_code == 303


def _taken(place: Elsewhere) -> None:
    place.admin("unpairing", device=place.device.id)


def _vetoed(place: Elsewhere) -> None:
    assert place.app_client.post(veto_path(place.alice)).status_code == 200


def _recovered(place: Elsewhere) -> None:
    kit_known(place.alice)
    recovered(place.alice, RecoveryMethod.RECOVERY_KIT)


def _password_changed(place: Elsewhere) -> None:
    answer = place.at_phone().post("/settings/password", data={"present": place.alice.password, "new": NEW})
    assert answer.status_code == 303


def _factor_on(place: Elsewhere) -> None:
    with_second_factor(place.alice)


def _signed_out_here(place: Elsewhere) -> None:
    assert place.here.post("/sign-out").status_code == 303


def _idle(place: Elsewhere) -> None:
    place.clock.advance(minutes=16)


def _locked(place: Elsewhere) -> None:
    assert place.here.post("/devices/lock", json={}).status_code == 200


def _lock_destroyed(place: Elsewhere) -> None:
    with place.alice.app.app_context(), transaction():
        DeviceLock.destroy(place.device.id)


@dataclass(frozen=True)
class SessionEnd:
    """One of them, and what the page that was open says."""

    do: Callable[[Elsewhere], None]
    says: str


ENDS: dict[str, SessionEnd] = {
    "reset by an admin": SessionEnd(_reset_by_admin, "Bob reset your password"),
    "reset by the operator": SessionEnd(_reset_by_operator, "Your password was reset by whoever runs the server"),
    "reset by mail": SessionEnd(_reset_by_mail, "Your password was reset with a link from your mail"),
    "signed out from the list": SessionEnd(_ended_from_list, "You were signed out from"),
    "this one signed out from the list": SessionEnd(_one_ended_from_list, "You were signed out from"),
    "signed out everywhere by an admin": SessionEnd(_signed_out_by_admin, "Bob signed you out everywhere"),
    "disabled": SessionEnd(_disabled, "Bob disabled your account"),
    "unpaired": SessionEnd(_unpaired, "This device was unpaired by My phone"),
    "unpaired with all others": SessionEnd(_others_unpaired, "This device was unpaired by My phone"),
    "unpaired by an admin": SessionEnd(_taken, "Bob unpaired this device"),
    "vetoed": SessionEnd(_vetoed, "“This wasn’t me” was said about your account"),
    "recovered elsewhere": SessionEnd(_recovered, "Your account was recovered on"),
    "password changed": SessionEnd(_password_changed, "Your password was changed from"),
    "second factor turned on": SessionEnd(_factor_on, "A second factor was turned on from"),
}
"""The session ends."""

LOCKS: dict[str, Callable[[Elsewhere], None]] = {
    "idle": _idle,
    "locked": _locked,
    "PIN destroyed": _lock_destroyed,
}
"""The session goes on; the tab’s key is gone."""


def undone(place: Elsewhere) -> None:
    """“This wasn’t me” with undo, said of the recovery by which `place.device` came."""
    assert press_veto(place.app_client, veto_path(place.alice)).status_code == 200


def factor_reset(place: Elsewhere) -> None:
    """By the operator; it has to be on."""
    with place.alice.app.app_context(), transaction():
        reset_factor_by_operator(User.locked(place.alice.user_id))


def signed_out_in_another_tab(place: Elsewhere) -> None:
    """Of the same browser: its cookie says nothing any more."""
    _signed_out_here(place)
