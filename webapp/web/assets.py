"""The files under static/, served in front of Flask from one folder that is named after their content.

Scripts import each other by relative paths, so they all live under `/static/<version>/`: whatever changes, changes the
folder, and browsers may keep a folder for ever. Files of the former version stay for the pages that are still open; and
while two versions run at once, each serves the files of the other, where they share the instance folder.
Production serves what is released (static/dist/CHECKSUMS lists it), and not the sources that it was made from.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePath
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from webapp.config import ROOT, Mode
from webapp.web import bundles
from webapp.web.headers import STATIC_HEADERS, WORKER_HEADERS

FOLDER = ROOT / "static"
PUBLIC_SUFFIXES = {".css", ".ico", ".js", ".png", ".svg", ".txt", ".webmanifest"}
SOURCES = {"css", "js"}
"""The folders of what bundles are made from."""
VERSIONS_KEPT = 3
VERSION = re.compile("[0-9a-f]{16}")


class UnknownAsset(Exception):
    """A programming error: a template names a file that is not under static/, or not one that is served."""


def init_app(app: Flask) -> None:
    """Serve static/ and give templates `asset_url(path)`, `page_files(*entries)` and `import_map`."""
    assets = assets_of(FOLDER)
    bundled = app.config["MODE"] in bundles.BUNDLED
    loaded = bundles.Bundles(assets) if bundled else bundles.Modules(assets)
    app.jinja_env.globals["asset_url"] = assets.url
    app.jinja_env.globals["page_files"] = loaded.page_files
    app.jinja_env.globals["import_map"] = loaded.import_map
    app.config["IMPORT_MAP_HASH"] = loaded.import_map_hash
    serve = _serve_for_ever if app.config["MODE"] == Mode.PRODUCTION else _serve_as_edited
    app.wsgi_app = serve(app, assets)  # type: ignore[method-assign]


@dataclass(frozen=True)
class Assets:
    """The public files of one folder, by their path inside it."""

    folder: Path

    @cached_property
    def version(self) -> str:
        """Names the content of all public files: 16 hexadecimal characters. Some milliseconds, once a process."""
        digest = hashlib.sha256()
        for path in self.paths():
            content = (self.folder / path).read_bytes()
            digest.update(f"{path}\n{len(content)}\n".encode() + content)
        return digest.hexdigest()[:16]

    @property
    def prefix(self) -> str:
        """Where the files of this version are served."""
        return f"/static/{self.version}/"

    def paths(self) -> list[str]:
        """Every public file, sorted."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return sorted(path.as_posix() for path in found if is_public(path))

    def url(self, path: str) -> str:
        """The address of one file: `asset_url("css/base.css")`. Raises UnknownAsset."""
        if not is_public(PurePath(path)) or not (self.folder / path).is_file():
            raise UnknownAsset(path)
        return self.prefix + path

    def released(self) -> list[str]:
        """The files that production serves, sorted."""
        return [path for path in self.paths() if is_released(PurePath(path))]


@cache
def assets_of(folder: Path) -> Assets:
    """One for the whole process, which reads the files once. An edit in development keeps the folder’s name."""
    return Assets(folder)


def is_public(path: PurePath) -> bool:
    """Whether a file under static/ may be fetched: no dotfile, no build script, no lock file."""
    return path.suffix in PUBLIC_SUFFIXES and not any(part.startswith(".") for part in path.parts)


def is_released(path: PurePath) -> bool:
    """Whether production serves it: everything public but for the sources of the bundles."""
    is_source = path.parts[0] in SOURCES or (path.parts[0] == "vendor" and path.suffix == ".js")
    return is_public(path) and not is_source


class _PublicFiles(WhiteNoise):  # type: ignore[misc]
    """WhiteNoise, for public files only. `home`: where other versions may turn up that were not there at the start."""

    home: Path | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found: set[str] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """WhiteNoise’s; a page of a version that came later asks for its files here, too, as long as both run."""
        path = environ.get("PATH_INFO", "")
        if self.home and path.startswith("/static/") and path not in self.files:
            self._look_for(path.split("/")[2])
        answer: Iterable[bytes] = super().__call__(environ, start_response)
        return answer

    def _look_for(self, version: str) -> None:
        """Serve it from now on, if it is there. Versions are put there at once, so it is whole."""
        if not self.home or version in self._found or not VERSION.fullmatch(version):
            return
        if (self.home / version).is_dir():
            self.add_files(self.home / version, prefix=f"/static/{version}/")
            self._found.add(version)

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        if is_public(PurePath(url)):
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def candidate_paths_for_url(self, url: str) -> Iterator[str]:
        if is_public(PurePath(url)):
            yield from super().candidate_paths_for_url(url)


def _serve_for_ever(app: Flask, assets: Assets) -> WhiteNoise:
    files = _kept_for_ever(app.wsgi_app)
    files.home = Path(app.instance_path) / "static"
    for folder in _compressed_folders(assets, files.home):
        files.add_files(folder, prefix=f"/static/{folder.name}/")
    if not any(url.startswith(assets.prefix) for url in files.files):
        for path in assets.released():
            files.add_file_to_dictionary(assets.prefix + path, str(assets.folder / path))
    return files


def _kept_for_ever(behind: WSGIApplication | None) -> _PublicFiles:
    return _PublicFiles(
        behind,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_add_headers,
    )


def kept_for_ever(assets: Assets) -> WhiteNoise:
    """All public files as they stand, uncompressed, with the headers of production."""
    files = _kept_for_ever(None)
    files.add_files(assets.folder, prefix=assets.prefix)
    return files


def _serve_as_edited(app: Flask, assets: Assets) -> WhiteNoise:
    """Straight from the source tree, looked at anew by every request."""
    files = _PublicFiles(
        app.wsgi_app, autorefresh=True, allow_all_origins=False, add_headers_function=_add_headers_afresh
    )
    files.add_files(assets.folder, prefix=assets.prefix)
    return files


def _add_headers(headers: Headers, _path: str, url: str) -> None:
    for name, value in (WORKER_HEADERS if "/workers/" in url else STATIC_HEADERS).items():
        headers[name] = value


def _add_headers_afresh(headers: Headers, path: str, url: str) -> None:
    _add_headers(headers, path, url)
    headers["Cache-Control"] = "no-cache"


def _compressed_folders(assets: Assets, home: Path) -> list[Path]:
    """The folders to serve, made ready under `home`: this version and those before it, each with .br and .gz beside.

    Empty where nothing can be written; the files are then served uncompressed.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (home / assets.version).is_dir():
            _build(assets, home)
        os.utime(home / assets.version)
    except OSError:
        return []
    folders = sorted((folder for folder in home.iterdir() if not folder.name.startswith(".")), key=_age, reverse=True)
    for folder in folders[VERSIONS_KEPT:]:
        shutil.rmtree(folder, ignore_errors=True)
    return folders[:VERSIONS_KEPT]


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _build(assets: Assets, home: Path) -> None:
    """Copy and compress aside, then put in place at once: workers that start together do not see half a folder."""
    with tempfile.TemporaryDirectory(prefix=".", dir=home) as draft:
        ready = Path(draft) / assets.version
        compressor = Compressor(quiet=True)
        for path in assets.released():
            copy = ready / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(assets.folder / path, copy)
            compressor.compress(str(copy))
        try:
            ready.rename(home / assets.version)
        except OSError:
            if not (home / assets.version).is_dir():  # otherwise another worker was first
                raise
