"""Every setting that can be wrong is refused by one sentence: it names it, says how to mend it, and tells no secret."""

from pathlib import Path

import pytest

from tests.support.servers.environments import KEY, PASSWORD, PRODUCTION, SECRET, sealing_key
from webapp.config import SETTINGS, ConfigurationError, examine, load

WRONG = [
    ("SPAREKEY_MODE", "prod", "set it to one of production, development, testing"),
    ("SPAREKEY_MODE", "Production", "set it to one of"),
    ("SPAREKEY_MODE", "development", "where everybody reads everybody’s mail"),
    ("DATABASE_URL", "postgresql://", "names no database"),
    ("DATABASE_URL", "postgresql://sparekey@database", "names no database"),
    ("DATABASE_URL", "postgresql://sparekey@database/", "names no database"),
    ("DATABASE_URL", "postgresql:///?host=/run/postgresql", "names no database"),
    ("DATABASE_URL", "postgresql://sparekey@database/template1", "a template of PostgreSQL"),
    ("DATABASE_URL", f"postgresql://sparekey:{PASSWORD}@1/2@database/sparekey", "%40 for @ and %2F for /"),
    ("DATABASE_URL", f"postgresql://sparekey:{PASSWORD}@database:port/sparekey", "can’t be read"),
    ("DATABASE_URL", "postgresql://sparekey@database/sparekey?sslmod=require", "an option after its ?"),
    ("DATABASE_URL", "postgresql+asyncpg://sparekey@database/sparekey", "must start with postgresql://"),
    ("DATABASE_URL", "mysql://sparekey@database/sparekey", "must start with postgresql://"),
    ("DATABASE_URL", "/srv/sparekey.sqlite3", "must start with postgresql://"),
    ("DATABASE_URL", "sqlite:///relative.db", "with four slashes"),
    ("DATABASE_URL", "sqlite://relative.db", "with four slashes"),
    ("DATABASE_URL", "sqlite://", "with four slashes"),
    ("DATABASE_URL", "sqlite:///:memory:", "with four slashes"),
    ("DATABASE_URL", "sqlite:////srv/sparekey/", "with four slashes"),
    ("DATABASE_URL", "'sqlite:////srv/sparekey.sqlite3'", "stands in quotation marks"),
    ("DATABASE_URL", "${DATABASE_URL}", "nobody filled in"),
    ("PUBLIC_URL", "keys.example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https//keys.example.com", "set it to a whole address"),
    ("PUBLIC_URL", "ftp://keys.example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys.example.com.", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys.example.com\\admin", "set it to a whole address"),
    ("PUBLIC_URL", "https://-keys.example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https://[keys.example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys..example.com", "set it to a whole address"),
    ("PUBLIC_URL", "https://☕.example", "set it to a whole address"),
    ("PUBLIC_URL", "https://xn--a.example", "set it to a whole address"),
    ("PUBLIC_URL", "https://2130706433", "set it to a whole address"),
    ("PUBLIC_URL", "https://192.168.1", "set it to a whole address"),
    ("PUBLIC_URL", "https://[::ffff:192.0.2.1]", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys.example.com:0", "set it to a whole address"),
    ("PUBLIC_URL", "https://keys.example.com:99999", "set it to a whole address"),
    ("PUBLIC_URL", f"https://user:{PASSWORD}@keys.example.com", "scheme and host only"),
    ("PUBLIC_URL", f"https://:{PASSWORD}@keys.example.com", "scheme and host only"),
    ("PUBLIC_URL", "https://keys.example.com/?a", "scheme and host only"),
    ("PUBLIC_URL", "http://keys.example.com", "browsers refuse to encrypt on http"),
    ("PUBLIC_URL", '"https://keys.example.com"', "stands in quotation marks"),
    ("PUBLIC_URL", "<address>", "nobody filled in"),
    ("TRUSTED_PROXIES", "yes", "how many proxies"),
    ("TRUSTED_PROXIES", "127.0.0.1", "how many proxies"),
    ("TRUSTED_PROXIES", "²", "how many proxies"),
    ("TRUSTED_PROXIES", "0", "put a proxy in front"),
    ("SMTP_URL", "mail.example.com:587", "can’t be read"),
    ("SMTP_URL", f"smtp://user:{PASSWORD}#1@mail.example.com", "in a password, % is %25"),
    ("SMTP_URL", f"smtp://user:{PASSWORD}/1@mail.example.com", "in a password, % is %25"),
    ("SMTP_URL", f"smtp://user:{PASSWORD}%1@mail.example.com", "in a password, % is %25"),
    ("SMTP_URL", "smtp://mail.example.com/inbox", "can’t be read"),
    ("SMTP_URL", "smtp://mail_.example..com", "can’t be read"),
    ("SMTP_URL", "smtp://[mail.example.com", "can’t be read"),
    ("SMTP_URL", "smtp://user@mail.example.com", "but not both"),
    ("SMTP_URL", f"smtp://user:{PASSWORD}@mail.example.com:465", "set it to smtps://…:465"),
    ("SMTP_URL", f"smtps://user:{PASSWORD}@mail.example.com:587", "set it to smtp://…:587"),
    ("SMTP_URL", f"smtp+plain://user:{PASSWORD}@mail.example.com", "in plain text"),
    ("MAIL_FROM", "", "MAIL_FROM is missing: set it to the sender, such as 'Spare Key <keys@example.com>'."),
    ("MAIL_FROM", "Spare Key", "MAIL_FROM is missing"),
    (
        "MAIL_FROM",
        "keys@example.com, ops@example.com",
        "set it to one address, such as 'Spare Key <keys@example.com>'.",
    ),
    ("MAIL_FROM", "Keys <keys@example.com> Ops <ops@example.com>", "not one sender alone"),
    ("MAIL_FROM", "team: keys@example.com, ops@example.com;", "not one sender alone"),
    ("MAIL_FROM", "Keys <keys@example.com", "not one sender alone"),
    ("MAIL_FROM", "keys@example..com", "not one sender alone"),
    ("MAIL_FROM", "keys@exa mple.com", "not one sender alone"),
    ("MAIL_FROM", "keys@[192.0.2.7]", "not one sender alone"),
    ("MAIL_FROM", "schlüssel@example.com", "MAIL_FROM has letters before the @"),
    ("SECRET_KEYS", "short", "shorter than 32 characters"),
    ("SECRET_KEYS", "a" * 64, "a pattern or a word"),
    ("SECRET_KEYS", "0123456789" * 4, "a pattern or a word"),
    ("SECRET_KEYS", "abcdefghijklmnopqrstuvwxyz{|}~" + chr(127) + chr(128), "a pattern or a word"),
    ("SECRET_KEYS", "please-changeme-please-before-you-go", "a pattern or a word"),
    ("SECRET_KEYS", f"{SECRET},{'b' * 64}", "a pattern or a word"),
    ("SEALING_KEYS", "A" * 43 + "=", "at its entry 1"),
    ("SEALING_KEYS", f"{KEY},2026:short", "at its entry 2"),
    ("SEALING_KEYS", f"{KEY},{sealing_key('2026-11-29', b'x' * 32)}", "two keys under the id “2026-11-29”"),
    ("SEALING_KEYS", sealing_key("2027", bytes(32)), "a key that is a pattern"),
    ("SEALING_KEYS", sealing_key("2027", b"a" * 32), "a key that is a pattern"),
    ("SEALING_KEYS", sealing_key("2027", b"12345678" * 4), "a key that is a pattern"),
    ("SEALING_KEYS", sealing_key("2027", bytes(range(32))), "a key that is a pattern"),
    ("SEALING_KEYS", sealing_key("2027", bytes(range(32, 0, -1))), "a key that is a pattern"),
    ("TRUSTED_NETWORKS", "office", "set it to networks such as"),
    ("TRUSTED_NETWORKS", "192.0.2.0/33", "set it to networks such as"),
    ("TRUSTED_NETWORKS", "192.0.2.5/24", "set it to 192.0.2.0/24"),
    ("TRUSTED_NETWORKS", "192.0.2.0/24, 0.0.0.0/0", "which is everybody"),
    ("TRUSTED_NETWORKS", "::/0", "which is everybody"),
    ("TRUSTED_NETWORKS", "::ffff:192.0.2.0/120", "IPv4 in disguise"),
    ("BIND", "keys.example.com", "an address of this machine"),
    ("BIND", "0.0.0.0:8000", "an address of this machine"),
    ("BIND", "*", "an address of this machine"),
    ("PORT", "99999", "a whole number from 1 to 65535"),
    ("PORT", "0", "a whole number from 1 to 65535"),
    ("PORT", "http", "a whole number from 1 to 65535"),
    ("PORT", "-1", "a whole number from 1 to 65535"),
    ("PORT", "٨٠٠٠", "a whole number from 1 to 65535"),
    ("WORKERS", "0", "a whole number from 1 to 64"),
    ("WORKERS", "two", "a whole number from 1 to 64"),
    ("THREADS", "1.5", "a whole number from 1 to 256"),
    ("METRICS_PORT", "70000", "a whole number from 1 to 65535"),
    ("METRICS_PORT", "8000", "the same as PORT"),
    ("METRICS_BIND", "monitoring", "an address of this machine"),
    ("SPAREKEY_INSTANCE", "instance", "from / on"),
    ("SPAREKEY_INSTANCE", __file__, "the path of a folder"),
    ("FLASK_DEBUG", "1", "set it to 0"),
    ("FLASK_DEBUG", "true", "set it to 0"),
    ("SEALING_KEYS_FILE", "/run/secrets/sealing", "are both set"),
    ("DATABASE_URL_FILE", "/run/secrets/database", "are both set"),
    ("SECRET_KEYS", f"SECRET_KEYS={SECRET}", "leave out “SECRET_KEYS=”"),
    ("PUBLIC_URL", "export PUBLIC_URL=https://keys.example.com", "leave out “PUBLIC_URL=”"),
    ("SECRETKEYS", SECRET, "rename it to SECRET_KEYS"),
    ("SECRET_KEY", SECRET, "rename it to SECRET_KEYS"),
    ("SEALING_KEY", KEY, "rename it to SEALING_KEYS"),
    ("TRUSTED_PROXY", "1", "rename it to TRUSTED_PROXIES"),
    ("TRUSTED_NETWORK", "192.0.2.0/24", "rename it to TRUSTED_NETWORKS"),
    ("MAIL_FORM", "keys@example.com", "rename it to MAIL_FROM"),
    ("SMTPURL", "none", "rename it to SMTP_URL"),
    ("PUBLIC_URI", "https://keys.example.com", "rename it to PUBLIC_URL"),
    ("public_url", "https://keys.example.com", "rename it to PUBLIC_URL"),
    ("DATABASE_URL_FIL", "/run/secrets/database", "rename it to DATABASE_URL_FILE"),
    ("PUBLIC_URL_FILE", "/run/secrets/address", "only secrets come from a file"),
    ("SPAREKEY_PUBLIC_URL", "https://keys.example.com", "rename it to PUBLIC_URL"),
    ("SPAREKEY_MOD", "production", "rename it to SPAREKEY_MODE"),
    ("SPAREKEY_COLOUR", "red", "take it out of the environment"),
    ("THREAD", "4", "rename it to THREADS"),
]
"""Name, value, and what the sentence says."""
SECRETS = (PASSWORD, SECRET, KEY.partition(":")[2], "changeme")


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        load(environ)
    return str(refused.value)


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_setting_is_refused_by_one_sentence(name: str, value: str, said: str) -> None:
    sentence = refusal({**PRODUCTION, name: value})
    assert said in sentence
    assert (sentence.count("\n"), sentence[-1]) == (0, ".")
    assert not [secret for secret in SECRETS if secret in sentence]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_whoever_looks_at_all_of_them_finds_the_same(name: str, value: str, said: str) -> None:
    problems = [found.problem for found in examine({**PRODUCTION, name: value}) if found.problem]
    assert [problem for problem in problems if said in problem] == problems[:1]


def test_a_file_that_was_filled_as_the_environment_is_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"SECRET_KEYS={SECRET}\n")
    sentence = refusal({**PRODUCTION, "SECRET_KEYS": "", "SECRET_KEYS_FILE": str(tmp_path / "secret")})
    assert "leave out “SECRET_KEYS=”, in the file, too" in sentence
    assert SECRET not in sentence


def test_one_look_finds_everything_that_is_wrong() -> None:
    first = {name: (value, said) for name, value, said in reversed(WRONG) if name in SETTINGS}
    found = {each.name: each.problem for each in examine({name: value for name, (value, _) in first.items()})}
    assert [name for name, (_, said) in first.items() if said not in found[name]] == []
    assert set(first) == set(SETTINGS)


def test_what_is_right_is_shown_without_its_secrets() -> None:
    found = list(examine(PRODUCTION))
    assert [each.name for each in found] == list(SETTINGS)
    assert [each.problem for each in found if each.problem] == []
    shown = {each.name: each.shown for each in found}
    assert shown["DATABASE_URL"] == "postgresql, sparekey at database"
    assert shown["SMTP_URL"] == "mail.example.com, port 587, starttls"
    assert (shown["SECRET_KEYS"], shown["SEALING_KEYS"]) == ("1 of them", "2026-11-29")
    assert (shown["METRICS_PORT"], shown["TRUSTED_NETWORKS"], shown["WORKERS"]) == ("off", "none", "2")
    assert not [secret for secret in SECRETS for line in shown.values() if secret in line]


@pytest.mark.parametrize(
    "name",
    [
        *("PATH", "HOME", "LANG", "HOSTNAME", "PYTHONPATH", "VIRTUAL_ENV", "HTTP_PROXY", "no_proxy", "USER", "MAIL"),
        *("OMP_NUM_THREADS", "WEB_CONCURRENCY", "FLASK_APP", "PGHOST", "PGPASSWORD", "TEST_DATABASE_URL", "SMTP_HOST"),
        *("HOST", "REPORT", "DATABASE_URL_READ_ONLY", "CREDENTIALS_DIRECTORY", "KUBERNETES_SERVICE_PORT", "BINDIR"),
        *("SPAREKEY_SERVICE_HOST", "SPAREKEY_PORT_8000_TCP_ADDR", "SPAREKEY_PORT", "GRANIAN_LOG_LEVEL", "PUBLIC_IP"),
    ],
)
def test_what_others_set_is_none_of_our_business(name: str) -> None:
    assert load({**PRODUCTION, name: "something"})["MODE"] == "production"


def test_a_misspelt_name_stops_nobody_who_develops(tmp_path: Path) -> None:
    environ = {"SPAREKEY_MODE": "development", "SPAREKEY_INSTANCE": str(tmp_path), "SECRET_KEY": "of another project"}
    assert load(environ)["MODE"] == "development"
    assert [found.name for found in examine(environ) if found.problem] == ["SECRET_KEY"]


@pytest.mark.parametrize("url", ["https://keys.example.com", "https://192.0.2.1", "https://localhost.example.com"])
def test_development_is_for_this_computer_alone(url: str, tmp_path: Path) -> None:
    environ = {"SPAREKEY_MODE": "development", "SPAREKEY_INSTANCE": str(tmp_path), "PUBLIC_URL": url}
    assert "set it to production" in refusal(environ)
    assert load({**environ, "PUBLIC_URL": "https://sparekey.localhost:8443"})["MODE"] == "development"


def test_development_listens_on_this_computer_alone(tmp_path: Path) -> None:
    environ = {"SPAREKEY_MODE": "development", "SPAREKEY_INSTANCE": str(tmp_path), "BIND": "0.0.0.0"}
    assert "set it to 127.0.0.1" in refusal(environ)


def test_a_pattern_may_stay_as_a_former_sealing_key_so_that_what_it_sealed_opens() -> None:
    assert load({**PRODUCTION, "SEALING_KEYS": f"{KEY},{sealing_key('2027', bytes(32))}"})["MODE"] == "production"
