"""Static files: which are served, from where, for how long, and that upgrades leave open pages alone."""

import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Template

from tests.support.applications import BrowserLikeClient
from webapp import assets
from webapp.config import ROOT
from webapp.headers import HEADERS

FILES = {
    "css/base.css": "body { margin: 0 }\n" * 200,
    "js/app.js": "import './elements/vault-keys.js';\n" * 200,
    "js/elements/vault-keys.js": "export {};\n",
    "js/workers/kdf.js": "self.postMessage(1);\n",
    "vendor/crypto.js": "export const age = 1;\n",
    "vendor/package.json": "{}",
    "vendor/package-lock.json": "{}",
    "vendor/build.mjs": "process.exit()",
    "vendor/CHECKSUMS": "",
    "vendor/.npmrc": "",
    ".hidden/base.css": "",
    "js/.draft.js": "",
}
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
        assets.init_app(app)
        return app.test_client()

    yield make
    shutil.rmtree(tmp_path / "instance", ignore_errors=True)


def asset_url(client: FlaskClient, path: str) -> str:
    template: Template = client.application.jinja_env.from_string("{{ asset_url(path) }}")
    return template.render(path=path)


def get(client: FlaskClient, path: str, **headers: str) -> Any:
    return client.get(asset_url(client, path), headers=headers)


@pytest.mark.parametrize("mode", ["production", "development"])
def test_it_serves_a_file_with_the_headers_of_a_page(serve: Serve, mode: str) -> None:
    answer = get(serve(mode), "js/app.js")
    assert answer.text == FILES["js/app.js"]
    assert answer.mimetype == "text/javascript"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "Access-Control-Allow-Origin" not in answer.headers


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
        "js/app.js.br",
        "js/",
        "../webapp/config.py",
        "%2e%2e/webapp/config.py",
        "js//app.js",
    ],
)
def test_it_serves_nothing_else(serve: Serve, mode: str, path: str) -> None:
    client = serve(mode)
    assert client.get(asset_url(client, "js/app.js").removesuffix("js/app.js") + path).status_code == 404


def test_production_files_are_kept_for_ever(serve: Serve) -> None:
    caching = get(serve(), "css/base.css").headers["Cache-Control"]
    assert "immutable" in caching
    assert "public" in caching


def test_development_files_are_asked_for_again(serve: Serve) -> None:
    client = serve("development")
    first = get(client, "css/base.css")
    assert first.headers["Cache-Control"] == "no-cache"
    assert get(client, "css/base.css", If_None_Match=first.headers["ETag"]).status_code == 304


def test_development_shows_an_edit_at_once(serve: Serve, folder: Path) -> None:
    client = serve("development")
    url = asset_url(client, "css/base.css")
    client.get(url)
    (folder / "css/base.css").write_text("body {}")
    assert client.get(url).text == "body {}"


@pytest.mark.parametrize(("encoding", "decompress"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_production_compresses_what_shrinks(serve: Serve, encoding: str, decompress: Callable[[bytes], bytes]) -> None:
    answer = get(serve(), "css/base.css", Accept_Encoding=encoding)
    assert answer.headers["Content-Encoding"] == encoding
    assert decompress(answer.data).decode() == FILES["css/base.css"]
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_change_moves_every_file_to_another_folder(serve: Serve, folder: Path) -> None:
    before = asset_url(serve(), "js/app.js")
    (folder / "js/elements/vault-keys.js").write_text("export const changed = true;")
    assert asset_url(serve(), "js/app.js") != before


def test_a_change_of_what_is_not_served_moves_nothing(serve: Serve, folder: Path) -> None:
    before = asset_url(serve(), "js/app.js")
    (folder / "vendor/package-lock.json").write_text("{ }")
    assert asset_url(serve(), "js/app.js") == before


def test_a_page_from_before_an_upgrade_still_finds_its_scripts(serve: Serve, folder: Path) -> None:
    old = asset_url(serve(), "js/app.js")
    (folder / "js/app.js").write_text("changed")
    upgraded = serve()
    assert upgraded.get(old).text == FILES["js/app.js"]
    assert get(upgraded, "js/app.js").text == "changed"


def test_it_keeps_a_few_versions_only(serve: Serve, folder: Path, tmp_path: Path) -> None:
    for number in range(assets.VERSIONS_KEPT + 2):
        (folder / "js/app.js").write_text(str(number))
        assert get(serve(), "js/app.js").text == str(number)
    assert len(list((tmp_path / "instance/static").iterdir())) == assets.VERSIONS_KEPT


def test_it_serves_where_nothing_can_be_written(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    client = serve(instance=tmp_path / "a-file")
    assert get(client, "js/app.js").text == FILES["js/app.js"]
    assert client.get(asset_url(client, "js/app.js").replace("js/app.js", "vendor/package.json")).status_code == 404


def test_a_template_can_not_name_a_missing_file(serve: Serve) -> None:
    client = serve()
    for path in ("css/absent.css", "vendor/package.json"):
        with pytest.raises(assets.UnknownAsset):
            asset_url(client, path)


def test_modules_are_listed_for_preloading_and_workers_are_not(serve: Serve) -> None:
    client = serve()
    template = client.application.jinja_env.from_string("{{ module_preloads | join(' ') }}")
    expected = ["js/app.js", "js/elements/vault-keys.js", "vendor/crypto.js"]
    assert template.render().split() == [asset_url(client, path) for path in expected]


def test_every_picture_that_a_style_names_is_there() -> None:
    for sheet in (ROOT / "static" / "css").glob("*.css"):
        for picture in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
            assert (sheet.parent / picture).resolve().is_file(), f"{sheet.name}: {picture}"
