"""Settings: what production refuses, what development makes by itself."""

import concurrent.futures
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers.environments import drawn, sealing_key
from webapp.config import ConfigurationError, load

SEALING_KEY = sealing_key("2026")
FIRST, SECOND = drawn("first").hex()[:32], drawn("second").hex()
PRODUCTION = {
    "DATABASE_URL": "postgresql://sparekey@database/sparekey",
    "PUBLIC_URL": "https://keys.example.com",
    "SMTP_URL": "smtp://user:pass%20word@mail.example.com",
    "MAIL_FROM": "Spare Key <keys@example.com>",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEYS": f"{FIRST},{SECOND}",
    "SEALING_KEYS": SEALING_KEY,
}


@pytest.fixture
def development(tmp_path: Path) -> dict[str, str]:
    return {"SPAREKEY_MODE": "development", "SPAREKEY_INSTANCE": str(tmp_path / "instance")}


def test_production_is_the_default() -> None:
    assert load(PRODUCTION)["MODE"] == "production"


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_names_what_is_missing(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} is missing: set it to .+\\.$"):
        load({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPAREKEY_MODE", "prod"),
        ("DATABASE_URL", "mysql://database/sparekey"),
        ("DATABASE_URL", "sparekey.sqlite3"),
        ("PUBLIC_URL", "keys.example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://keys.example.com:99999"),
        ("PUBLIC_URL", "https://keys.example.com/sparekey"),
        ("PUBLIC_URL", "https://me@keys.example.com"),
        ("PUBLIC_URL", "http://keys.example.com"),
        ("PUBLIC_URL", "http://192.168.1.2:8000"),
        ("TRUSTED_PROXIES", "yes"),
        ("TRUSTED_PROXIES", "-1"),
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "https://mail.example.com"),
        ("MAIL_FROM", "Spare Key"),
        ("MAIL_FROM", "keys@example.com\nBcc: everyone@example.com"),
        ("SECRET_KEYS", "short"),
        ("SECRET_KEYS", f"{FIRST},short"),
        ("SEALING_KEYS", "A" * 43 + "="),
        ("SEALING_KEYS", "2026:short"),
        ("SEALING_KEYS", f"{SEALING_KEY},{SEALING_KEY}"),
        ("SECRET_KEYS", SEALING_KEY.removeprefix("2026:")),
    ],
)
def test_an_unsafe_setting_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^[^\n]+( must | set it to )[^\n]+\.$"):
        load({**PRODUCTION, name: value})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://user@host/name", "postgresql+psycopg://user@host/name"),
        ("postgresql://user@host/name?sslmode=require", "postgresql+psycopg://user@host/name?sslmode=require"),
        ("postgresql+psycopg://user@host/name", "postgresql+psycopg://user@host/name"),
        ("sqlite:////srv/sparekey.sqlite3", "sqlite:////srv/sparekey.sqlite3"),
    ],
)
def test_it_names_the_database_driver(given: str, meant: str) -> None:
    assert load({**PRODUCTION, "DATABASE_URL": given})["SQLALCHEMY_DATABASE_URI"] == meant


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Keys.Example.com/", "https://keys.example.com"),
        ("https://keys.example.com:443", "https://keys.example.com"),
        ("https://keys.example.com:8443", "https://keys.example.com:8443"),
        ("https://schlüssel.example", "https://xn--schlssel-95a.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_origin_is_spelt_as_browsers_spell_it(given: str, origin: str) -> None:
    assert load({**PRODUCTION, "PUBLIC_URL": given})["ORIGIN"] == origin


@pytest.mark.parametrize(
    ("url", "port", "encryption"),
    [
        ("smtp://mail.example.com", 587, "starttls"),
        ("smtps://mail.example.com", 465, "tls"),
        ("smtp+plain://localhost:1025", 1025, "none"),
    ],
)
def test_it_reads_where_mail_goes(url: str, port: int, encryption: str) -> None:
    server = load({**PRODUCTION, "SMTP_URL": url})["SMTP"]
    assert (server.port, server.encryption) == (port, encryption)


@pytest.mark.parametrize("between", [",", ", ", "\n", " ,\r\n", "\t"])
def test_blanks_and_line_breaks_around_keys_say_nothing(between: str) -> None:
    other = sealing_key("2026-11-29")
    given = f" {other}{between}{SEALING_KEY}\n"
    assert load({**PRODUCTION, "SEALING_KEYS": given})["SEALING_KEYS"] == [other, SEALING_KEY]


def test_two_keys_under_one_id_are_refused_by_its_name() -> None:
    other = sealing_key("2026", drawn("another"))
    with pytest.raises(ConfigurationError, match="two keys under the id “2026”"):
        load({**PRODUCTION, "SEALING_KEYS": f"{other},{SEALING_KEY}"})


@pytest.mark.parametrize("key_id", ["2026-11-29A", "Ä", "", "a_b", "a" * 33])
def test_an_id_comes_in_one_spelling_only(key_id: str) -> None:
    with pytest.raises(ConfigurationError, match="at its entry 2: set it to id:key"):
        load({**PRODUCTION, "SEALING_KEYS": f"{SEALING_KEY},{key_id}:{'B' * 43}="})


def test_a_setting_that_is_refused_ends_a_process_with_its_sentence_alone() -> None:
    with pytest.raises(SystemExit) as ended:
        load({**PRODUCTION, "SEALING_KEYS": "2026:short"})
    assert ended.value.code == str(ended.value)


def test_it_reads_who_hands_over_the_mail_and_does_not_print_the_password() -> None:
    server = load(PRODUCTION)["SMTP"]
    assert (server.username, server.password) == ("user", "pass word")
    assert "pass word" not in repr(server)


def test_running_without_mail_has_to_be_said() -> None:
    assert load({**PRODUCTION, "SMTP_URL": "none", "MAIL_FROM": ""})["SMTP"] is None


def test_that_no_proxy_stands_in_front_has_to_be_said(development: dict[str, str]) -> None:
    here = {"PUBLIC_URL": "http://localhost:8000", "TRUSTED_PROXIES": "0"}
    assert load({**PRODUCTION, **here})["TRUSTED_PROXIES"] == 0
    assert load(development)["TRUSTED_PROXIES"] == 0


def test_it_reads_the_networks_that_share_few_addresses() -> None:
    given = "198.51.100.0/24, 2001:db8::/32,\n192.0.2.7"
    networks = load({**PRODUCTION, "TRUSTED_NETWORKS": given})["TRUSTED_NETWORKS"]
    assert [str(network) for network in networks] == ["198.51.100.0/24", "2001:db8::/32", "192.0.2.7/32"]
    assert load(PRODUCTION)["TRUSTED_NETWORKS"] == ()


def test_the_first_key_is_the_current_one() -> None:
    settings = load(PRODUCTION)
    assert settings["SECRET_KEY"] == FIRST
    assert settings["SECRET_KEY_FALLBACKS"] == [SECOND]
    assert settings["SEALING_KEYS"] == [SEALING_KEY]


def test_the_production_cookie_is_bound_to_the_host() -> None:
    settings = load(PRODUCTION)
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert (settings["SESSION_COOKIE_SECURE"], settings["SESSION_COOKIE_HTTPONLY"]) == (True, True)
    assert (settings["SESSION_COOKIE_SAMESITE"], settings["SESSION_COOKIE_PATH"]) == ("Lax", "/")
    assert settings.get("SESSION_COOKIE_DOMAIN") is None


def test_the_development_cookie_works_without_tls(development: dict[str, str]) -> None:
    settings = load(development)
    assert not settings["SESSION_COOKIE_SECURE"]
    assert not settings["SESSION_COOKIE_NAME"].startswith("__")


def test_development_needs_no_setting(development: dict[str, str]) -> None:
    settings = load({**development, "PORT": "8123"})
    assert settings["ORIGIN"] == "http://localhost:8123"
    assert settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///")


def test_development_keeps_its_keys_where_only_the_owner_reads_them(development: dict[str, str]) -> None:
    first, second = load(development), load(development)
    assert _keys(first) == _keys(second)
    files = list(Path(development["SPAREKEY_INSTANCE"]).iterdir())
    assert sorted(file.name for file in files) == ["sealing-keys", "secret-keys"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_workers_that_start_together_agree_on_the_keys(development: dict[str, str]) -> None:
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        settings = list(pool.map(load, [development] * 64))
    assert len({str(_keys(each)) for each in settings}) == 1


def test_testing_writes_nothing(development: dict[str, str]) -> None:
    load({**development, "SPAREKEY_MODE": "testing", "DATABASE_URL": "sqlite://"})
    assert not Path(development["SPAREKEY_INSTANCE"]).exists()


def _keys(settings: dict[str, Any]) -> tuple[list[str], list[str]]:
    return settings["SECRET_KEYS"], settings["SEALING_KEYS"]
