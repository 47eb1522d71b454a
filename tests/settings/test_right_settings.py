"""Settings that may be spelt in several ways, those with a usual value, and secrets that come from files."""

import ipaddress
from pathlib import Path

import pytest

from tests.support.servers.environments import KEY, PRODUCTION, SECRET
from webapp.config import ConfigurationError, examine, load
from webapp.settings.source import SECRETS


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://STRASSE.example", "https://strasse.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://ßeta.example:8443", "https://xn--eta-4ka.example:8443"),
        ("https://keys。example", "https://keys.example"),
        ("https://my_keys.example", "https://my_keys.example"),
        (" https://keys.example.com\n", "https://keys.example.com"),
        ("HTTPS://keys.example.com", "https://keys.example.com"),
        ("https://[2001:DB8:0:0:0:0:0:1]", "https://[2001:db8::1]"),
        ("https://192.0.2.1", "https://192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_browsers_make_of_it(given: str, origin: str) -> None:
    assert load({**PRODUCTION, "PUBLIC_URL": given})["ORIGIN"] == origin


def test_how_it_is_served_has_usual_values() -> None:
    settings = load(PRODUCTION)
    found = {name: settings[name] for name in ("BIND", "PORT", "WORKERS", "THREADS", "METRICS_BIND", "METRICS_PORT")}
    usual = {"BIND": "127.0.0.1", "PORT": 8000, "WORKERS": 2, "THREADS": 8}
    assert found == {**usual, "METRICS_BIND": "127.0.0.1", "METRICS_PORT": None}


def test_how_it_is_served_can_be_chosen() -> None:
    chosen = {"BIND": "0.0.0.0", "PORT": "80", "WORKERS": "4", "THREADS": "16", "METRICS_PORT": "9100"}
    settings = load({**PRODUCTION, **chosen, "METRICS_BIND": "[::1]"})
    assert {name: str(settings[name]) for name in chosen} == chosen
    assert settings["METRICS_BIND"] == "::1"


def test_networks_are_a_list() -> None:
    given = "192.0.2.0/24, 2001:db8::/48\n198.51.100.7"
    expected = [ipaddress.ip_network(each) for each in ("192.0.2.0/24", "2001:db8::/48", "198.51.100.7/32")]
    assert load({**PRODUCTION, "TRUSTED_NETWORKS": given})["TRUSTED_NETWORKS"] == tuple(expected)
    assert load(PRODUCTION)["TRUSTED_NETWORKS"] == ()


@pytest.mark.parametrize(
    "url", ["postgresql:///sparekey", "postgresql:///?dbname=sparekey&host=/run", "postgresql:///?service=keys"]
)
def test_a_database_may_be_named_in_several_ways(url: str) -> None:
    assert load({**PRODUCTION, "DATABASE_URL": url})["SQLALCHEMY_DATABASE_URI"] == url.replace(
        "sql:", "sql+psycopg:", 1
    )


@pytest.mark.parametrize(
    "sender", ["keys@example.com", '"Keys, Spare" <keys@example.com>', "Schlüssel <keys@bücher.example>"]
)
def test_a_sender_has_a_name_or_none(sender: str) -> None:
    assert load({**PRODUCTION, "MAIL_FROM": sender})["MAIL_FROM"] == sender


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_come_from_a_file(tmp_path: Path, name: str, end: str) -> None:
    path = tmp_path / "secret"
    path.write_text(PRODUCTION[name] + end, newline="")
    environ = {key: value for key, value in PRODUCTION.items() if key != name} | {f"{name}_FILE": str(path)}
    assert load(environ) == load(PRODUCTION)
    assert {each.name: each.shown for each in examine(environ)}[name].endswith(f" (from {path})")


def test_a_setting_that_is_empty_leaves_its_place_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    environ = {**PRODUCTION, "SECRET_KEYS": "", "SECRET_KEYS_FILE": str(tmp_path / "secret"), "SMTP_URL_FILE": ""}
    assert load(environ)["SECRET_KEYS"] == [SECRET]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe\x00", "no short text"), (b"a" * 70_000, "no short text")],
)
def test_a_file_has_to_hold_a_secret(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert why in _refused(str(tmp_path / "secret"))


@pytest.mark.parametrize(
    ("path", "why"), [("none", "No such file"), (".", "Is a directory"), ("a\0b", "that is no path")]
)
def test_a_file_has_to_be_there(tmp_path: Path, path: str, why: str) -> None:
    sentence = _refused(f"{tmp_path}/{path}")
    assert sentence.startswith("SEALING_KEYS_FILE must name a file that Spare Key may read")
    assert why in sentence


def _refused(path: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load({**PRODUCTION, "SEALING_KEYS": "", "SEALING_KEYS_FILE": path})
    return str(refused.value)


def test_a_key_in_quotation_marks_is_not_told() -> None:
    with pytest.raises(ConfigurationError, match="stands in quotation marks") as refused:
        load({**PRODUCTION, "SEALING_KEYS": f"'{KEY}'"})
    assert KEY not in str(refused.value)
