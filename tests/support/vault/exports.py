"""Files as other password managers write them, from the columns that static/js/vault/import-formats.js documents."""

import json
from typing import Any

Rows = list[list[str]]
HEADERS = {
    "chrome": "name,url,username,password,note",
    "firefox": "url,username,password,httpRealm,formActionOrigin,guid,timeCreated,timeLastUsed,timePasswordChanged",
    "safari": "Title,URL,Username,Password,Notes,OTPAuth",
    "1password": "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes",
    "keepassxc": "Group,Title,Username,Password,URL,Notes,TOTP,Icon,Last Modified,Created",
    "jumpcloud": "Nickname,Url,Username,Password,Additional Info,Two Factor Secret,Status",
    "jumpcloud, browser": "nickname,url,username,password,additionalInfo,twofaSecret,status,tags",
}
OTP = "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example"
TITLE, USERNAME, PASSWORD = "Bänk “Ö” 🏦, main", 'älice"; DROP', "p,\"w'; 密码\\n"
URL, NOTES = "https://bank.example/login?a=1,2", 'First line\r\n"second", 第三'
# The same login as each of them has it: what stands in its columns.
LOGINS: dict[str, dict[str, str]] = {
    "chrome": {"name": TITLE, "note": NOTES},
    "firefox": {"formActionOrigin": "https://bank.example", "guid": "{1}", "timeCreated": "1704067200000"}
    | {"timeLastUsed": "1704067200001", "timePasswordChanged": "1704153600000"},
    "safari": {"Title": TITLE, "Notes": NOTES, "OTPAuth": OTP},
    "1password": {
        "Title": TITLE,
        "Notes": NOTES,
        "OTPAuth": OTP,
        "Favorite": "true",
        "Archived": "true",
        "Tags": "a;b",
    },
    "keepassxc": {"Group": "Root/Money", "Title": TITLE, "Notes": NOTES, "TOTP": OTP, "Icon": "0"}
    | {"Last Modified": "2024-01-02T00:00:00Z", "Created": "2024-01-01T00:00:00Z"},
    "jumpcloud": {
        "Nickname": TITLE,
        "Additional Info": NOTES,
        "Two Factor Secret": "JBSWY3DPEHPK3PXP",
        "Status": "Active",
    },
    "jumpcloud, browser": {"nickname": TITLE, "additionalInfo": NOTES, "twofaSecret": "JBSWY3DPEHPK3PXP", "tags": "a"},
}
# What has no field goes behind the notes under the name of its column.
KEPT = {
    "chrome": {},
    "firefox": {},
    "safari": {"OTPAuth": OTP},
    "1password": {"OTPAuth": OTP, "Archived": "true", "Tags": "a;b"},
    "keepassxc": {"Group": "Root/Money", "TOTP": OTP},
    "jumpcloud": {"Two Factor Secret": "JBSWY3DPEHPK3PXP"},
    "jumpcloud, browser": {"twofaSecret": "JBSWY3DPEHPK3PXP", "tags": "a"},
}


def row(program: str, **more: str) -> list[str]:
    """The login in the columns of this program."""
    common = {"username": USERNAME, "password": PASSWORD, "url": URL} | more
    own = LOGINS[program] | {name: value for name, value in more.items() if name in HEADERS[program].split(",")}
    return [own.get(name, common.get(name.lower(), "")) for name in HEADERS[program].split(",")]


def csv(header: str, rows: Rows, line_end: str = "\r\n", delimiter: str = ",") -> bytes:
    """Every field in quotation marks, those inside doubled."""
    lines = [delimiter.join('"' + field.replace('"', '""') + '"' for field in fields) for fields in rows]
    return line_end.join([header.replace(",", delimiter), *lines, ""]).encode()


def bitwarden(*items: dict[str, Any], **more: Any) -> bytes:
    """An unencrypted export with one folder, “Money”."""
    return json.dumps({"encrypted": False, "folders": [{"id": "f1", "name": "Money"}], "items": items} | more).encode()


def bitwarden_login(**fields: Any) -> dict[str, Any]:
    """The login, with all that Bitwarden can say of one."""
    login = {"uris": [{"match": None, "uri": URL}, {"match": 0, "uri": "https://other.example"}], "totp": OTP}
    login |= {"username": USERNAME, "password": PASSWORD, "fido2Credentials": []}
    common = {"id": "c1", "organizationId": None, "folderId": "f1", "collectionIds": None, "type": 1, "reprompt": 0}
    common |= {"favorite": True, "name": TITLE, "notes": NOTES, "revisionDate": "2024-01-02T00:00:00.000Z"}
    extra = [{"name": "id", "value": "customer 7", "type": 0}, {"name": "Agreed", "value": "false", "type": 2}]
    history = [{"lastUsedDate": "2024-01-01T00:00:00.000Z", "password": "former"}]
    dates = {"creationDate": "2024-01-01T00:00:00.000Z", "deletedDate": None}
    return common | dates | {"login": login, "fields": extra, "passwordHistory": history} | fields
