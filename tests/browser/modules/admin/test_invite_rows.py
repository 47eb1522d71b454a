"""A list of people as directories and spreadsheets write it: one person a row, with address, name and role."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.modules.conftest import Modules

Read = Callable[[bytes], Any]
MIA = ("mia@quarry.example", "Mia Stone", "member", "")

LISTS = {
    "Entra": b"userPrincipalName,displayName,surname,mail,givenName,id\n"
    b"m1@quarry.example,Mia Stone,Stone,mia@quarry.example,Mia,7\n",
    "Entra without a mailbox": b"userPrincipalName,displayName,surname,mail,givenName\n"
    b"mia@quarry.example,Mia Stone,Stone,,Mia\n",
    "Google": b"First Name [Required],Last Name [Required],Email Address [Required],"
    b"Password [Required],Org Unit Path [Required]\n"
    b"Mia,Stone,mia@quarry.example,****,/\n",
    "JumpCloud": b"firstname,lastname,username,email,employeeIdentifier\nMia,Stone,mia,mia@quarry.example,7\n",
    "Okta": b"login,firstName,lastName,email\nmia,Mia,Stone,mia@quarry.example\n",
    "Active Directory": b"SamAccountName;GivenName;Surname;Mail\r\nmia;Mia;Stone;mia@quarry.example\r\n",
    "German": "Nachname;Vorname;E-Mail-Adresse;Rolle\r\nStone;Mia;mia@quarry.example;Mitglied\r\n".encode("cp1252"),
    "German, one name": b"Name;Vorname;E-Mail\r\nStone;Mia;mia@quarry.example\r\n",
    "French": "Nom;Prénom;Adresse e-mail;Rôle\nStone;Mia;mia@quarry.example;membre\n".encode("utf-16"),
    "Italian": b"Nome,Cognome,Indirizzo e-mail\nMia,Stone,mia@quarry.example\n",
    "display form": b'email\n"Stone, Mia <MIA@quarry.example>"\n',
    "display form in quotation marks": b'email\n"""Mia Stone"" <mia@quarry.example>"\n',
    "a link": b"name,email\nMia Stone,mailto:mia@quarry.example?subject=Hello\n",
    "in brackets, ended": b"name,email\nMia Stone,<mia@quarry.example>.\n",
    "capital role": b"Name,Email,Role\nMia Stone,mia@quarry.example,MEMBER\n",
    "first line named otherwise ended": b"name,email\nMia Stone,mia@quarry.example\r\n",
    "delimiter named, empty lines": b"\r\n\r\nsep=;\r\n\r\nname;email\r\nMia  Stone ;mia@quarry.example\r\n",
    "tabs": "\ufeffname\temail\r\nMia Stone\tmia@quarry.example\r\n".encode("utf-16-le"),
    "carriage returns alone": b"name,email\rMia Stone,mia@quarry.example\r",
}


@pytest.fixture
def read(modules: Modules) -> Read:
    """What readInvites gives for a file, or the code it throws."""
    script = """async (encoded) => {
      const { readInvites } = await import('/static/js/admin/invite-rows.js');
      const file = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
      return readInvites(file, 5000).catch(({ code }) => code);
    }"""
    return lambda file: modules.page.evaluate(script, base64.b64encode(file).decode())


def people(found: Any) -> list[tuple[str, ...]]:
    return [tuple(each[name] for name in ("email", "name", "role", "code")) for each in found["people"]]


@pytest.mark.parametrize("written", LISTS)
def test_whoever_wrote_the_list_it_names_the_same_person(read: Read, written: str) -> None:
    assert people(read(LISTS[written])) == [MIA]


def test_one_person_in_two_spellings_is_named_as_there_twice(read: Read) -> None:
    lines = (
        "name,email",
        "Zoé,zoe\u0301@quarry.example",
        "Zoé,ZO\u00c9@quarry.example",
        "A,a@b\u00fccher.example",
        "B,a@xn--bcher-kva.example",
    )
    found = read("\n".join(lines).encode())["people"]
    assert [(each["code"], each.get("details")) for each in found] == [
        *(("", None), ("duplicate", {"first": 2}), ("", None), ("duplicate", {"first": 4})),
    ]
    assert found[0]["email"] == found[1]["email"] == "zo\u00e9@quarry.example"


def test_roles_have_the_spellings_that_people_use_and_others_are_named(read: Read) -> None:
    written = {"Admin": "admin", "Administrator": "admin", "IT-Admin": "admin", "Owner": "owner", "Inhaber": "owner"}
    written |= {"User": "member", "": "member", " Mitglied ": "member"}
    rows = [f"m{number}@quarry.example,{role}" for number, role in enumerate([*written, "Captain"])]
    found = read("\n".join(["email,role", *rows]).encode())["people"]
    assert [each["role"] for each in found] == [*written.values(), "Captain"]
    assert [each["code"] for each in found] == [*[""] * len(written), "unknown_role"]


def test_an_odd_row_is_named_and_costs_no_other(read: Read) -> None:
    rows = ['"Ann" Stone,ann@quarry.example', "Two,one@quarry.example; two@quarry.example"]
    rows += ["Ben,ben@quarry.example,,x", "Cut,nobody", '"Never closed,cid@quarry.example', "Short"]
    for odd, code in zip(rows, ("broken_row", "several_addresses", "broken_row", "", "broken_row", ""), strict=True):
        found = read(f"name,email\n{odd}\nMia Stone,mia@quarry.example\n".encode())
        assert people(found)[-1] == MIA
        assert people(found)[0][3] == code  # the server says of the others that they have no address
    joined = "name,email\nMia Stone,mia@quarry.example\nZoé,zoe@quarry.example\n".encode()
    found = read(joined + "Jörg,joerg@quarry.example\n".encode("cp1252"))
    assert [each["code"] for each in found["people"]] == ["", "", "broken_letters"]


def test_an_assumed_encoding_is_said(read: Read) -> None:
    assert read("name,email\nJörg,joerg@quarry.example\n".encode("cp1252"))["isAssumed"]
    assert not read("name,email\nJörg,joerg@quarry.example\n".encode())["isAssumed"]


def test_what_is_no_such_list_has_a_code(read: Read) -> None:
    assert [
        read(file)
        for file in (
            b"",
            b"name,email\n",
            b"name,username\nMia,mia\n",
            b"a,b\n1,2\n",
            b"PK\x03\x04",
            bytes(range(9)) * 9,
        )
    ] == [
        *("empty_file", "empty_file", "no_email_column", "no_email_column", "not_text", "not_text"),
    ]


@pytest.mark.parametrize("run", [".", ";", "a", " ", "?", "<", "[a", "(", ", ", "mailto:"])
@pytest.mark.parametrize("place", ["a name", "a column"])
def test_a_long_run_of_anything_costs_its_length_only(read: Read, run: str, place: str) -> None:
    """A pattern that is tried from each of its signs anew would take minutes."""
    long = run * 50_000
    name, column = (f"x{long}y ", "") if place == "a name" else ("", f"x {long}")
    people = read(f'email,"{column}"\n"{name}<mia@quarry.example>",\n'.encode())["people"]
    assert [(each["email"], each["code"]) for each in people] == [("mia@quarry.example", "")]
