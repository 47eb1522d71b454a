"""Network addresses in every spelling: one host is one, and what is none has one bucket with all that is none."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp.network_addresses import UNKNOWN, canonical, is_among, origin

JUNK = (None, "", " ", "unknown", "_hidden", "unix:", "localhost", "1.2.3", "256.0.0.1", "1.2.3.4.5", ":", "[", "[]")
MORE_JUNK = ("[1.2.3.4", "2001:db8::1::2", "2001:db8::1:443:99999:1:2:3:4", "1.2.3.4, 5.6.7.8", "é" * 300, "1.2.3.4:x")


@pytest.mark.parametrize(
    ("written", "host", "bucket"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7", "192.0.2.7"),
        ("[192.0.2.7]:443", "192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("::ffff:c000:207", "192.0.2.7", "192.0.2.7"),
        ("[::FFFF:192.0.2.7]:51234", "192.0.2.7", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0::1", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::ffff:2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("[fe80::1%25en0]:8080", "fe80::1", "fe80::/64"),
        ("::1", "::1", "::/64"),
        *((text, UNKNOWN, UNKNOWN) for text in (*JUNK, *MORE_JUNK)),
    ],
)
def test_each_spelling_is_one_host_in_one_bucket(written: str | None, host: str, bucket: str) -> None:
    assert (canonical(written), origin(written)) == (host, bucket)


@given(some.text(max_size=60))
def test_whatever_is_written_there_is_a_bucket_that_fits_its_column(text: str) -> None:
    assert 0 < len(canonical(text)) <= 45
    assert origin(text)


@given(some.ip_addresses(v=4), some.integers(0, 65535))
def test_an_ipv4_host_is_one_however_it_is_wrapped(host: ipaddress.IPv4Address, port: int) -> None:
    spellings = (f"{host}", f"{host}:{port}", f"::ffff:{host}", f"[::ffff:{host}]:{port}", f"64:ff9b::{host}%1")
    assert {origin(spelling) for spelling in spellings} == {str(host)}


def test_networks_hold_addresses_of_their_own_version() -> None:
    networks = [ipaddress.ip_network("198.51.100.0/24"), ipaddress.ip_network("2001:db8::/32")]
    inside = ("198.51.100.4", "198.51.100.4:1", "::ffff:198.51.100.4", "[2001:db8:1::1]:2")
    outside = ("198.51.101.4", "2001:db9::1", "", "unknown", None)
    assert [is_among(text, networks) for text in inside] == [True] * len(inside)
    assert [is_among(text, networks) for text in outside] == [False] * len(outside)
    assert not is_among("198.51.100.4", [])
