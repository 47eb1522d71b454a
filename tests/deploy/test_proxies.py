"""Caddy and nginx, run by the files that are shipped, in front of a production server."""

import http.client
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.deploy.conftest import KINDS
from tests.support.run import patience
from tests.support.servers.proxies import DEPLOY, Proxy, opener
from tests.support.servers.sites import PASSWORD, Site, running
from webapp import config, limits
from webapp.client.errors import ServerRefused
from webapp.client.formats.encoding import sha256_hex
from webapp.client.member import Member

MIB = 1024 * 1024


def sizes(name: str, word: str) -> list[int]:
    """Every size in a shipped file that stands behind this word, in MiB."""
    lines = (line.split() for line in (DEPLOY / name).read_text().splitlines())
    return [int(line[1].rstrip(";").removesuffix("MiB").removesuffix("m")) for line in lines if line[:1] == [word]]


def test_a_proxy_lets_through_what_the_application_looks_at() -> None:
    """What is larger it refuses itself, with a sentence; the proxy’s own refusal has none."""
    largest = config.load({"SPAREKEY_MODE": "testing"})["MAX_CONTENT_LENGTH"] // MIB
    assert largest * MIB > limits.VAULT_FILE_BYTES
    assert sizes("Caddyfile", "max_size") == sizes("Caddyfile", "max_buffer_size") == [largest]
    assert sizes("nginx.conf", "client_max_body_size") == [largest]


def test_who_signs_in_through_tls_is_seen_at_their_address_whatever_they_say_it_is(site: Site, member: Member) -> None:
    connection = http.client.HTTPSConnection(
        "localhost", site.proxy.port, context=site.proxy.trust, source_address=("127.0.0.77", 0)
    )
    forged = {name: "203.0.113.9" for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded")}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", **forged}
    body = urlencode({"email": "olga@example.org", "password": PASSWORD})
    connection.request("POST", "/sign-in", body, headers)
    assert connection.getresponse().status == 303
    connection.close()
    seen = member.browser.visit("/sessions").page.text
    assert "127.0.0.77" in seen
    assert "203.0.113.9" not in seen


def test_pages_come_as_the_application_sent_them(site: Site) -> None:
    """Compressed where it compresses, marked as its own, and never compressed by the proxy."""
    head = b"GET %s HTTP/1.1\r\nHost: localhost:%d\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n"
    for path, encoding in (b"/sign-in", True), (b"/join/none", False):
        with site.proxy.connect() as connection:
            connection.sendall(head % (path, site.proxy.port))
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0].lower()
        assert (b"content-encoding: " in answer) is encoding, answer
        assert b"spare-key: 1" in answer


def upload(member: Member, size: int) -> dict[str, Any]:
    """A vault file of this size, for the members’ own browser to have sealed."""
    vault = member.vault
    header, _, file = vault.sealed(vault.opened.body, vault.opened.manifest["organisation_key"])
    file = file.ljust(size, b"x")
    return vault.browser.sign_file(vault.state.signer, "/vault/file", {**header, "file_sha256": sha256_hex(file)}, file)


def test_the_largest_vault_is_saved_and_a_larger_one_is_refused_with_the_reason(site: Site, member: Member) -> None:
    with pytest.raises(ServerRefused) as refused:
        upload(member, limits.VAULT_FILE_BYTES + 1)
    assert (refused.value.status, refused.value.code) == (413, "too_large")
    with pytest.raises(ServerRefused) as larger:
        upload(member, 48 * MIB + 1)
    if site.proxy.kind == "nginx":  # what Caddy cuts off comes to any end; no page of ours sends so much
        assert (larger.value.status, larger.value.code) == (413, "size_limit")
    assert upload(member, limits.VAULT_FILE_BYTES)["counter"] == 2


IMPATIENT = {
    "caddy": {"read_body 2m": "read_body 1s"},
    "nginx": {"client_body_timeout 20s": "client_body_timeout 1s"},
}
"""Nobody waits for minutes here."""


@pytest.mark.parametrize("kind", KINDS)
def test_who_sends_no_more_is_cut_off(kind: str, database_url: str, tmp_path: Path) -> None:
    proxy = Proxy(kind, tmp_path / "proxy", changed=IMPATIENT[kind])
    with running(proxy, database_url, tmp_path), proxy.connect() as connection:
        head = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{proxy.port}\r\nContent-Length: 1000\r\n\r\nemail"
        connection.sendall(head.encode())
        connection.settimeout(patience.HUNG)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"spare-key" not in answer.lower(), "the application was not asked"
        with opener(proxy)("/sign-in") as page:
            assert page.status == 200
