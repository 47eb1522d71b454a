"""Every program’s file, in every shape in which people bring it: read and named, or refused with what it is."""

from typing import Any

import pytest

from tests.browser.modules.conftest import Read
from tests.support.vault import import_samples
from tests.support.vault.import_samples import LAMP, PROGRAMS, REFUSED, SHAPES, WELL, Brought

FIELDS = ("title", "username", "password", "url")


def codes(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(each["row"], each["code"]) for each in found]


def as_expected(items: list[dict[str, str]], expected: list[dict[str, str]]) -> bool:
    pairs = zip(items, expected, strict=True)
    return all(item | given == item for item, given in pairs)


@pytest.mark.parametrize("given", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_programs_file_is_read_with_its_name_and_what_is_left_out_is_said(read: Read, given: Brought) -> None:
    found = read(given.file)
    assert (found["format"], codes(found["problems"])) == (given.format, given.problems)
    assert as_expected(found["items"], given.items), found["items"]
    assert codes(found["remarks"]) == given.remarks
    assert sorted(found["kept"]) == sorted(given.kept)
    if given.times:
        assert {(item["created_at"], item["updated_at"]) for item in found["items"]} == {given.times}


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_was_done_to_its_shape_it_says_the_same(read: Read, shape: str) -> None:
    found = read(SHAPES[shape])
    assert [{name: item[name] for name in FIELDS} for item in found["items"]] == [LAMP, WELL]
    assert (found["problems"], found["remarks"], found["format"]) == ([], [], "chrome")


@pytest.mark.parametrize("code", REFUSED)
def test_what_can_not_be_read_is_known_for_what_it_is(read: Read, code: str) -> None:
    assert read(REFUSED[code]) == code


def test_a_quotation_mark_within_a_field_is_one(read: Read) -> None:
    found = read(
        import_samples.lines(import_samples.CHROME, 'Lamp,https://lamp.example,mira,mo"ss"-4,', import_samples.WELL_ROW)
    )
    assert [item["password"] for item in found["items"]] == ['mo"ss"-4', "moss-5"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('Odd,https://odd.example,mira,"mo"ss-4,', "broken_quotes"),
        ('Odd,https://odd.example,mira,"moss-4,', "broken_quotes"),
        ("Odd,https://odd.example,mira,mo,ss-4,", "broken_row"),
        ("Odd,https://odd.example", "broken_row"),
    ],
)
def test_one_odd_row_stops_none_of_the_others(read: Read, row: str, code: str) -> None:
    for above, below in (
        ([], [import_samples.LAMP_ROW, import_samples.WELL_ROW]),
        ([import_samples.LAMP_ROW], [import_samples.WELL_ROW]),
    ):
        found = read(import_samples.lines(import_samples.CHROME, *above, row, *below))
        assert [item["title"] for item in found["items"]] == ["Lamp", "Well"]
        assert codes(found["problems"]) == [(2 + len(above), code)]


def test_line_ends_within_quotation_marks_stay_what_they_are(read: Read) -> None:
    found = read(f'{import_samples.CHROME}\nLamp,,mira,"a\r\nb\nc\rd","e\r\n"\r\n{import_samples.WELL_ROW}\r'.encode())
    assert [(item["password"], item["notes"]) for item in found["items"]] == [
        *(("a\r\nb\nc\rd", "e\r\n"), ("moss-5", "")),
    ]


def test_letters_of_an_unnamed_encoding_are_read_and_said_to_be_an_assumption(read: Read) -> None:
    found = read(f"{import_samples.CHROME}\nLämp,,mira,móss,\nWell,,mira,moss-5,für\n".encode("cp1252"))
    assert [(item["title"], item["password"]) for item in found["items"]] == [("Lämp", "móss"), ("Well", "moss-5")]
    assert (found["isAssumed"], codes(found["remarks"])) == (True, [(2, "assumed_remark")])


def test_where_one_row_breaks_the_encoding_the_others_are_read(read: Read) -> None:
    whole = f"{import_samples.CHROME}\nLämp,,mira,moss-4,\n".encode()
    found = read(whole + "Bröken,,mira,móss,\n".encode("cp1252") + import_samples.lines(import_samples.WELL_ROW))
    assert [item["title"] for item in found["items"]] == ["Lämp", "Well"]
    assert (found["isAssumed"], codes(found["problems"])) == (False, [(3, "broken_letters")])
    halved = f"{import_samples.CHROME}\nLamp,,mira,moss-4,\nOdd,,mira,".encode("utf-16") + b"\x00\xd8\x2c\x00\x0a\x00"
    assert codes(read(halved)["problems"]) == [(3, "broken_letters")]


def test_an_encoding_of_four_bytes_is_refused_as_one(read: Read) -> None:
    assert read(f"{import_samples.CHROME}\n{import_samples.LAMP_ROW}\n".encode("utf-32")) == "wrong_encoding"


def test_characters_that_nobody_types_and_long_fields_are_kept(read: Read) -> None:
    long = "x" * 300_000
    found = read(f"{import_samples.CHROME}\nLamp,,mira,mo\0ss,\nWell,,mira,{long},\n".encode())
    assert [item["password"] for item in found["items"]] == ["mo\0ss", long]
    assert codes(found["remarks"]) == [(2, "untyped_remark")]
    (item,) = read(import_samples.bitwarden(import_samples.with_login(password="\ud83d\ude00\ud800")))["items"]
    assert item["password"] in ("😀\ud800", "😀\ufffd")  # as it comes through to this test


def test_a_login_whose_values_are_names_of_columns_is_a_login(read: Read) -> None:
    found = read(import_samples.lines("title,username,password,url", "login,login,password,https://url.example"))
    assert [(item["title"], item["password"]) for item in found["items"]] == [("login", "password")]


def test_a_list_without_a_first_line_is_not_taken_for_one_that_has_none(read: Read) -> None:
    rows = ["https://a.example,mira,moss,,https://a.example,{1},1,2,3", "Lamp,https://lamp.example,mira,moss-4,,,,,"]
    rows.append("House,,login,Lamp,https://note.example,,0,https://lamp.example,mira,moss-4,")
    assert [read(import_samples.lines(row)) for row in rows] == ["unknown_format"] * 3


def test_fifty_thousand_broken_rows_are_named_in_good_time(read: Read) -> None:
    found = read(import_samples.CHROME.encode() + b"\n", b'a,b,c,"d\n', 50_000)
    assert (found["rows"], found["items"]) == (50_000, [])
    assert {each["code"] for each in found["problems"]} == {"broken_quotes"}
