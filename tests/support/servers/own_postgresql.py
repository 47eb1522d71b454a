"""A PostgreSQL server of a test’s own, which may be stopped and started: never the one of the machine."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.support.run import patience

NO_SERVER = "PostgreSQL’s initdb is not here; install postgresql"
# What was committed has to be there after a stop without warning: the system keeps what was written to it.
OPTIONS = "-c listen_addresses= -c fsync=off -c full_page_writes=off"


class OwnPostgresql:
    """In a folder of its own, reached by a socket there."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """And wait until it answers."""
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", str(patience.HUNG), "-l", log, "-o", f"-k {self._folder} {OPTIONS}")

    def stop(self) -> None:
        """As a crash would: every connection breaks."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-w")

    def empty(self) -> None:
        """As it was made, and running."""
        if not self.is_running():
            self.start()
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")

    def is_running(self) -> bool:
        """Whether its process is there."""
        return (self._folder / "data" / "postmaster.pid").exists()

    def _run(self, program: str, *arguments: str) -> None:
        user = {}
        if os.geteuid() == 0:
            found = pwd.getpwnam("postgres")
            user = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
        command = [self._programs / program, "-D", self._folder / "data", *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, cwd="/", check=True, **user, **quiet)  # type: ignore[call-overload]


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """One that runs; gone in the end. Skips the asking test where PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip(NO_SERVER)
    folder = Path(tempfile.mkdtemp(prefix="sparekey-pg-", dir="/tmp"))  # the path of a socket may have 107 characters
    server = OwnPostgresql(installed[-1].parent, folder)
    try:
        server.start()
        yield server
    finally:
        if server.is_running():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
