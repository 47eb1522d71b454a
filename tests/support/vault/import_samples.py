"""Files as people bring them: what other programs and spreadsheets write, each with what is to come of it."""

import json
from dataclasses import dataclass, field
from typing import Any

OTP = "otpauth://totp/Lamp:mira?secret=MFRGGZDFMZTWQ2LK&issuer=Lamp"
LAMP = {"title": "Lamp", "username": "mira", "password": "moss-4", "url": "https://lamp.example"}
WELL = {"title": "Well", "username": "mira", "password": "moss-5", "url": "https://well.example"}
NOTE = {"kind": "note", "title": "Cellar", "username": "", "password": "", "url": ""}


@dataclass(frozen=True)
class Brought:
    """A file, the program that is named, and what comes of it."""

    file: bytes
    format: str
    items: list[dict[str, str]]
    problems: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Names of what stands behind the notes."""
    times: tuple[str, str] | None = None


def bitwarden(*items: dict[str, Any]) -> bytes:
    """Unencrypted, with one folder."""
    return json.dumps({"encrypted": False, "folders": [{"id": "d1", "name": "House"}], "items": items}).encode()


def bitwarden_login(**more: Any) -> dict[str, Any]:
    """The lamp’s."""
    login = {"uris": [{"match": None, "uri": LAMP["url"]}], "username": "mira", "password": "moss-4", "totp": None}
    return {"type": 1, "name": "Lamp", "notes": None, "folderId": None, "login": login} | more


def with_login(**more: Any) -> dict[str, Any]:
    """The lamp’s, with other values in its login."""
    found = bitwarden_login()
    return found | {"login": found["login"] | more}


def proton_json(*items: dict[str, Any]) -> bytes:
    """As data.json of its archive has it."""
    return json.dumps(
        {"version": "1.31.0", "encrypted": False, "vaults": {"v": {"name": "Mine", "items": items}}}
    ).encode()


def proton_item(kind: str = "login", state: int = 1, **content: Any) -> dict[str, Any]:
    """One of them."""
    login = {
        "itemEmail": "mira@lamp.example",
        "itemUsername": "",
        "password": "moss-4",
        "urls": [LAMP["url"], WELL["url"]],
    }
    data: dict[str, Any] = {
        "type": kind,
        "metadata": {"name": "Lamp", "note": "Left shelf"},
        "content": login | content,
    }
    data["extraFields"] = [{"fieldName": "Shelf", "type": "text", "data": {"content": "3"}}]
    return {"itemId": "i", "state": state, "createTime": 1704067200, "modifyTime": 1704153600, "data": data}


CHROME = "name,url,username,password,note"
LAMP_ROW, WELL_ROW = "Lamp,https://lamp.example,mira,moss-4,", "Well,https://well.example,mira,moss-5,"
PASSKEY = {"credentialId": "c", "keyValue": "made up", "rpId": "lamp.example"}
TIMES = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
BY_EMAIL = LAMP | {"username": "mira@lamp.example"}


def lines(*rows: str, end: str = "\n") -> bytes:
    """Each of them ended."""
    return "".join(row + end for row in rows).encode()


PROGRAMS = {
    "bitwarden csv": Brought(
        lines(
            "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
            f'House,,login,Lamp,Left shelf,"bulb: E27\nwatts: 9",0,"https://lamp.example,https://m.lamp.example",mira,moss-4,{OTP}',
            ",,note,Cellar,Down left,,0,,,,",
            ",,card,Gold,,,0,,,,",
        ),
        "bitwarden",
        [LAMP, NOTE],
        [(4, "type_card")],
        kept=["folder", "fields", "login_uri", "login_totp"],
    ),
    "lastpass": Brought(
        lines(
            "url,username,password,totp,extra,name,grouping,fav",
            "https://lamp.example,mira,m&amp;o&lt;4&quot;,,,Lamp,House,1",
            "http://sn,,,,Down left,Cellar,,0",
        ),
        "lastpass",
        [LAMP | {"password": 'm&o<4"'}, NOTE],
        remarks=[(2, "entities_remark")],
        kept=["grouping"],
    ),
    "lastpass without entities": Brought(
        lines(
            "url,username,password,totp,extra,name,grouping,fav",
            "https://lamp.example?a=1&b=2,mira,m&amp;4,,,Lamp,,0",
        ),
        "lastpass",
        [LAMP | {"password": "m&amp;4", "url": "https://lamp.example?a=1&b=2"}],
    ),
    "proton csv": Brought(
        lines(
            "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault",
            f'login,Lamp,"https://lamp.example, https://well.example",mira@lamp.example,,moss-4,,{OTP},1704067200,1704153600,Mine',
            "alias,Shop,,shop@alias.example,,,,,1704067200,1704153600,Mine",
            'creditCard,Gold,,,,,"{""number"":""4111""}",,1704067200,1704153600,Mine',
        ),
        "proton",
        [BY_EMAIL],
        [(3, "type_alias"), (4, "type_card")],
        kept=["url", "totp", "vault"],
        times=TIMES,
    ),
    "proton csv, newer": Brought(
        lines(
            "type,name,url,autofillUrls,email,username,password,note,totp,createTime,modifyTime,vault",
            'login,Lamp,https://lamp.example,"[{""url"":""https://lamp.example"",""mode"":0}]",,mira,moss-4,,,1704067200,1704153600,Mine',
        ),
        "proton",
        [LAMP],
        kept=["vault"],
        times=TIMES,
    ),
    "proton csv, older": Brought(
        lines(
            "type,name,url,username,password,note,totp,createTime,modifyTime",
            "login,Lamp,https://lamp.example,mira,moss-4,,,1704067200,1704153600",
            "note,Cellar,,,,Down left,,1704067200,1704153600",
        ),
        "proton",
        [LAMP, NOTE],
        times=TIMES,
    ),
    "proton json": Brought(
        proton_json(proton_item(), proton_item(state=2), proton_item("creditCard"), proton_item(passkeys=[PASSKEY])),
        "proton",
        [BY_EMAIL, BY_EMAIL],
        [(2, "in_trash"), (3, "type_card")],
        [(4, "passkey_remark")],
        ["urls", "Shelf", "vault"],
        TIMES,
    ),
    "dashlane": Brought(
        lines(
            "username,username2,username3,title,password,note,url,category,otpUrl",
            f",mira,,Lamp,moss-4,,https://lamp.example,House,{OTP}",
        ),
        "dashlane",
        [LAMP],
        kept=["category", "otpUrl"],
    ),
    "dashlane notes": Brought(lines("title,note", "Cellar,Down left"), "dashlane", [NOTE]),
    "nordpass": Brought(
        lines(
            "name,url,additional_urls,username,password,note,cardholdername,cardnumber,cvc,expirydate,zipcode,folder,type",
            'Lamp,https://lamp.example,"[""https://well.example""]",mira,moss-4,,,,,,,House,password',
            "Cellar,,[],,,Down left,,,,,,,note",
            "House,,,,,,,,,,,,folder",
            "Gold,,,,,,Mira,4111,1,1/30,,,credit_card",
        ),
        "nordpass",
        [LAMP, NOTE],
        [(4, "type_folder"), (5, "type_card")],
        kept=["url", "folder"],
    ),
    "roboform": Brought(
        lines(
            "Name,Url,MatchUrl,Login,Pwd,Note,Folder,RfFieldsV2",
            'Lamp,https://lamp.example,https://lamp.example,mira,moss-4,,/House,"User,,,txt,mira","Pin,,,txt,4711"',
            "Cellar,,,,,Down left,,",
        ),
        "roboform",
        [LAMP, NOTE],
        kept=["Folder", "RfFieldsV2"],
    ),
    "keeper": Brought(
        lines(
            f"House,Lamp,mira,moss-4,https://lamp.example,,,TFC:Keeper,{OTP}",
            "House,Well,mira,moss-5,https://well.example,,",
            "short,row",
        ),
        "keeper",
        [LAMP, WELL],
        [(3, "broken_row")],
        kept=["folder", "TFC:Keeper"],
    ),
    "keeper json": Brought(
        json.dumps(
            {
                "shared_folders": [],
                "records": [
                    {
                        "title": "Lamp",
                        "login": "mira",
                        "password": "moss-4",
                        "login_url": LAMP["url"],
                        "$type": "login",
                        "custom_fields": {"$text:Shelf": "3"},
                        "folders": [{"folder": "House"}],
                    },
                    {"title": "Gold", "$type": "bankCard"},
                ],
            }
        ).encode(),
        "keeper",
        [LAMP],
        [(2, "type_card")],
        kept=["text:Shelf", "folders.folder"],
    ),
    "enpass json": Brought(
        json.dumps(
            {
                "folders": [{"uuid": "f", "title": "House"}],
                "items": [
                    {
                        "title": "Lamp",
                        "template_type": "login.default",
                        "category": "login",
                        "note": "",
                        "folders": ["f"],
                        "trashed": 0,
                        "fields": [
                            {"type": "username", "label": "User", "value": "mira"},
                            {"type": "password", "label": "Password", "value": "moss-4"},
                            {"type": "url", "label": "Website", "value": LAMP["url"]},
                            {"type": "totp", "label": "Code", "value": OTP},
                        ],
                    },
                    {"title": "Old", "template_type": "login.default", "trashed": 1, "fields": []},
                ],
            }
        ).encode(),
        "enpass",
        [LAMP],
        [(2, "in_trash")],
        kept=["folder", "Code"],
    ),
    "keepass": Brought(
        lines(
            '"Account","Login Name","Password","Web Site","Comments"',
            r'"Lamp","mira","m\"o\\s,4\\","https://lamp.example",""',
            end="\r\n",
        ),
        "keepass",
        [LAMP | {"password": 'm"o\\s,4\\'}],
    ),
    "edge": Brought(lines(CHROME, LAMP_ROW), "chrome", [LAMP]),
    "other order": Brought(
        lines("password,note,name,username,url", "moss-4,,Lamp,mira,https://lamp.example"), "chrome", [LAMP]
    ),
    "safari, older": Brought(
        lines("Title,Url,Username,Password,OTPAuth", f"Lamp,https://lamp.example,mira,moss-4,{OTP}"),
        "safari",
        [LAMP],
        kept=["OTPAuth"],
    ),
    "german": Brought(
        lines("Titel;Benutzername;Kennwort;Webseite;Notizen;Regal", "Lamp;mira;moss-4;https://lamp.example;;3"),
        "list",
        [LAMP],
        kept=["Regal"],
    ),
    "twice the same column": Brought(
        lines(
            "title,username,password,password,url",
            "Lamp,mira,,moss-4,https://lamp.example",
            "Well,mira,moss-5,old,https://well.example",
        ),
        "list",
        [LAMP, WELL],
        kept=["password"],
    ),
    "bitwarden odd items": Brought(
        bitwarden(
            {"type": 2, "name": "Cellar", "notes": "Down left", "login": {"username": "mira", "password": "moss-5"}},
            bitwarden_login(),
            with_login(fido2Credentials=[PASSKEY]),
            bitwarden_login(deletedDate="2025-01-01T00:00:00Z"),
            bitwarden_login(archivedDate="2025-01-01T00:00:00Z"),
            bitwarden_login(name=None),
            with_login(username="mi\nra", password="-----\r\nmoss\n-----"),
            {"type": 3, "name": "Gold"},
        ),
        "bitwarden",
        [
            NOTE,
            LAMP,
            LAMP,
            LAMP,
            LAMP | {"title": "lamp.example"},
            LAMP | {"username": "mi\nra", "password": "-----\r\nmoss\n-----"},
        ],
        [(4, "in_trash"), (8, "type_card")],
        [(3, "passkey_remark")],
        ["username", "password", "archivedDate"],
    ),
}

SHAPES = {
    "first line ends otherwise": f"{CHROME}\n{LAMP_ROW}\r\n{WELL_ROW}\r\n".encode(),
    "the other way round": f"{CHROME}\r\n{LAMP_ROW}\n{WELL_ROW}\n".encode(),
    "carriage returns alone": f"{CHROME}\r{LAMP_ROW}\r{WELL_ROW}".encode(),
    "every line otherwise": f"{CHROME}\r\n{LAMP_ROW}\n\r\n{WELL_ROW}\r".encode(),
    "empty first lines": f"\r\n\n ,\n{CHROME}\n{LAMP_ROW}\n{WELL_ROW}\n".encode(),
    "a line that names the delimiter": f"sep=;\r\n{CHROME}\r\n{LAMP_ROW}\r\n{WELL_ROW}\r\n".replace(",", ";").encode(),
    "tabs in utf-16": f"\ufeff{CHROME}\r\n{LAMP_ROW}\r\n{WELL_ROW}\r\n".replace(",", "\t").encode("utf-16-le"),
    "utf-16 without a mark": f"{CHROME}\n{LAMP_ROW}\n{WELL_ROW}\n".encode("utf-16-le"),
    "utf-16 the other way round": f"{CHROME}\n{LAMP_ROW}\n{WELL_ROW}\n".encode("utf-16-be"),
    "two files joined": f"{CHROME}\r\n{LAMP_ROW}\r\n\ufeff{CHROME}\n{WELL_ROW}\n".encode(),
    "two programs' files joined": lines(CHROME, LAMP_ROW, "title,url,username,password,notes,otpauth", f"{WELL_ROW},"),
    "spaces behind quotation marks": lines(CHROME, '"Lamp","https://lamp.example","mira","moss-4"  ,""  \r', WELL_ROW),
    "a delimiter too many at the end": lines(CHROME, f"{LAMP_ROW},", f"{WELL_ROW},"),
}
"""The lamp and the well, in ways that mean the same."""

REFUSED = {
    "archive_1password": b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 20 + b"export.data",
    "archive_proton": b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 20 + b"Proton Pass/data.json",
    "archive_dashlane": b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 20 + b"credentials.csv",
    "archive": b"PK\x05\x06" + b"\x00" * 18,
    "spreadsheet": b"PK\x03\x04\x14\x00\x00\x00" + b"\x00" * 20 + b"[Content_Types].xml",
    "keepass_database": b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5",
    "keepass_xml": b'<?xml version="1.0" encoding="utf-8"?>\n<KeePassFile><Meta></Meta></KeePassFile>',
    "keepass_csv": b"Account,Login Name,Password,Web Site,Comments\nLamp,mira,a\\\\b,,\n",
    "encrypted_export": b'{"encrypted": true, "encKeyValidation_DO_NOT_EDIT": "2.x"}',
    "encrypted_proton": b"-----BEGIN PGP MESSAGE-----\n\nwcFMA\n-----END PGP MESSAGE-----\n",
    "old_1password": b'{"uuid":"1"}\n***5642bee8-a5ff-11dc-8314-0800200c9a66***\n',
    "dashlane_other": b"type,account_name,account_holder,cc_number,code,expiration_month,expiration_year\n",
    "enpass_csv": b'"Title","Field","Value","Field","Value"\n"Lamp","User","mira","Password","moss-4"\n',
    "own_backup": b"age-encryption.org/v1\n-> X25519 x\n",
    "web_page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "unknown_xml": b"<?xml version='1.0'?><list/>",
    "unknown_json": b'{"entries": []}',
    "broken_json": b'{"items": [',
    "not_text": bytes(range(32)) * 20,
    "wrong_encoding": CHROME.encode() + b"\nB\x81\x8dnk,,,p,\n",
    "unknown_format": b"Lamp;mira;moss-4\n",
    "empty_file": b"\xff\xfe",
    "no_rows": CHROME.encode(),
}
"""By the code of what is said."""
