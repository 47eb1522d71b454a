"""Members and an admin who go on while everything around them is killed, and remember what was promised to them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.support.chaos.stage import Stage
from tests.support.run import patience
from webapp.client.admin import Admin
from webapp.client.device.state import DeviceState
from webapp.client.errors import NoAnswer, ServerRefused
from webapp.client.member import Member
from webapp.client.transport.http import Answer, UrllibTransport

PASSWORD = "copper lantern under the bridge"
FIRST_PIN = 274_913
AWAY = {502, 503, 504}


class PatientTransport(UrllibTransport):
    """One browser’s connection. What nobody answered is sent again with the same bytes, as its scripts do."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.site.proxy.url)
        self._stage = stage

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer of a site that is there; raises what a site that fails deserves."""
        answers: list[Answer] = []

        def is_answered() -> bool:
            self._stage.note_request()
            try:
                answer = super(PatientTransport, self).send(method, path, body, headers)
            except NoAnswer:
                return False
            if answer.status in AWAY:
                return False
            answers.append(answer)
            return True

        patience.wait_until(is_answered, f"an answer to {method} {path}")
        said = answers[0].body.decode(errors="replace")[:2_000]
        assert answers[0].status < 500, f"{method} {path}: {answers[0].status} {answers[0].headers} {said}"
        return answers[0]


class Phone:
    """What members and whoever approves say to each other, about each request."""

    def __init__(self) -> None:
        self._characters: dict[str, str] = {}
        self._digits: dict[str, str] = {}
        self._said = threading.Condition()

    def call(self, request: str, characters: str) -> str:
        """The member reads out the characters; the digits that they are told back, once it is approved."""
        with self._said:
            self._characters[request] = characters
            self._said.notify_all()
            assert self._said.wait_for(lambda: request in self._digits, patience.HUNG), "nobody approves"
            return self._digits[request]

    def answer(self, is_over: Callable[[], bool]) -> tuple[str, str] | None:
        """The next request with its characters; None once it is over."""
        with self._said:
            assert self._said.wait_for(lambda: self._characters or is_over(), patience.HUNG), "nobody calls"
            return self._characters.popitem() if self._characters else None

    def tell(self, request: str, digits: str) -> None:
        """Back to the member."""
        with self._said:
            self._digits[request] = digits
            self._said.notify_all()

    def hang_up(self) -> None:
        """Whoever waits for a call looks whether it is over."""
        with self._said:
            self._said.notify_all()


class Life:
    """A member’s: everything in `titles` was acknowledged by the server, and `recoveries` were."""

    def __init__(self, stage: Stage, phone: Phone, link: str, number: int) -> None:
        self._stage, self._phone, self._link = stage, phone, link
        self.email = address(number)
        self.titles: list[str] = []
        self.recoveries = 0
        self.pin = FIRST_PIN
        self.member = Member(PatientTransport(stage))

    @property
    def state(self) -> DeviceState:
        """What the browser in use keeps."""
        return self.member.device

    def join(self) -> None:
        """From the invite link to a vault with a confirmed kit and cloud backups."""
        member = self.member
        try:
            fragment = member.accept_invite(self._link, self.email, PASSWORD)
        except ServerRefused:  # the link was used: by us, whose answer got lost
            fragment = self._link.partition("#k=")[2]
            member.sign_in(self.email, PASSWORD)
        vault = member.make_vault(str(self.pin), fragment)
        assert vault.confirm_kit(vault.kit().identity[-4:])
        vault.switch_on_cloud_backups()

    def save(self) -> None:
        """One more item, and a backup of it."""
        title = f"Item {len(self.titles) + 1}"
        self.member.vault.add(title, username="zoe", password="secret")
        self.titles.append(title)
        self.member.vault.back_up()

    def unlock(self) -> None:
        """In the browser that is used to it, with everything that was ever saved."""
        self.member.unlock(str(self.pin))
        self._require_everything()

    def recover(self) -> None:
        """In another browser, by a cloud backup that an admin approves."""
        self.member = Member(PatientTransport(self._stage), name="Safari on iPhone")
        self.member.sign_in(self.email, PASSWORD)
        recovery = self.member.request_restore()
        request = str(recovery.request.fields["request"])
        digits = self._phone.call(request, recovery.request.fingerprint)
        patience.wait_until(lambda: recovery.poll() is not None, "what was approved")
        recovery.type_digits(digits)
        self.pin += 1
        vault = self.member.finish(str(self.pin))
        self.recoveries += 1
        self._require_everything()
        assert vault.confirm_kit(vault.kit().identity[-4:])
        vault.back_up()

    def _require_everything(self) -> None:
        found = [item["title"] for item in self.member.vault.items]
        assert found == self.titles, f"{self.email} had {self.titles}, and has {found}"


class Helper:
    """Whoever approves what members call about."""

    def __init__(self, admin: Admin, key_file: bytes, phone: Phone) -> None:
        self._admin, self._key_file, self._phone = admin, key_file, phone

    def help(self, over: threading.Event) -> None:
        """One after the other, until it is over."""
        while call := self._phone.answer(over.is_set):
            request, characters = call
            digits = self._admin.compare(request, characters, self._key_file)
            try:
                self._admin.approve(request, characters, self._key_file)
            except ServerRefused:  # it is approved: by us, whose answer got lost
                assert request not in self._admin.pending()
            self._phone.tell(request, digits)


def address(number: int) -> str:
    """The sign-in address of a member."""
    return f"member{number}@example.org"


@contextmanager
def at_once(
    stage: Stage, works: list[Callable[[threading.Event], None]], wake: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Each in a thread, until the event that it is given is set, which the end of the block does, and `wake` tells
    those who wait. What one raises, the stage raises."""
    over = threading.Event()

    def run(work: Callable[[threading.Event], None]) -> None:
        try:
            work(over)
        except BaseException as error:
            stage.note_error(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        wake()
    for thread in threads:
        thread.join(patience.HUNG)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    stage.wait_for_requests(0)
