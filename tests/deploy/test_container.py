"""What the Containerfile makes, run without a container engine: its files alone, as user 1000, with nothing writable.

Not run here: its `apt-get` and `pip`, which take the network; the interpreter and the packages are those of the tests.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.support.run import patience
from tests.support.servers.processes import ROOT, answers, silent_socket
from tests.support.servers.production import SETTINGS
from tests.support.servers.proxies import DEPLOY

HOME, INSTANCE = "/srv/sparekey", "/var/lib/sparekey"


@dataclass
class Image:
    """The last stage of the Containerfile."""

    files: Path
    environ: dict[str, str]
    entrypoint: list[str]
    command: list[str]
    user: str


def instructions() -> list[tuple[str, str]]:
    """Those of the last stage, each with what stands behind it."""
    text = re.sub(r"\\\n|^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.M)
    lines = [line.partition(" ") for line in text.splitlines() if line]
    last = max(place for place, (word, _, _) in enumerate(lines) if word == "FROM")
    return [(word, rest.strip()) for word, _, rest in lines[last:]]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What COPY copies, with an empty folder for what RUN installs."""
    files = tmp_path_factory.mktemp("image")
    (files / ".venv").mkdir(parents=True)
    found = Image(files, {}, [], [], "")
    for word, rest in instructions():
        if word == "COPY":
            source, target = rest.split()
            (files / target).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copyfile)(ROOT / source, files / target)
        elif word == "ENV":
            found.environ |= dict(part.split("=", 1) for part in shlex.split(rest))
        elif word == "USER":
            found.user = rest
        elif word in ("ENTRYPOINT", "CMD"):
            setattr(found, {"ENTRYPOINT": "entrypoint", "CMD": "command"}[word], json.loads(rest))
    return found


class Container:
    """Commands of the image, on a root that nobody can write to."""

    def __init__(self, image: Image, folder: Path, settings: dict[str, str]) -> None:
        self.image, self.folder = image, folder
        self.environ = image.environ | SETTINGS | settings
        for name in ("instance", "data"):
            (folder / name).mkdir()

    def line(self, *command: str) -> list[str]:
        """Bubblewrap with it."""
        if not shutil.which("bwrap"):
            pytest.skip("needs bubblewrap: apt-get install bubblewrap")
        binds = ["--ro-bind", "/", "/", "--tmpfs", "/srv", "--ro-bind", str(self.image.files), HOME]
        binds += ["--ro-bind", sys.prefix, f"{HOME}/.venv", "--tmpfs", "/var/lib"]
        binds += ["--bind", str(self.folder / "instance"), INSTANCE, "--bind", str(self.folder / "data"), "/srv/data"]
        environ = [part for name, value in self.environ.items() for part in ("--setenv", name, value)]
        who = ["--unshare-user", "--uid", self.image.user, "--gid", self.image.user, "--unshare-pid", "--proc", "/proc"]
        start = ["--die-with-parent", "--clearenv", "--chdir", HOME, "--dev", "/dev"]
        return ["bwrap", *binds, *who, *start, *environ, *self.image.entrypoint, *command]

    def run(self, *command: str) -> str:
        done = subprocess.run(self.line(*command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def container(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """Released: its database has tables."""
    with silent_socket() as held:
        port = str(held.getsockname()[1])
        url = {"PUBLIC_URL": f"http://localhost:{port}", "DATABASE_URL": "sqlite:////srv/data/sparekey.sqlite3"}
        settings = {"PORT": port, "BIND": "127.0.0.1", **url}
        container = Container(image, tmp_path_factory.mktemp("container"), settings)
        container.run("upgrade-db")
        yield container


def test_the_builder_is_given_what_is_copied_and_nothing_else() -> None:
    lines = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    copied = {rest.split()[0] for word, rest in instructions() if word == "COPY"}
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied


def test_nobody_in_it_is_root_and_only_one_folder_is_written_to() -> None:
    told = instructions()
    assert [rest for word, rest in told if word == "USER"] == ["1000"]
    assert [rest for word, rest in told if word == "VOLUME"] == [INSTANCE]
    assert told.index(("USER", "1000")) > max(place for place, (word, _) in enumerate(told) if word == "RUN")


def test_its_commands_run_as_nobody_special_with_nothing_to_write_to(container: Container) -> None:
    assert "/join/" in container.run("init", "--organisation", "Example", "--email", "olga@example.org")
    container.run("backup", "/srv/data/backup")
    assert (container.folder / "data/backup").stat().st_size > 100_000


@pytest.mark.parametrize("command", [["serve"], ["worker"]])
def test_its_services_start_and_stop(container: Container, command: list[str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output, subprocess.Popen(container.line(*command), stdout=output, stderr=output) as service:
        url = container.environ["PUBLIC_URL"]
        patience.wait_until(lambda: service.poll() is not None or command == ["worker"] or answers(url), "a service")
        assert service.poll() is None, log.read_text()
        service.terminate()
        service.wait()


def compose() -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_compose_runs_one_image_for_web_worker_and_release_as_the_units_do() -> None:
    services = compose()["services"]
    ours = {name: services[name] for name in ("release", "web", "worker")}
    assert {service["image"] for service in ours.values()} == {"sparekey"}
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["user"] == "1000"
        assert set(service["secrets"]) <= set(compose()["secrets"])  # type: ignore[call-overload]
    assert [ours[name].get("command") for name in ours] == [["upgrade-db"], None, ["worker"]]
    assert [name for name in services if services[name].get("restart") != "always"] == ["release"]
    assert [name for name in services if "ports" in services[name]] == ["proxy"]
