"""The reason of a reset, told with who and when; the others are tested with the page they stand on."""

from tests.support.people.people import Person, be_at, enrolled
from tests.views.recovery.test_start import change_device
from webapp.clock import now
from webapp.database import transaction
from webapp.models.devices.device import DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery.reasons import Reason


def test_a_reset_is_a_reason(alice: Person) -> None:
    enrolled(alice)
    change_device(alice, state=DeviceState.PRIOR)
    for reason, by, sentence in (
        (Reason.ADMIN_RESET, "Bob", "Bob reset your password on"),
        (Reason.ADMIN_RESET, "", "Your admin reset your password on"),
        (Reason.OWN_RESET, "", "You reset your password on"),
    ):
        with alice.app.app_context(), transaction() as session:
            user = session.get_one(User, alice.user_id)
            user.reset_at, user.reset_reason, user.reset_by = now(), reason, by
        assert sentence in alice.get("/recovery").text
        elsewhere = alice.another_browser()
        be_at(alice, None, elsewhere)
        assert sentence in elsewhere.get("/recovery").text, "the reason in a browser without a key, too"
