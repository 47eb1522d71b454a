"""Which passwords are refused, and that ordinary good ones are not."""

import pytest

from webapp.crypto.password_rules import refusal

REFUSED = {
    "short": ["", "Tr0ub4dor&3", "ｌｅｎｇｔｈ", "           "],
    "long": ["ab cd ef gh i" * 100],
    "common": [
        "Password1234",
        "P@ssw0rd1234",
        "passwordpassword",
        "123456789012",
        "987654321098",
        "qwertyuiop12",
        "zxcvbnm12345",
        "iloveyou2024!!",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "admin123admin123",
        "Summer2024!!",
        "correct horse battery staple",
    ],
    "personal": [
        "alice@example.org",
        "Alice2024!!!!",
        "AliceMiller1",
        "Example12345",
        "miller-miller",
        "alice.m-12345",
    ],
}
ACCEPTED = [
    "correct horse battery",
    "alice likes to walk her dogs",
    "x7q9k2m4z1w8",
    "Fahrrad unter Apfelbaum",
    "пароль который помню",
    "8274 1093 5561",
    "my password is a goat",
]


@pytest.mark.parametrize(("why", "password"), [(why, each) for why, those in REFUSED.items() for each in those])
def test_it_is_refused_with_the_reason(why: str, password: str) -> None:
    assert refusal(password, "alice.m@example.org", "Alice Miller") in ({why} if why != "personal" else {why, "common"})


@pytest.mark.parametrize("password", ACCEPTED)
def test_it_is_accepted(password: str) -> None:
    assert refusal(password, "alice.m@example.org", "Alice Miller") is None


def test_another_name_is_no_reason() -> None:
    assert refusal("bobby the bear 1", "al@example.org", "Al") is None
