"""Which scripts and style sheets a page loads: in development the modules of static/js, elsewhere the bundles of them.

`make bundles` writes static/dist and its manifest. A page names every bundle with its SHA-256, so that a browser runs
what this release consists of, or nothing. Development needs no Node.js, and shows an edit at once.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Protocol

from markupsafe import Markup

from webapp.config import Mode

BUNDLED = {Mode.PRODUCTION, Mode.TESTING}
"""The modes whose pages load bundles."""
ASKED_FOR = {"csv.js", "keys.js"}
"""Bundles that another one loads when it needs them."""
ON_DEMAND = {"workers", "entries", "csv.js"}
"""Scripts that a page asks for when it needs them: nothing to preload in development."""


class Served(Protocol):
    """The static files, as far as it matters here: `webapp.web.assets.Assets` has them."""

    @property
    def folder(self) -> Path:
        """Where they are."""

    def paths(self) -> list[str]:
        """What may be asked for, relative to the folder."""

    def url(self, path: str) -> str:
        """The address of one of them."""


@dataclass(frozen=True)
class File:
    """What a page names: where it is, and what it must be. No `integrity` in development."""

    href: str
    integrity: str = ""


@dataclass(frozen=True)
class PageFiles:
    """What stands in the head of a page."""

    styles: list[File]
    scripts: list[File]
    preloads: list[File]


@dataclass(frozen=True)
class Modules:
    """The sources as they stand."""

    assets: Served
    import_map: Markup = field(default=Markup(""))
    import_map_hash: str = ""

    def page_files(self, *entries: str) -> PageFiles:
        """With core, all modules are preloaded: else a browser learns of them in turn."""
        preloads = [File(href) for href in self.preloads] if "core" in entries else []
        scripts = [File(self.assets.url(f"js/entries/{entry}.js")) for entry in entries]
        return PageFiles([File(self.assets.url("css/style.css"))], scripts, preloads)

    @cached_property
    def preloads(self) -> list[str]:
        """The address of every module that pages import."""
        scripts = (PurePath(path) for path in self.assets.paths() if path.startswith(("js/", "vendor/")))
        wanted = (path for path in scripts if path.suffix == ".js" and not ON_DEMAND & set(path.parts))
        return [self.assets.url(str(path)) for path in wanted]


@dataclass(frozen=True)
class Bundles:
    """What static/dist/manifest.json describes."""

    assets: Served

    def page_files(self, *entries: str) -> PageFiles:
        """The entries, and for preloading what they import. Raises KeyError where there is no such entry."""
        names = [f"{entry}.js" for entry in entries]
        imported = sorted({name for entry in names for name in self._outputs[entry]["imports"]})
        return PageFiles([self._file("style.css")], self._files(names), self._files(imported))

    @cached_property
    def import_map(self) -> Markup:
        """A script element that tells browsers what each script must be that another one imports."""
        return Markup('<script type="importmap">{}</script>').format(Markup(self._import_map))  # noqa: S704 - our JSON

    @cached_property
    def import_map_hash(self) -> str:
        """What the content policy has to name, as the map stands in the page."""
        return _integrity(hashlib.sha256(self._import_map.encode()).digest())

    @cached_property
    def _import_map(self) -> str:
        imported = {name for output in self._outputs.values() for name in output["imports"]} | ASKED_FOR
        scripts = (self._file(name) for name in sorted(imported & self._outputs.keys()))
        return json.dumps({"integrity": {script.href: script.integrity for script in scripts}})

    @cached_property
    def _outputs(self) -> dict[str, dict[str, Any]]:
        manifest = json.loads((self.assets.folder / "dist" / "manifest.json").read_text())
        outputs: dict[str, dict[str, Any]] = manifest["outputs"]
        return outputs

    def _files(self, names: Iterable[str]) -> list[File]:
        return [self._file(name) for name in names]

    def _file(self, name: str) -> File:
        return File(self.assets.url(f"dist/{name}"), _integrity(bytes.fromhex(self._outputs[name]["sha256"])))


def _integrity(digest: bytes) -> str:
    return f"sha256-{base64.b64encode(digest).decode()}"
