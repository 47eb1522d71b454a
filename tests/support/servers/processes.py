"""Real servers for tests: one inside this process (a test can reach its database and clock), one as deployed."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from whitenoise import WhiteNoise

from tests.support.run import patience

ROOT = Path(__file__).resolve().parents[3]


def listening_socket() -> socket.socket:
    """A socket that holds a free port, so that the port can be named in PUBLIC_URL before a server runs on it."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen(128)
    return held


def silent_socket() -> socket.socket:
    """A socket that holds a free port, on which nobody listens: as long as it is open nobody else is given that port,
    but a server that shares ports, as granian does, may come and go there."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held


class _UnderWay:
    """How many requests are being answered."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self) -> None:
        """Until it is none."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._count, patience.HUNG), "a request never came to its end"


class _SilentHandler(WSGIRequestHandler):
    under_way: _UnderWay

    def run_wsgi(self) -> None:
        """Count it, however it ends: one whose browser goes away ends anyhow."""
        with self.under_way:
            super().run_wsgi()

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing; a failing test shows what it needs."""


class LiveServer:
    """The application behind real HTTP, in threads of this process."""

    def __init__(self, app: Flask, held: socket.socket, files: WhiteNoise) -> None:
        host, port = held.getsockname()
        self.app = app
        self.url: str = app.config["PUBLIC_URL"]
        self._files = files
        self._under_way = _UnderWay()
        handler = type("Handler", (_SilentHandler,), {"under_way": self._under_way})
        self._server = make_server(
            host, port, self._answer, threaded=True, request_handler=handler, fd=os.dup(held.fileno())
        )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        file = self._files.files.get(environ["PATH_INFO"])
        return self._files.serve(file, environ, start_response) if file else self.app(environ, start_response)

    def stop(self) -> None:
        """Stop listening, and wait for what is still under way: it would meet the database of the next test."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._under_way.wait()


@dataclass
class GranianServer:
    """The `web` line of the Procfile, run as it stands. Kill it, or one worker, and see what survives."""

    environ: dict[str, str]
    url: str
    log: Path
    held: socket.socket = field(repr=False)
    """Its port, which is nobody else’s while the server is away."""
    root: Path = ROOT
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start and wait until it answers."""
        self.spawn()
        patience.wait_until(self._answers, "a server that answers")

    def spawn(self) -> None:
        """Start, waiting for nothing."""
        command = re.search(r"^web: (.+)$", (self.root / "Procfile").read_text(), re.MULTILINE)
        assert command, "the Procfile has no web line"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command[1]}"],
                cwd=self.root,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

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
        return self.process.wait(timeout=patience.HUNG)

    def close(self) -> None:
        """Kill it, and let its port go."""
        self.kill()
        self.held.close()

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"the server did not start:\n{self.log.read_text()}"
        return answers(self.url)


def answers(url: str, only: Container[int] = range(1_000)) -> bool:
    """Whether somebody answers there, by one of these statuses where they are named."""
    try:
        with urllib.request.urlopen(url, timeout=patience.HUNG) as answered:
            return answered.status in only
    except urllib.error.HTTPError as answered:
        with answered:
            return answered.status in only
    except OSError:
        return False


def prepare_granian(folder: Path, settings: dict[str, str], root: Path = ROOT) -> GranianServer:
    """A migrated database and the settings for a server that is not started yet; `root`: of another checkout."""
    held = silent_socket()
    port = held.getsockname()[1]
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "SPAREKEY_MODE": "development",
        "SPAREKEY_INSTANCE": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        **settings,
    }
    flask = [sys.executable, "-m", "flask", "--app", "webapp", "upgrade-db"]
    done = subprocess.run(flask, cwd=root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(flask)}\n{done.stdout}{done.stderr}"
    return GranianServer(environ, f"http://localhost:{port}", folder / "granian.log", held, root)
