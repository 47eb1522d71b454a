"""Email addresses: every spelling of one is one account, and what is none is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp import limits
from webapp.email_addresses import NoAddress, is_address, key_of, keys_of, parse, spelled, wire_of

ADA, JOSE = "ada@bücher.example", "josé@example.org"
A_LABEL = "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("written", "text", "key", "wire"),
    [
        ("ada@example.org", "ada@example.org", "ada@example.org", "ada@example.org"),
        (" Ada.Pier@Example.ORG\n", "Ada.Pier@example.org", "ada.pier@example.org", "Ada.Pier@example.org"),
        ("SUPPORT@example.org", "SUPPORT@example.org", "support@example.org", "SUPPORT@example.org"),
        ("mailto:ada@example.org", "ada@example.org", "ada@example.org", "ada@example.org"),
        ("MAILTO:ada%2Bkeys@example.org?subject=Hi", "ada+keys@example.org", "ada+keys@example.org", None),
        ("<ada@example.org>", "ada@example.org", "ada@example.org", "ada@example.org"),
        ("< mailto:ada@example.org >", "ada@example.org", "ada@example.org", "ada@example.org"),
        ("ada@example.org.", "ada@example.org", "ada@example.org", "ada@example.org"),
        (ADA, ADA, A_LABEL, A_LABEL),
        (A_LABEL, ADA, A_LABEL, A_LABEL),
        ("Ada@XN--BCHER-KVA.example", "Ada@bücher.example", A_LABEL, "Ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", ADA, A_LABEL, A_LABEL),
        ("ada@BÜCHER.Example", ADA, A_LABEL, A_LABEL),
        ("ada@bücher。example", ADA, A_LABEL, A_LABEL),
        ("ada@straße.example", "ada@straße.example", "ada@xn--strae-oqa.example", "ada@xn--strae-oqa.example"),
        (JOSE, JOSE, JOSE, JOSE),
        ("jose\u0301@example.org", JOSE, JOSE, JOSE),
        ("JOSÉ@example.org", "JOSÉ@example.org", JOSE, "JOSÉ@example.org"),
        ("ada@keys.local", "ada@keys.local", "ada@keys.local", "ada@keys.local"),
        ("ada@company.test", "ada@company.test", "ada@company.test", "ada@company.test"),
        ("ada@corp.internal", "ada@corp.internal", "ada@corp.internal", "ada@corp.internal"),
        ("ada@intranet", "ada@intranet", "ada@intranet", "ada@intranet"),
        ("ada@localhost", "ada@localhost", "ada@localhost", "ada@localhost"),
        ("o'hara+keys@example.org", "o'hara+keys@example.org", "o'hara+keys@example.org", "o'hara+keys@example.org"),
    ],
)
def test_each_spelling_is_kept_in_one_form_and_found_by_one_key(
    written: str, text: str, key: str, wire: str | None
) -> None:
    found = parse(written)
    assert (found.text, found.key, found.wire) == (text, key, wire or text)
    assert key_of(written) == key
    assert parse(found.text).key == parse(found.wire).key == parse(found.key).key == key


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "ada", "ada@", "@example.org", "a b@example.org", "ada@exa mple.org", "ada@@example.org"),
        *("ada@example..org", "ada@.example.org", "ada@-example.org", ".ada@example.org", "ada.@example.org"),
        *("Ada <ada@example.org>", '"a b"@example.org', "ada@[192.0.2.7]", "ada@example.org, bob@example.org"),
        *("ada\n@example.org", "ada@example.org\nBcc: all@example.org", "ada\x00@example.org", "a\u200bda@example.org"),
        *("ada@exam\u200bple.org", "ada@exam\u00adple.org", "\u202eada@example.org", "ada@xn--a.example"),
        *(
            "<>",
            "mailto:",
            f"{'a' * 300}@example.org",
            f"ada@{'a' * 64}.org",
            f"ada@{'a.' * 130}org",
        ),
        *("ada@example.org..", "\ud800@a.org"),
        *(f"ada@{'ü' * 60}.{'ü' * 60}.{'ü' * 60}.{'ü' * 60}.org", "é" * 2_000),
    ],
)
def test_what_is_none_is_refused(written: str) -> None:
    with pytest.raises(NoAddress):
        parse(written)
    assert not is_address(written)
    assert key_of(written) == spelled(written)


def test_letters_of_other_languages_behind_the_at_need_no_special_server() -> None:
    assert not parse(ADA).needs_smtputf8
    assert parse(JOSE).needs_smtputf8
    assert parse("josé@bücher.example").wire == "josé@xn--bcher-kva.example"


def test_different_people_stay_different() -> None:
    different = ["strauß", "strauss", "a.da", "ada", "ada+x", "ad_a"]
    assert len({key_of(f"{one}@example.org") for one in different}) == len(different)


def test_what_was_kept_by_another_rule_is_found_by_its_spelling() -> None:
    assert keys_of(A_LABEL) == {A_LABEL}
    assert keys_of("ADA@bücher.example ") == {A_LABEL, ADA}
    assert keys_of("ada@[192.0.2.7]") == {"ada@[192.0.2.7]"}
    assert wire_of("ada@[192.0.2.7]") == "ada@[192.0.2.7]"


@given(some.text(max_size=300))
def test_whatever_is_written_has_a_key_that_fits_its_column(text: str) -> None:
    assert len(key_of(text)) <= limits.EMAIL_CHARACTERS
    assert len(key_of(text).strip()) == len(key_of(text))


@given(some.emails())
def test_an_address_is_the_same_again_however_often_it_is_read(email: str) -> None:
    if is_address(email):
        found = parse(email)
        assert parse(found.text) == found
        assert parse(email.swapcase()).key == found.key
