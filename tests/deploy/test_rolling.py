"""Two versions behind one proxy, as long as a new one takes the place of the former: each serves pages of the other."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.run import patience
from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.processes import ROOT
from tests.support.servers.proxies import Proxy, opener
from tests.support.servers.sites import PASSWORD, PIN, Site, running
from webapp.client.member import Member

CHANGED = "dist/core.js"


@pytest.fixture(scope="module")
def later_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout with another script in it."""
    root = tmp_path_factory.mktemp("later")
    shutil.copyfile(ROOT / "Procfile", root / "Procfile")
    for name in ("static", "templates", "webapp"):
        shutil.copytree(ROOT / name, root / name)
    script, manifest = root / "static" / CHANGED, root / "static/dist/manifest.json"
    script.write_bytes(script.read_bytes() + b"\n// later\n")
    told = json.loads(manifest.read_text())
    told["outputs"]["core.js"]["sha256"] = hashlib.sha256(script.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told))
    return root


@pytest.fixture(scope="module")
def both(
    later_release: Path, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The versions share database and instance folder; the proxy asks them in turn."""
    folder = tmp_path_factory.mktemp("both")
    proxy = Proxy("nginx", folder / "proxy")
    with running(proxy, sqlite_databases.make(folder), folder, ROOT, later_release) as site:
        yield site


def test_every_file_of_a_page_comes_from_either_version(both: Site) -> None:
    fetch, versions = opener(both.proxy), set[str]()

    def has_met_both() -> bool:
        with fetch("/sign-in") as page:
            named = set(re.findall(r'/static/[0-9a-f]{16}/[^"]+', page.read().decode()))
        versions.update(path.split("/")[2] for path in named)
        for path in sorted(named) * 2:
            with fetch(path) as file:
                assert file.status == 200
        return len(versions) == 2

    patience.wait_until(has_met_both, "a page of the other version: each process of the proxy has turns of its own")


def test_a_member_who_meets_both_joins_saves_and_opens_again(both: Site) -> None:
    member = Member(both.browser())
    member.join(both.owner_link(), "Olga", PASSWORD, PIN).add("Mail")
    again = Member(both.browser(), member.state)
    again.sign_in("olga@example.org", PASSWORD)
    assert [item["title"] for item in again.unlock(PIN).items] == ["Mail"]


def test_a_browser_takes_the_scripts_of_either_version(both: Site, browser: Browser) -> None:
    """Each is named with what it must be, and imports others: none of them may come from the wrong version."""
    failed: list[str] = []
    for _ in range(4):
        with browser.new_context(ignore_https_errors=True) as context:
            page = context.new_page()
            page.set_default_timeout(patience.AT_ONCE)
            page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
            page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
            page.goto(f"{both.proxy.url}/sign-in")
            page.wait_for_function("() => customElements.get('vault-keys')")
    assert failed == []
