"""What systemd and containers count on: that a process which can’t go on ends, and that starting it again is enough."""

import os
import signal
from contextlib import suppress

import pytest

from tests.support.run import patience
from tests.support.servers.processes import GranianServer, answers


def kill_workers(server: GranianServer) -> None:
    for worker in server.workers():
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def test_a_web_server_whose_workers_die_at_once_ends_and_starts_again(granian_server: GranianServer) -> None:
    """granian calls that a crash loop, and gives up. It must end then, not stay and answer nothing."""
    process = granian_server.process
    assert process

    def has_ended() -> bool:
        kill_workers(granian_server)
        return process.poll() is not None

    patience.wait_until(has_ended, "a server that gives up")
    granian_server.start()
    assert answers(granian_server.url)


@pytest.mark.parametrize("order", [["workers", "server"], ["server", "workers"]])
def test_a_web_server_that_is_killed_starts_again_at_once(granian_server: GranianServer, order: list[str]) -> None:
    """Whatever is left of it: systemd and containers end the rest of a service before they start it again."""
    process = granian_server.process
    assert process
    for which in order:
        if which == "workers":
            kill_workers(granian_server)
        else:
            process.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    granian_server.start()
    assert answers(granian_server.url)


def test_one_worker_that_dies_is_replaced_while_the_others_answer(granian_server: GranianServer) -> None:
    before = set(granian_server.workers())
    killed = granian_server.kill_worker()
    patience.wait_until(lambda: killed not in granian_server.workers(), "a new worker")
    assert len(set(granian_server.workers()) & before) == len(before) - 1
    assert answers(granian_server.url)
