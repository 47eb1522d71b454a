"""Sign-in passwords."""

import re
from pathlib import Path

from webapp.crypto import passwords


def test_the_right_password_matches_and_a_wrong_one_does_not() -> None:
    phc = passwords.hash_password("correct horse battery")
    assert passwords.matches("correct horse battery", phc)
    assert not passwords.matches("correct horse batterz", phc)


def test_nobody_matches_where_there_is_no_hash() -> None:
    assert not passwords.matches("anything at all", None)


def test_one_password_typed_on_two_keyboards_is_one_password() -> None:
    assert passwords.matches("cafe\u0301 au lait ①", passwords.hash_password("café au lait 1"))


def test_production_cost_is_the_recommended_one() -> None:
    text = Path(passwords.__file__).read_text()
    assert re.search(r"^MEMORY_KIB = 19 \* 1024$", text, re.MULTILINE)
    assert re.search(r"^ITERATIONS = 2$", text, re.MULTILINE)


def test_what_is_stored_is_a_phc_string_that_other_programs_read() -> None:
    assert re.match(r"\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[^$]{22}\$[^$]{43}$", passwords.hash_password("x" * 12))
