"""Any mix of line ends, quotation marks, delimiters and encodings gives the same rows, or names the odd one."""

import base64
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.modules.conftest import Modules

READ = """async (files) => {
  const { readExport } = await import('/static/js/vault/read-export.js');
  const found = [];
  for (const file of files) {
    const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
    const { items, problems, remarks } = await readExport(bytes, 'Untitled');
    const logins = items.map(({ title, password, notes }) => [title, password, notes]);
    found.push([logins, problems.map(({ row }) => row), remarks.map(({ details }) => details.title)]);
  }
  return found;
}"""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-be with a mark")
ENDS = ("\n", "\r\n", "\r")
# Each says in its own way where it ends too early, never, or has another number of columns than the first line.
ODD = ('odd{0}{0}mira{0}"mo"ss{0}', 'odd{0}{0}mira{0}"moss{0}', "odd{0}{0}mira", "odd{0}{0}mira{0}moss{0}{0}more")
PIECES = st.sampled_from(
    ["a", "é", "密", "🏦", '"', '""', ",", ";", "\t", "|", "\n", "\r\n", "\r", " ", "'", "\\", "\u2028", "x=1"]
)
TEXT = st.lists(PIECES, max_size=6).map("".join)


@dataclass(frozen=True)
class Login:
    """A row; what of it was not quoted though it could have been."""

    title: str
    password: str
    notes: str
    quotes_all: bool

    def written(self, delimiter: str) -> str:
        """In the way of this delimiter."""
        fields = (self.title, "", "mira", self.password, self.notes)
        return delimiter.join(self._field(text, delimiter) for text in fields)

    def _field(self, text: str, delimiter: str) -> str:
        must = any(sign in text for sign in (delimiter, "\n", "\r")) or text.startswith('"') or text != text.strip()
        return '"' + text.replace('"', '""') + '"' if must or self.quotes_all else text


@dataclass(frozen=True)
class Written:
    """A file, what is in it, and the numbers of the rows that are odd."""

    file: bytes
    logins: list[list[str]]
    odd: list[int]
    is_torn: bool
    """Whether a quotation mark of it is never closed."""


LOGINS = st.builds(Login, TEXT.map(lambda text: f"t{text}"), TEXT, TEXT, st.booleans())
ROWS = st.lists(st.tuples(LOGINS | st.sampled_from(ODD) | st.just(""), st.sampled_from(ENDS)), min_size=1, max_size=6)


@st.composite
def files(draw: st.DrawFn) -> Written:
    """A list of logins as somebody might have written it, saved, joined and edited it."""
    delimiter, encoding, rows = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(ENCODINGS)), draw(ROWS)
    text = draw(st.sampled_from(["", f"sep={delimiter}\r\n"]))
    text += delimiter.join(["name", "url", "username", "password", "note"]) + draw(st.sampled_from(ENDS))
    logins, odd = [], []
    for number, (row, end) in enumerate(rows, start=2):
        line = row.written(delimiter) if isinstance(row, Login) else row.format(delimiter)
        # Two line ends in a row may be one of two characters: something stands between them.
        text += (line or " ") + end
        if isinstance(row, Login):
            logins.append([row.title, row.password, row.notes])
        elif row:
            odd.append(number)
    mark = "\ufeff" if encoding.endswith("mark") else ""
    file = (mark + text).encode(encoding.partition(" ")[0])
    return Written(file, logins, odd, any(row == ODD[1] for row, _ in rows))


@settings(max_examples=60)
@given(st.lists(files(), min_size=1, max_size=5))
def test_any_mix_gives_the_same_logins_and_names_every_row_that_is_odd(
    modules: Modules, written: list[Written]
) -> None:
    given = [each for each in written if each.logins or each.odd]
    found = modules.page.evaluate(READ, [base64.b64encode(each.file).decode() for each in given])
    for each, (logins, problems, remarked) in zip(given, found, strict=True):
        if each.is_torn:
            # What is never closed can go on in a row below, and be whole. Then the row is named, or what it became.
            assert problems or remarked
            assert all(login in each.logins or login[0] in remarked for login in logins)
        else:
            assert (logins, problems) == (each.logins, each.odd)


def test_signs_that_stand_in_for_line_ends_may_be_in_the_file_themselves(modules: Modules) -> None:
    spaces = "\u2028\u2029\u200a\u2009\v\f"
    text = f'name,url,username,password,note\r\nLamp,,mira,"a\r\n{spaces}\r",{spaces}x\r\nWell,,mira,b{spaces},\r'
    assert modules.page.evaluate(READ, [base64.b64encode(text.encode()).decode()]) == [
        [[["Lamp", f"a\r\n{spaces}\r", f"{spaces}x"], ["Well", f"b{spaces}", ""]], [], ["Lamp", "Well"]],
    ]
