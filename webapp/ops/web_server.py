"""The web server, with the options that production and development share."""

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webapp.config import ROOT, ConfigurationError, Mode
from webapp.ops import metrics, room

OPTIONS = {
    "--interface": "wsgi",
    "--http": "1",
    "--backlog": "4096",
    "--backpressure": "4096",  # it counts connections that are open and idle, too
    "--workers-kill-timeout": "4",  # a request that never ends must not hold a stop up for ever
}
SWITCHES = ("--no-ws", "--respawn-failed-workers", "--no-access-log")


def command(config: Mapping[str, Any]) -> list[str]:
    """The program to run and its arguments."""
    chosen = {
        "--host": config["BIND"],
        "--port": config["PORT"],
        "--workers": config["WORKERS"],
        "--blocking-threads": config["THREADS"],
    }
    if config["MODE"] == Mode.PRODUCTION:
        chosen["--log-config"] = ROOT / "webapp" / "ops" / "granian_logs.json"
    options = [word for name, value in (OPTIONS | chosen).items() for word in (name, str(value))]
    return [sys.executable, "-m", "granian", *options, *SWITCHES, "--factory", "webapp:create_app"]


def become(config: Mapping[str, Any]) -> None:
    """Run it in the place of this process. Raises ConfigurationError in tests’ mode, whose keys nobody keeps."""
    if config["MODE"] == Mode.TESTING:
        raise ConfigurationError(
            "SPAREKEY_MODE is testing: set it to production, or to development on your own machine."
        )
    refuse_taken("BIND", "PORT", config)
    if config["METRICS_PORT"]:
        refuse_taken("METRICS_BIND", "METRICS_PORT", config)
        instance = Path(config["INSTANCE_PATH"])
        full = room.problem(metrics.parent(instance))
        if full:
            raise ConfigurationError(full)
        metrics.prepare(instance)
    os.execv(sys.executable, command(config))  # noqa: S606


def refuse_taken(bind: str, port: str, config: Mapping[str, Any]) -> None:
    """Raises ConfigurationError where nobody can listen there. (Another Spare Key can: they share a port.)"""
    address = config[bind], config[port]
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise ConfigurationError(
                f"Nobody can listen at {address[0]}, port {address[1]} ({error.strerror}): set {bind} to an address of"
                f" this machine, and {port} to a free one."
            ) from None
