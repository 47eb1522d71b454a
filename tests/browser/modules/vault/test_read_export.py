"""What other password managers write, read: every row is an item, or is named with why it is none."""

import json
from typing import Any

import pytest

from tests.browser.modules.conftest import Modules, Read
from tests.support.vault import exports
from tests.support.vault.exports import HEADERS, KEPT, bitwarden, bitwarden_login, csv, row


def noted(notes: str, kept: dict[str, str]) -> str:
    return "\n\n".join(part for part in (notes, "\n".join(f"{name}: {value}" for name, value in kept.items())) if part)


def problems(found: Any) -> list[tuple[int, str]]:
    return [(each["row"], each["code"]) for each in found["problems"]]


@pytest.mark.parametrize("program", HEADERS)
def test_every_format_gives_the_same_login(read: Read, program: str) -> None:
    header = HEADERS[program]
    empty = ["" for _ in header.split(",")]
    rows = [row(program), row(program, username="second"), ["x", *empty[2:]], empty]
    for line_end, delimiter in (("\r\n", ","), ("\n", ";"), ("\n", "\t")):
        found = read(csv(header, rows, line_end, delimiter))
        assert found["format"] == program.partition(",")[0]
        first, second = found["items"]
        own = program != "firefox"
        assert first["title"] == (exports.TITLE if own else "bank.example")
        assert first["notes"] == noted(exports.NOTES if own else "", KEPT[program])
        assert [first[name] for name in ("kind", "username", "password", "url")] == [
            *("login", exports.USERNAME, exports.PASSWORD, exports.URL)
        ]
        assert (second["username"], second["id"] != first["id"]) == ("second", True)
        assert found["kept"] == dict.fromkeys(KEPT[program], 2)
        assert (problems(found), found["rows"]) == ([(4, "broken_row")], 3)  # the last is an empty line, and no row


def test_times_are_kept_where_the_file_has_them(read: Read) -> None:
    for program in ("firefox", "keepassxc"):
        (item,) = read(csv(HEADERS[program], [row(program)]))["items"]
        assert (item["created_at"], item["updated_at"]) == ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
    (item,) = read(csv(HEADERS["keepassxc"], [row("keepassxc", **{"Created": "yesterday"})]))["items"]
    assert item["created_at"] > "2025"


def test_older_versions_write_fewer_columns(read: Read) -> None:
    for header, expected in (
        ("name,url,username,password", "chrome"),
        ('"Group","Title","Username","Password","URL","Notes"', "keepassxc"),
    ):
        fields = ["x" for _ in header.split(",")]
        found = read(csv(header, [fields]))
        assert (found["format"], found["rows"], len(found["items"])) == (expected, 1, 1)


def test_what_has_no_title_gets_one(read: Read) -> None:
    rows = [
        *(["", "https://a.example/x", "u", "p", ""], ["", "android://hash@com.app/", "u", "p", ""]),
        *(["", "not an address", "u", "p", ""], ["", "", "only me", "p", ""], ["", "", "", "p", ""]),
    ]
    titles = [item["title"] for item in read(csv(HEADERS["chrome"], rows))["items"]]
    assert titles == ["a.example", "com.app", "not an address", "only me", "Untitled"]


def test_notes_alone_are_a_note(read: Read) -> None:
    (item,) = read(csv(HEADERS["chrome"], [["Where the key is", "", "", "", "Under the pot"]]))["items"]
    assert (item["kind"], item["notes"], item["username"]) == ("note", "Under the pot", "")


def test_a_password_that_reads_false_is_a_password(read: Read) -> None:
    (item,) = read(csv(HEADERS["1password"], [["t", "", "u", "false", "", "false", "FALSE", "", ""]]))["items"]
    assert (item["password"], item["notes"]) == ("false", "")


def test_bitwarden_json_gives_the_same_login(read: Read) -> None:
    found = read(bitwarden(bitwarden_login()))
    (item,) = found["items"]
    kept = {"totp": exports.OTP, "uris.uri": "https://other.example", "id": "customer 7", "Agreed": "false"}
    kept |= {"passwordHistory.password": "former", "folder": "Money"}
    assert (found["format"], found["kept"], found["problems"]) == ("bitwarden", dict.fromkeys(kept, 1), [])
    notes, extra = item["notes"].rsplit("\n\n", 1)
    assert (notes, sorted(extra.split("\n"))) == (exports.NOTES, sorted(f"{name}: {kept[name]}" for name in kept))
    assert [item[name] for name in ("title", "username", "password", "url", "created_at", "updated_at")] == [
        *(exports.TITLE, exports.USERNAME, exports.PASSWORD, exports.URL),
        *("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"),
    ]


def test_other_kinds_are_named_with_their_place(read: Read) -> None:
    others = [{"type": kind, "name": f"N{kind}", "card": {"number": "4111"}} for kind in (3, 4, 5, 99)]
    note = {"type": 2, "name": "Note", "notes": "text", "secureNote": {"type": 0}}
    found = read(bitwarden(bitwarden_login(), *others, note, {}, None, {"type": 1}))  # type: ignore[arg-type]
    assert problems(found) == [
        *((2, "type_card"), (3, "type_identity"), (4, "type_ssh_key"), (5, "type_other")),
        *((7, "nothing_in_it"), (8, "nothing_in_it"), (9, "nothing_in_it")),
    ]
    assert [each["details"]["title"] for each in found["problems"][:4]] == ["N3", "N4", "N5", "N99"]
    assert [(item["kind"], item["title"]) for item in found["items"]] == [("login", exports.TITLE), ("note", "Note")]
    assert found["rows"] == 9


def test_json_that_is_odd_inside_costs_no_more_than_what_is_odd(read: Read) -> None:
    kinds: list[Any] = ["constructor", "__proto__", [1, 2], {}, True]
    odd = [{"type": kind, "name": "Odd"} for kind in kinds]
    content = {"folders": 5, "collections": [None, 7], "items": [{**bitwarden_login(), "collectionIds": 5}, *odd]}
    found = read(json.dumps(content).encode())
    assert len(found["items"]) == 1
    assert [code for _, code in problems(found)] == ["type_other"] * 5


def test_encrypted_and_broken_json_are_said(read: Read) -> None:
    assert read(b'{"encrypted": true, "passwordProtected": true, "data": "2.x"}') == "encrypted_export"
    assert read(bitwarden()[:-5]) == "broken_json"
    assert read(b'{"something": "else"}') == "unknown_json"
    assert read(b"[]") == "unknown_json"


def test_a_row_in_which_a_quotation_mark_is_never_closed_is_named_and_takes_no_other_with_it(read: Read) -> None:
    good = csv(HEADERS["chrome"], [row("chrome")])
    found = read(good + b'x,https://a.example,u,"p,\r\ny,https://b.example,u,p,\r\n')
    assert (problems(found), found["rows"]) == ([(3, "broken_quotes")], 3)
    assert [item["title"] for item in found["items"]] == [exports.TITLE, "y"]
    assert [(each["row"], each["code"]) for each in found["remarks"]] == [(4, "doubtful_remark")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_marked_encodings_are_read(read: Read, encoding: str) -> None:
    text = csv(HEADERS["chrome"], [row("chrome")]).decode()
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    (item,) = read((mark + text).encode(encoding))["items"]
    assert item["title"] == exports.TITLE


def test_files_that_are_no_export_are_said(read: Read) -> None:
    assert read(b"PK\x03\x04\xff\xfe") == "archive"
    assert read(b"") == "empty_file"
    assert read(b"\xef\xbb\xbf\r\n \r\n") == "empty_file"
    assert read(b"a,b,c\r\n1,2,3\r\n") == "unknown_format"
    assert read(HEADERS["chrome"].encode()) == "no_rows"
    assert read(b'{"items": []}') == "no_rows"


def test_ten_thousand_rows_are_read_and_more_than_a_vault_holds_are_refused(read: Read) -> None:
    header, line = HEADERS["chrome"].encode() + b"\r\n", b'"n","https://a.example","u","p","line\nline"\r\n'
    assert read(header, line, 10_000)["rows"] == 10_000
    assert read(header, line, 50_000)["rows"] == 50_000
    assert read(header, line, 50_001) == "too_many"


def test_what_we_write_in_plain_text_we_read_back(modules: Modules, read: Read) -> None:
    times = {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-02T00:00:00Z"}
    texts = {"title": exports.TITLE, "username": exports.USERNAME, "password": exports.PASSWORD, "url": exports.URL}
    bare = dict.fromkeys(("username", "password", "url", "notes"), "")
    items: list[dict[str, str]] = [
        {"id": "1" * 32, "kind": "login", **texts, "notes": exports.NOTES, **times},
        {"id": "2" * 32, "kind": "login", **bare, "title": " bare ", **times},
        {"id": "3" * 32, "kind": "note", **bare, "title": "Note", "notes": "\n a \n", **times},
    ]
    script = """async (items) => {
      return (await import('/static/js/vault/plain-export.js')).plainExport({ items });
    }"""
    written = modules.page.evaluate(script, items)
    found = read(written.encode())
    assert (found["format"], found["problems"], found["kept"]) == ("bitwarden", [], {})
    assert [{**item, "id": ""} for item in found["items"]] == [{**item, "id": ""} for item in items]
    assert json.loads(written)["encrypted"] is False


@pytest.mark.parametrize("run", [" ", "\n", "\r\n", ",", " ,"])
def test_a_long_run_within_an_address_costs_its_length_only(read: Read, run: str) -> None:
    """A pattern that is tried from each of its signs anew would take hours: the page would never answer."""
    long = f"https://a.example{run * 20_000}b"
    (item,) = read(csv("name,url,username,password", [["Bank", f"{long}, https://c.example", "me", "pw"]]))["items"]
    assert (item["url"], item["notes"]) == (long, "url: https://c.example")


@pytest.mark.parametrize("between", [",", "\n", "\r\n", " , ", "\n\n", ",\r\n\t"])
def test_addresses_are_told_apart_whatever_stands_between(read: Read, between: str) -> None:
    url = f"https://a.example/x,y{between}http://b.example"
    (item,) = read(csv("name,url,username,password", [["Bank", url, "me", "pw"]]))["items"]
    assert (item["url"], item["notes"]) == ("https://a.example/x,y", "url: http://b.example")
