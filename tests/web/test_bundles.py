"""The bundles: made from the sources as they are, each with what its pages need, and every served file listed."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from tests.support.pages import page_scripts
from webapp.web.assets import FOLDER, assets_of, is_released
from webapp.web.bundles import Bundles

DIST = FOLDER / "dist"
MANIFEST = json.loads((DIST / "manifest.json").read_text())
OUTPUTS = MANIFEST["outputs"]
RECIPE = ["vendor/bundle.mjs", "vendor/package-lock.json", "vendor/package.json", "vendor/packages.mjs"]
REBUILD = "run make bundles: the sources have changed since"


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def closure(name: str) -> set[str]:
    """An output and what it imports before it runs."""
    return {name}.union(*(closure(imported) for imported in OUTPUTS[name]["imports"]))


def sources(*names: str) -> set[str]:
    return {source for name in names for output in closure(name) for source in OUTPUTS[output]["sources"]}


def holds_cryptography(source: str) -> bool:
    return source.startswith("js/crypto/") or bool(re.search(r"vendor:|/@noble/|/@scure/|/age-encryption/", source))


def test_the_bundles_are_made_from_the_sources_as_they_are() -> None:
    paths = [*FOLDER.glob("js/**/*.js"), *FOLDER.glob("css/**/*.css"), *(FOLDER / path for path in RECIPE)]
    now = {path.relative_to(FOLDER).as_posix(): digest(path) for path in paths}
    assert MANIFEST["inputs"] == now, REBUILD


def test_the_bundles_are_what_was_made() -> None:
    made = {name: OUTPUTS[name]["sha256"] for name in OUTPUTS}
    there = {path.relative_to(DIST).as_posix(): digest(path) for path in DIST.rglob("*") if path.is_file()}
    assert there.keys() - made.keys() == {"CHECKSUMS", "manifest.json"}
    assert made == {name: there[name] for name in made}, REBUILD


def test_every_file_that_production_serves_is_listed_with_its_checksum() -> None:
    lines = (line.split("  ") for line in (DIST / "CHECKSUMS").read_text().splitlines())
    assert {path: checksum for checksum, path in lines} == {
        path: digest(FOLDER / path) for path in assets_of(FOLDER).released()
    }
    assert not any(is_released(path.relative_to(FOLDER)) for path in FOLDER.glob("js/**/*.js"))


@pytest.mark.parametrize("name", ["core.js", "shared.js"])
def test_core_holds_htmx_and_no_cryptography(name: str) -> None:
    found = sources(name)
    assert not any(holds_cryptography(source) for source in found)
    assert {source for source in found if "node_modules" in source} <= {"node_modules/htmx.org/dist/htmx.esm.min.js"}


@pytest.mark.parametrize("name", ["recovery.js", "vault.js", "admin.js", "keys.js"])
def test_the_other_entries_share_one_file_of_cryptography(name: str) -> None:
    assert "crypto.js" in OUTPUTS[name]["imports"]
    own = set(OUTPUTS[name]["sources"])
    assert not any("node_modules" in source for source in own)
    assert own.isdisjoint(OUTPUTS["crypto.js"]["sources"])


def test_the_cryptography_is_found_where_it_is() -> None:
    assert any(holds_cryptography(source) for source in OUTPUTS["crypto.js"]["sources"])
    assert any(holds_cryptography(source) for source in OUTPUTS["workers/kdf.js"]["sources"])


@pytest.mark.parametrize("name", ["workers/kdf.js", "invite.js", "csv.js"])
def test_what_stands_alone_imports_nothing(name: str) -> None:
    assert OUTPUTS[name]["imports"] == []
    assert not re.search(r"\bimport\b\s*[({*\"'\w]", (DIST / name).read_text().replace("import.meta", ""))


def test_no_bundle_names_a_file_that_is_not_there() -> None:
    for name in OUTPUTS:
        named = re.findall(r'(?:from|import)\s*\(?"(\./[^"]+)"', (DIST / name).read_text())
        named += re.findall(r'new URL\("([^"]+)",import\.meta\.url', (DIST / name).read_text())
        named += re.findall(r"url\(([^)]+)\)", (DIST / name).read_text()) if name.endswith(".css") else []
        assert [path for path in named if not (DIST / path).resolve().is_file()] == [], name


def test_every_style_sheet_is_part_of_the_one() -> None:
    listed = re.findall(r'@import url\("(.+)"\);', (FOLDER / "css/style.css").read_text())
    assert sorted(listed) == sorted(path.name for path in FOLDER.glob("css/*.css") if path.name != "style.css")


def test_every_element_is_in_an_entry() -> None:
    entries = [path.stem for path in page_scripts.ENTRIES.glob("*.js")]
    defined = set().union(*(page_scripts.elements_defined_by(entry) for entry in entries))
    there = set().union(*(page_scripts.defined_in(path) for path in FOLDER.glob("js/*/elements/*.js")))
    assert there - defined == set()


@pytest.mark.parametrize("template", page_scripts.pages())
def test_every_element_of_a_page_is_defined_by_its_entries(app: Flask, template: str) -> None:
    """Those of fragments, too, that htmx puts into it."""
    entries = page_scripts.entries_of(template)
    defined = set().union(*(page_scripts.elements_defined_by(entry) for entry in entries))
    used = page_scripts.elements_used_by(template, app)
    assert {name: place for name, place in used.items() if name not in defined} == {}


def test_an_element_of_a_fragment_is_found(app: Flask) -> None:
    used = page_scripts.elements_used_by("admin/requests/request.html", app)
    assert used["approve-request"] == "admin/requests/_approve_form.html"
    assert used["key-file"] == "admin/settings/keys/key_file.html"
    used = page_scripts.elements_used_by("admin/people/index.html", app)
    assert used["invite-link"] == "admin/people/_invite_link.html"
    assert not {"key-file", "invite-link"} & page_scripts.elements_defined_by("core")


def test_every_script_of_a_page_is_named_with_its_hash() -> None:
    bundles = Bundles(assets_of(FOLDER))
    for entry in ("recovery", "vault", "admin"):
        files = bundles.page_files("core", entry)
        for file in [*files.styles, *files.scripts, *files.preloads]:
            assert file.integrity.startswith("sha256-")
        assert {file.href.rsplit("/", 1)[1] for file in files.preloads} == {"crypto.js", "shared.js"}
    listed = json.loads(re.sub("<.*?>", "", bundles.import_map))["integrity"]
    imported = {name for output in OUTPUTS.values() for name in output["imports"]}
    assert {href.partition("dist/")[2] for href in listed} == imported | {"csv.js", "keys.js"}
