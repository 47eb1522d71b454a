"""Members join, save, back up and are recovered while web, worker and PostgreSQL are killed: nothing that was
acknowledged is lost, nothing is half done, and what happened is recorded whole.

One seed leads through the same kills in the same order; how far people are by then is up to the machine.
`make chaos` goes on for five minutes, from a seed of its own.
"""

import os
import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from playwright.sync_api import BrowserContext, expect

from tests.support.chaos.people import PASSWORD, Helper, Life, PatientTransport, Phone, address, at_once
from tests.support.chaos.stage import Stage, on_stage, order
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import ask, sign_in
from tests.support.run import patience
from webapp.audit.commands import audit
from webapp.client.admin import Admin
from webapp.client.member import Member

NewContext = Callable[..., BrowserContext]

MEMBERS = 4
REQUESTS_BETWEEN = 60
"""At most, from one kill to the next."""
SEED = int(os.environ.get("CHAOS_SEED") or 20_261_130)
UNSETTLED = "SELECT id, state FROM restore_request WHERE state <> 'completed'"
HALF_DONE = """SELECT email FROM user_account WHERE epoch > 0 AND NOT EXISTS
    (SELECT FROM vault WHERE vault.user_id = user_account.id AND vault.epoch = user_account.epoch)"""
NOT_ONE_DEVICE = """SELECT email, count(*) FROM user_account JOIN device ON device.user_id = user_account.id
    WHERE device.state = 'active' GROUP BY email HAVING count(*) <> 1"""
RECOVERIES = """SELECT email, count(*) FROM user_account JOIN restore_request ON user_id = user_account.id
    WHERE restore_request.state = 'completed' GROUP BY email"""


@pytest.fixture(params=["caddy", "nginx"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with on_stage(tmp_path, request.param) as stage:
        yield stage


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], stage: Stage) -> dict[str, Any]:
    """Every page of a test is of this site, whose certificate is nobody’s."""
    return {**browser_context_args, "base_url": stage.site.proxy.url, "ignore_https_errors": True}


class Company:
    """An owner with the recovery key, and members with invite links."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.phone = stage, Phone()
        Member(PatientTransport(stage)).accept_invite(stage.site.owner_link(), "Olga", PASSWORD)
        self.olga = Admin(PatientTransport(stage))
        self.olga.sign_in("olga@example.org", PASSWORD)
        self.key_file = self.olga.make_key("Key of 2026")
        self.lives = [Life(stage, self.phone, self._invite(number), number) for number in range(MEMBERS)]

    def export(self, path: Path) -> None:
        """Everything that is recorded."""
        path.write_bytes(self.olga.browser.submit("/admin/activity/exports", {"format": "jsonl"}).body)

    def _invite(self, number: int) -> str:
        return self.olga.invite(address(number), f"Member {number}", self.key_file)


def live(life: Life, seed: int, over: threading.Event) -> None:
    """All that a member does. What is begun is brought to its end."""
    chance = random.Random(seed)
    life.join()
    while not over.is_set():
        life.save()
        (life.unlock if chance.random() < 0.5 else life.recover)()


def kills(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Each kind once, in any order; where CHAOS_SECONDS are given, again and again for so long."""
    seconds = int(os.environ.get("CHAOS_SECONDS") or 0)
    is_late = patience.time_is_up(seconds)
    while True:
        yield from order(chance)
        if is_late():
            return


def found(stage: Stage, question: str) -> list[tuple[Any, ...]]:
    """What the database answers."""
    with psycopg.connect(stage.database_url) as connection:
        return connection.execute(question).fetchall()


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(stage: Stage, tmp_path: Path) -> None:
    print(f"CHAOS_SEED={SEED}")  # noqa: T201 -- shown where it fails
    company, chance = Company(stage), random.Random(SEED)
    (tmp_path / "head").write_text(stage.site.command("audit", "head"))
    helper = Helper(company.olga, company.key_file, company.phone)
    members: list[Callable[[threading.Event], None]] = [
        partial(live, life, SEED + number) for number, life in enumerate(company.lives)
    ]
    with at_once(stage, [helper.help], company.phone.hang_up), at_once(stage, members):
        for victims in kills(chance):
            stage.wait_for_requests(chance.randrange(REQUESTS_BETWEEN))
            stage.kill(victims)
            stage.start(is_late=chance.random() < 0.5)
    for life in company.lives:
        life.unlock()
    assert found(stage, UNSETTLED) == found(stage, HALF_DONE) == found(stage, NOT_ONE_DEVICE) == []
    assert dict(found(stage, RECOVERIES)) == {life.email: life.recoveries for life in company.lives if life.recoveries}
    prove_whole(company, tmp_path)


def prove_whole(company: Company, folder: Path) -> None:
    """What is recorded goes on from the head that was signed before the first kill."""
    company.export(folder / "export.jsonl")
    key = company.olga.browser.visit("/admin/activity/public-key").body
    (folder / "key.pem").write_bytes(key)
    arguments = ["verify", str(folder / "export.jsonl"), "--public-key", str(folder / "key.pem")]
    done = CliRunner().invoke(audit, [*arguments, "--since", str(folder / "head")])
    assert done.exit_code == 0, done.output


def test_a_page_that_waits_goes_on_by_itself_whatever_dies(stage: Stage, new_context: NewContext) -> None:
    company = Company(stage)
    life = company.lives[0]
    life.join()
    life.save()
    page = new_context().new_page()
    sign_in(page, life.email, PASSWORD)
    fingerprint = ask(page)
    for victims in order(random.Random(SEED)):
        stage.kill(victims)
        stage.start()
    (request,) = company.olga.pending()
    company.olga.approve(request, fingerprint, company.key_file)
    expect(page.get_by_role("heading", name="Create a New PIN", exact=True)).to_be_visible(timeout=SLOW)
