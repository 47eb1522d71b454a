"""Static files: which are served, from where, for how long, and that upgrades leave open pages alone."""

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Template

from tests.support.servers.applications import BrowserLikeClient
from webapp.config import ROOT
from webapp.web import assets
from webapp.web.headers import STATIC_HEADERS, WORKER_HEADERS

FILES = {
    "css/style.css": "body { margin: 0 }\n" * 200,
    "dist/core.js": "import './shared.js';\n" * 200,
    "dist/shared.js": "export {};\n",
    "dist/style.css": "body{margin:0}\n" * 200,
    "dist/workers/kdf.js": "self.postMessage(1);\n",
    "dist/CHECKSUMS": "",
    "images/favicon.svg": "<svg/>",
    "js/entries/core.js": "import '../elements/vault-keys.js';\n",
    "js/device/elements/vault-keys.js": "export {};\n",
    "js/device/workers/kdf.js": "self.postMessage(1);\n",
    "vendor/crypto.js": "export const age = 1;\n",
    "vendor/package.json": "{}",
    "vendor/package-lock.json": "{}",
    "vendor/build.mjs": "process.exit()",
    "vendor/CHECKSUMS": "",
    "vendor/.npmrc": "",
    ".hidden/base.css": "",
    "js/.draft.js": "",
}
FILES["dist/manifest.json"] = json.dumps(
    {
        "outputs": {
            path.removeprefix("dist/"): {
                "sha256": sha256(content.encode()).hexdigest(),
                "imports": ["shared.js"] if path == "dist/core.js" else [],
            }
            for path, content in FILES.items()
            if path.startswith("dist/") and path.endswith((".css", ".js"))
        }
    }
)
RELEASED = ["dist/core.js", "dist/shared.js", "dist/style.css", "dist/workers/kdf.js", "images/favicon.svg"]
SOURCES = [
    "css/style.css",
    "js/entries/core.js",
    "js/device/elements/vault-keys.js",
    "js/device/workers/kdf.js",
    "vendor/crypto.js",
]
Serve = Callable[..., FlaskClient]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static-source"
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    monkeypatch.setattr(assets, "FOLDER", folder)
    return folder


@pytest.fixture
def serve(folder: Path, tmp_path: Path) -> Iterator[Serve]:
    """A client of a bare application that serves `folder`."""

    def make(mode: str = "production", instance: Path = tmp_path / "instance") -> FlaskClient:
        app = Flask("webapp", static_folder=None, instance_path=str(instance))
        app.config.update(MODE=mode, PUBLIC_URL="http://localhost")
        app.test_client_class = BrowserLikeClient
        assets.assets_of.cache_clear()  # another process
        assets.init_app(app)
        return app.test_client()

    yield make
    shutil.rmtree(tmp_path / "instance", ignore_errors=True)


def asset_url(client: FlaskClient, path: str) -> str:
    template: Template = client.application.jinja_env.from_string("{{ asset_url(path) }}")
    return template.render(path=path)


def get(client: FlaskClient, path: str, **headers: str) -> Any:
    return client.get(asset_url(client, path), headers=headers)


def security_headers(answer: Any) -> dict[str, str]:
    """What else than the file itself is spoken of."""
    about_it = {
        "Accept-Ranges",
        "Cache-Control",
        "Content-Length",
        "Content-Type",
        "Date",
        "ETag",
        "Last-Modified",
        "Vary",
    }
    return {name: value for name, value in answer.headers if name not in about_it}


@pytest.mark.parametrize("mode", ["production", "development"])
def test_it_serves_a_file_with_the_headers_that_a_file_needs(serve: Serve, mode: str) -> None:
    answer = get(serve(mode), "dist/core.js")
    assert answer.text == FILES["dist/core.js"]
    assert answer.mimetype == "text/javascript"
    assert security_headers(answer) == STATIC_HEADERS
    assert STATIC_HEADERS.keys() == {"Cross-Origin-Resource-Policy", "X-Content-Type-Options"}


@pytest.mark.parametrize(("mode", "folder_name"), [("production", "dist"), ("development", "js/device")])
def test_a_worker_has_a_content_policy_of_its_own(serve: Serve, mode: str, folder_name: str) -> None:
    answer = get(serve(mode), f"{folder_name}/workers/kdf.js")
    assert security_headers(answer) == WORKER_HEADERS
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; script-src 'self'"


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize(
    "path",
    [
        "vendor/package.json",
        "vendor/package-lock.json",
        "vendor/build.mjs",
        "vendor/CHECKSUMS",
        "vendor/.npmrc",
        ".hidden/base.css",
        "js/.draft.js",
        "dist/core.js.br",
        "dist/",
        "../webapp/config.py",
        "%2e%2e/webapp/config.py",
        "dist//core.js",
    ],
)
def test_it_serves_nothing_else(serve: Serve, mode: str, path: str) -> None:
    client = serve(mode)
    assert client.get(asset_url(client, "dist/core.js").removesuffix("dist/core.js") + path).status_code == 404


def test_production_files_are_kept_for_ever(serve: Serve) -> None:
    caching = get(serve(), "dist/style.css").headers["Cache-Control"]
    assert "immutable" in caching
    assert "public" in caching


def test_development_files_are_asked_for_again(serve: Serve) -> None:
    client = serve("development")
    first = get(client, "dist/style.css")
    assert first.headers["Cache-Control"] == "no-cache"
    assert get(client, "dist/style.css", If_None_Match=first.headers["ETag"]).status_code == 304


def test_development_shows_an_edit_at_once(serve: Serve, folder: Path) -> None:
    client = serve("development")
    url = asset_url(client, "dist/style.css")
    client.get(url)
    (folder / "dist/style.css").write_text("body {}")
    assert client.get(url).text == "body {}"


@pytest.mark.parametrize(("encoding", "decompress"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_production_compresses_what_shrinks(serve: Serve, encoding: str, decompress: Callable[[bytes], bytes]) -> None:
    answer = get(serve(), "dist/style.css", Accept_Encoding=encoding)
    assert answer.headers["Content-Encoding"] == encoding
    assert decompress(answer.data).decode() == FILES["dist/style.css"]
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_change_moves_every_file_to_another_folder(serve: Serve, folder: Path) -> None:
    before = asset_url(serve(), "dist/core.js")
    (folder / "dist/shared.js").write_text("export const changed = true;")
    assert asset_url(serve(), "dist/core.js") != before


def test_a_change_of_what_is_not_served_moves_nothing(serve: Serve, folder: Path) -> None:
    before = asset_url(serve(), "dist/core.js")
    (folder / "vendor/package-lock.json").write_text("{ }")
    assert asset_url(serve(), "dist/core.js") == before


def test_a_page_from_before_an_upgrade_still_finds_its_scripts(serve: Serve, folder: Path) -> None:
    old = asset_url(serve(), "dist/core.js")
    (folder / "dist/core.js").write_text("changed")
    upgraded = serve()
    assert upgraded.get(old).text == FILES["dist/core.js"]
    assert get(upgraded, "dist/core.js").text == "changed"


def test_two_versions_that_run_at_once_serve_the_files_of_each_other(serve: Serve, folder: Path) -> None:
    former = serve()
    old = asset_url(former, "dist/core.js")
    (folder / "dist/core.js").write_text("changed")
    later = serve()
    new = asset_url(later, "dist/core.js")
    for client in former, later:
        assert (client.get(old).text, client.get(new).text) == (FILES["dist/core.js"], "changed")
        assert client.get(new).headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert client.get(new.replace("core.js", "absent.js")).status_code == 404


def test_no_folder_but_that_of_a_version_is_served(serve: Serve, tmp_path: Path) -> None:
    client = serve()
    for name in ("..", ".draft", "0123456789abcdeg", "other"):
        (tmp_path / "instance/static" / name).mkdir(exist_ok=True)
        (tmp_path / "instance/static" / name / "core.js").write_text("secret")
        assert client.get(f"/static/{name}/core.js").status_code == 404


def test_it_keeps_a_few_versions_only(serve: Serve, folder: Path, tmp_path: Path) -> None:
    for number in range(assets.VERSIONS_KEPT + 2):
        (folder / "dist/core.js").write_text(str(number))
        assert get(serve(), "dist/core.js").text == str(number)
    assert len(list((tmp_path / "instance/static").iterdir())) == assets.VERSIONS_KEPT


def test_it_serves_where_nothing_can_be_written(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    client = serve(instance=tmp_path / "a-file")
    assert get(client, "dist/core.js").text == FILES["dist/core.js"]
    assert (
        client.get(asset_url(client, "dist/core.js").replace("dist/core.js", "vendor/package.json")).status_code == 404
    )


def test_a_template_can_not_name_a_missing_file(serve: Serve) -> None:
    client = serve()
    for path in ("css/absent.css", "vendor/package.json"):
        with pytest.raises(assets.UnknownAsset):
            asset_url(client, path)


@pytest.mark.parametrize("path", RELEASED)
def test_production_serves_what_is_released(serve: Serve, path: str) -> None:
    assert get(serve(), path).text == FILES[path]


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("path", SOURCES)
def test_production_serves_no_source(serve: Serve, tmp_path: Path, path: str, writable: bool) -> None:
    (tmp_path / "a-file").write_text("")
    client = serve(instance=tmp_path / ("instance" if writable else "a-file"))
    assert client.get(asset_url(client, "dist/core.js").removesuffix("dist/core.js") + path).status_code == 404


@pytest.mark.parametrize("path", SOURCES)
def test_development_serves_the_sources(serve: Serve, path: str) -> None:
    assert get(serve("development"), path).text == FILES[path]


def test_the_files_are_read_once_a_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets.assets_of.cache_clear()
    first = assets.assets_of(folder).version
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read again"))
    assert assets.assets_of(folder).version == first


def test_every_picture_that_a_style_names_is_there() -> None:
    for sheet in (ROOT / "static" / "css").glob("*.css"):
        for picture in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
            assert (sheet.parent / picture).resolve().is_file(), f"{sheet.name}: {picture}"
