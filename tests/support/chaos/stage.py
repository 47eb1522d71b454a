"""Web, worker and database as they run for real behind a proxy, each of which may be killed and is started again.

What supervises them here does what systemd and container runtimes do: whatever has ended is started, however often.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.run import patience
from tests.support.servers.own_postgresql import OwnPostgresql, own_postgresql
from tests.support.servers.processes import ROOT, GranianServer, answers
from tests.support.servers.proxies import Proxy
from tests.support.servers.sites import Site, running

VICTIMS = (
    ("web",),
    ("worker",),
    ("worker of web",),
    ("postgresql",),
    ("postgresql", "web"),
    ("web", "worker"),
    ("postgresql", "worker", "web"),
)
"""What dies in the same moment."""


class Stage:
    """The services of one installation, and how many requests its visitors have sent."""

    def __init__(self, site: Site, postgresql: OwnPostgresql, folder: Path) -> None:
        self.site, self._postgresql = site, postgresql
        self._log = folder / "worker.log"
        self._worker: subprocess.Popen[bytes] | None = None
        self._sent, self._changed = 0, threading.Condition()
        self._error: BaseException | None = None

    @property
    def web(self) -> GranianServer:
        """The only one."""
        return self.site.servers[0]

    @property
    def database_url(self) -> str:
        """Whose server is there but for a moment."""
        return self._postgresql.url

    def note_request(self) -> None:
        """One more is being sent."""
        with self._changed:
            self._sent += 1
            self._changed.notify_all()

    def note_error(self, error: BaseException) -> None:
        """A visitor found a fault: nothing is waited for any longer."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def wait_for_requests(self, more: int) -> None:
        """Until so many more have been sent. Raises what a visitor found."""
        with self._changed:
            target = self._sent + more
            assert self._changed.wait_for(lambda: self._error or self._sent >= target, patience.HUNG), "nobody asks"
            if self._error:
                raise self._error

    def kill(self, victims: tuple[str, ...]) -> None:
        """All of them at once, as a power cut would. Nothing is started again yet."""
        for victim in victims:
            if victim == "postgresql":
                self._postgresql.stop()
            elif victim == "worker of web":
                with suppress(ProcessLookupError):
                    self.web.kill_worker()
            elif victim == "web":
                self.web.kill()
            else:
                self._kill_worker()

    def start(self, is_late: bool = False) -> None:
        """Whatever does not run. `is_late`: the database comes after visitors have met a site without it."""
        if not self._postgresql.is_running():
            if is_late:
                self._supervise()
                self.wait_for_requests(3)
            self._postgresql.start()
        patience.wait_until(self._is_up, "a site that knows its database, and its worker")

    def stop(self) -> None:
        """End the worker; all others end with what started them."""
        self._kill_worker()

    def _is_up(self) -> bool:
        self._supervise()
        return answers(f"{self.web.url}/readyz", only={200})

    def _supervise(self) -> None:
        """Start what has ended."""
        if self.web.process is None or self.web.process.poll() is not None:
            self.web.spawn()
        if self._worker is None or self._worker.poll() is not None:
            command = [sys.executable, "-m", "flask", "--app", "webapp", "worker"]
            with self._log.open("ab") as log:
                self._worker = subprocess.Popen(
                    command, cwd=ROOT, env=self.web.environ, stdout=log, stderr=log, start_new_session=True
                )

    def _kill_worker(self) -> None:
        if self._worker and self._worker.poll() is None:
            os.killpg(self._worker.pid, signal.SIGKILL)
            self._worker.wait()


@contextmanager
def on_stage(folder: Path, kind: str) -> Iterator[Stage]:
    """All of it, behind that proxy, up and ready."""
    with own_postgresql() as postgresql, running(Proxy(kind, folder / "proxy"), postgresql.url, folder) as site:
        stage = Stage(site, postgresql, folder)
        try:
            stage.start()
            yield stage
        finally:
            stage.stop()


def order(chance: random.Random) -> list[tuple[str, ...]]:
    """Each kind of death once."""
    return chance.sample(VICTIMS, len(VICTIMS))
