"""Each of the proxies with a production server behind it, for all tests of a module: to start them takes longest."""

from collections.abc import Iterator

import pytest

from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.proxies import Proxy
from tests.support.servers.sites import PASSWORD, PIN, Site, running
from webapp.client.member import Member

KINDS = ["caddy", "nginx"]


@pytest.fixture(scope="module", params=KINDS)
def site(
    request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Both, started."""
    folder = tmp_path_factory.mktemp(request.param)
    with running(Proxy(request.param, folder / "proxy"), sqlite_databases.make(folder), folder) as site:
        yield site


@pytest.fixture(scope="module")
def member(site: Site) -> Member:
    """The owner, joined through the proxy."""
    member = Member(site.browser())
    member.join(site.owner_link(), "Olga", PASSWORD, PIN)
    return member
