"""Key files as people keep them: `# name: value` comment lines and one age identity line, good for `age -d -i`."""

from collections.abc import Mapping

from webapp.client.crypto.identities import Identity, read_identity
from webapp.client.errors import Malformed
from webapp.client.text_files import lines_of


def write_key_file(title: str, notes: Mapping[str, str], identity: Identity) -> str:
    """The text of a key file. Line breaks in a value become spaces: a name can't add a line."""
    comments = [f"# {name}: {' '.join(value.split())}" for name, value in notes.items()]
    return "\n".join([f"# {title}", *comments, identity, ""])


def read_key_file(text: str, title: str) -> tuple[dict[str, str], Identity]:
    """The notes and the identity of a key file with this title; raises Malformed."""
    lines = lines_of(text)
    if f"# {title}" not in lines:
        raise Malformed(f"not a {title}")
    comments = [line.removeprefix("#").partition(":") for line in lines if line.startswith("#")]
    notes = {name.strip(): value.strip() for name, colon, value in comments if colon}
    return notes, only_identity(text)


def only_identity(text: str) -> Identity:
    """The one identity of a key file, whatever its comments say; raises Malformed."""
    identities = [line for line in lines_of(text) if not line.startswith("#")]
    if len(identities) != 1:
        raise Malformed("a key file has one identity line")
    return read_identity(identities[0])
