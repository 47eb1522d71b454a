"""Real servers for tests: one inside this process (a test can reach its database and clock), one as deployed."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from whitenoise import WhiteNoise

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


def listening_socket() -> socket.socket:
    """A socket that holds a free port, so that the port can be named in PUBLIC_URL before a server runs on it."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen(128)
    return held


def free_port() -> int:
    """A port that was free a moment ago."""
    with listening_socket() as held:
        return int(held.getsockname()[1])


class _SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing; a failing test shows what it needs."""


class LiveServer:
    """The application behind real HTTP, in threads of this process."""

    def __init__(self, app: Flask, held: socket.socket, files: WhiteNoise) -> None:
        host, port = held.getsockname()
        self.app = app
        self.url: str = app.config["PUBLIC_URL"]
        self._files = files
        self._server = make_server(
            host, port, self._answer, threaded=True, request_handler=_SilentHandler, fd=os.dup(held.fileno())
        )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        file = self._files.files.get(environ["PATH_INFO"])
        return self._files.serve(file, environ, start_response) if file else self.app(environ, start_response)

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class GranianServer:
    """The `web` line of the Procfile, run as it stands. Kill it, or one worker, and see what survives."""

    environ: dict[str, str]
    url: str
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start and wait until it answers."""
        command = re.search(r"^web: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
        assert command, "the Procfile has no web line"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command[1]}"],
                cwd=ROOT,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def workers(self) -> list[int]:
        """The process ids of the workers, by their numbers, as the log tells them."""
        spawned = re.findall(r"Spawning worker-(\d+) with PID: (\d+)", self.log.read_text())
        return list({number: int(pid) for number, pid in spawned}.values())

    def kill_worker(self) -> int:
        """Kill one worker without warning; returns its process id."""
        worker = self.workers()[0]
        os.kill(worker, signal.SIGKILL)
        return worker

    def kill(self) -> None:
        """Kill everything at once, as a power cut would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ask it to stop, as a deployment does. Returns the exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(timeout=START_SECONDS)

    def _wait_until_it_answers(self) -> None:
        assert self.process
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url, timeout=2).close()
            except urllib.error.HTTPError as answered:
                answered.close()
            except OSError:
                time.sleep(0.05)
                continue
            return
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")


def prepare_granian(folder: Path, settings: dict[str, str]) -> GranianServer:
    """A migrated database and the settings for a server that is not started yet."""
    port = free_port()
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "SPAREKEY_MODE": "development",
        "SPAREKEY_INSTANCE": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        **settings,
    }
    flask = [sys.executable, "-m", "flask", "--app", "webapp", "upgrade-db"]
    done = subprocess.run(flask, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(flask)}\n{done.stdout}{done.stderr}"
    return GranianServer(environ, environ["PUBLIC_URL"], folder / "granian.log")
