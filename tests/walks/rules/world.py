"""Rules of a walk: the clock, and the worker."""

from collections.abc import Sequence

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Away, Taking
from tests.walks.rules.passwords import LINK
from tests.walks.stage.act import Act
from tests.walks.stage.walking import LUCK, PICK, Walking
from webapp import worker
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.user import User
from webapp.models.outbox.delivery import Delivery
from webapp.ops import mail_delivery

HOUR, DAY = 60, 24 * 60
SPANS = [1, 4, 17, HOUR + 1, 2 * HOUR, 9 * HOUR, 25 * HOUR, 71 * HOUR, DAY, 2 * DAY, 4 * DAY, 8 * DAY, 31 * DAY]
"""In minutes; none is a sum of others that some limit is equal to."""
MAILS = 6
"""How many a worker gets done before it stops: the last ones, which matter most."""


class WorldRules(Walking):
    """What happens by itself."""

    @rule(minutes=st.sampled_from(SPANS))
    def time_passes(self, minutes: int) -> None:
        """What lives for a while dies of it: challenges, tabs, links, approvals, requests, undos, sessions, marks."""
        MovableClock().advance(minutes=minutes)

    @rule(accepts=st.booleans())
    def worker_runs(self, accepts: bool) -> None:
        """A round of the worker, with a mail server that takes mail or refuses it; then it tidies."""
        self.act = Act("worker")
        self.work(accepts=accepts)

    @precondition(lambda self: any(self.sight.opens(device) for device in self.sight.devices))
    @rule(which=PICK, luck=LUCK)
    def power_fails(self, which: int, luck: int) -> None:
        """Where luck has it: between counting and comparing the last try of a PIN. The worker clears that up later."""
        if luck == 3 and which < 9:
            device = self.pick([device for device in self.sight.devices if self.sight.opens(device)], which)
            self.stage.leave_tries(device, 0)
            self.settle()
            MovableClock().advance(minutes=2)
            self.act = Act("worker")
            with self.stage.app.app_context():
                worker.tidy()
            self.settle()
            assert self.sight.devices[device]["lock_destroyed_at"], "a lock without tries was left"
            self.reach("the power failed")

    @precondition(lambda self: any(row["waits_for"] for row in self.sight.requests.values()))
    @rule()
    def mail_arrives(self) -> None:
        """The notice that a wait is for goes by mail."""
        self.act = Act("worker")
        self.work(accepts=True)

    def work(self, *, accepts: bool) -> None:
        """What the worker does in one round; mail goes no further than to the mailboxes of the walk."""
        server, claim = Taking() if accepts else Away(), Delivery.claim

        def claim_few() -> tuple[str, Sequence[str]]:
            name, found = claim()
            Delivery.release(found[:-MAILS], name)
            return name, found[-MAILS:]

        with pytest.MonkeyPatch.context() as patch, self.stage.app.app_context():
            patch.setattr(mail_delivery, "Conversation", server)
            patch.setattr(Delivery, "claim", staticmethod(claim_few))
            PasswordResetRequest.answer_all()
            mail_delivery.deliver_due()
            worker.tidy()
            links = [(User.by_email(each["To"]), LINK.search(each.get_content())) for each in server.taken]
        self.cast.mailbox += [(user.id, found[1]) for user, found in links if found and user]
