"""Documents: what goes in comes out, and nothing that was changed on the way is accepted."""

import gzip
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vault.documents import Maker, maker, note
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.crypto.signatures import new_seed, sign
from webapp.client.errors import BadSignature, DeviceError, Malformed, NewerFormat, TooLarge, WrongAccount, WrongKey
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import from_json, sha256_hex, to_base64, to_json

MEMBER = maker()
ANY_TEXT = st.text(st.characters())  # lone surrogates too: a browser lets them be typed


def resealed(packed: bytes, member: Maker = MEMBER) -> bytes:
    """A file with other contents, made by somebody who knows only the recipients."""
    return seal(packed, member.recipients)


@given(st.lists(st.builds(note, ANY_TEXT, ANY_TEXT), max_size=4))
def test_every_text_comes_back_as_it_was(items: list[Item]) -> None:
    opened = documents.open_document(MEMBER.file(items), [MEMBER.vault])
    assert opened.body["items"] == items
    assert opened.manifest["items"] == len(items)


@pytest.mark.parametrize("text", ["", "x" * 1_000_000, "🔑" * 250_000, "\u2028\u2029\x00\x1f"])
def test_empty_and_large_notes_come_back(text: str) -> None:
    opened = documents.open_document(MEMBER.file([note("title", text)]), [MEMBER.kit])
    assert opened.body["items"][0]["notes"] == text


def test_every_altered_byte_is_refused() -> None:
    file = MEMBER.file([note("short")])
    for place in range(len(file)):
        altered = bytearray(file)
        altered[place] ^= 1 + place % 255
        with pytest.raises(DeviceError):
            documents.open_document(bytes(altered), [MEMBER.vault])


def test_every_truncation_is_refused() -> None:
    file = MEMBER.file([note("short")])
    for length in range(len(file)):
        with pytest.raises(DeviceError):
            documents.open_document(file[:length], [MEMBER.vault])


def test_every_altered_byte_of_the_lines_is_refused() -> None:
    lines = MEMBER.document([note("short")]).lines
    for place in range(len(lines)):
        altered = bytearray(lines)
        altered[place] ^= 1 + place % 255
        with pytest.raises(DeviceError):
            documents.read(bytes(altered))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(WrongKey):
        documents.open_document(MEMBER.file(), [new_identity()])


def test_what_another_device_wrote_is_refused() -> None:
    """Whoever knows the recipients can make a file; only a device of the member can sign one."""
    manifest, _, body = MEMBER.document().lines.split(b"\n")[:3]
    forged = to_base64(sign(new_seed(), documents.LABEL, manifest)).encode()
    with pytest.raises(BadSignature):
        documents.open_document(resealed(gzip.compress(b"%s\n%s\n%s\n" % (manifest, forged, body))), [MEMBER.vault])


def test_a_device_missing_from_its_own_list_is_refused() -> None:
    with pytest.raises(BadSignature):
        documents.write({**MEMBER.draft(), "devices": []}, MEMBER.body([]), MEMBER.seed)


def test_a_body_of_another_time_is_refused() -> None:
    manifest, signature, _ = MEMBER.document([note("new")]).lines.split(b"\n")[:3]
    older = MEMBER.document([note("old")]).lines.split(b"\n")[2]
    with pytest.raises(BadSignature):
        documents.read(b"%s\n%s\n%s\n" % (manifest, signature, older))


def test_a_second_gzip_member_is_refused() -> None:
    packed = unseal(MEMBER.file(), [MEMBER.vault])
    for extra in (gzip.compress(b""), packed, b"\0", b"x"):
        with pytest.raises(Malformed):
            documents.open_document(resealed(packed + extra), [MEMBER.vault])


def test_a_truncated_gzip_is_refused() -> None:
    packed = unseal(MEMBER.file(), [MEMBER.vault])
    for length in (0, 1, len(packed) // 2, len(packed) - 8, len(packed) - 1):
        with pytest.raises(Malformed):
            documents.open_document(resealed(packed[:length]), [MEMBER.vault])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = resealed(gzip.compress(bytes(documents.INFLATED_LIMIT + 1), compresslevel=1))
    with pytest.raises(TooLarge):
        documents.open_document(bomb, [MEMBER.vault])


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    file = MEMBER.file()
    monkeypatch.setattr(documents, "VAULT_FILE_BYTES", len(file) - 1)
    with pytest.raises(TooLarge):
        documents.open_document(file, [MEMBER.vault])
    with pytest.raises(TooLarge):
        MEMBER.file([note("more than before", "x" * 1000)])


def test_too_many_items_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.client.formats.document_shapes.VAULT_ITEMS", 2)
    assert MEMBER.file([note(), note()])
    with pytest.raises(TooLarge):
        MEMBER.file([note(), note(), note()])


def test_a_file_of_another_account_is_refused() -> None:
    document = MEMBER.document()
    documents.require_account(document, MEMBER.organisation, MEMBER.user)
    for organisation, user in ((maker().organisation, MEMBER.user), (MEMBER.organisation, maker().user)):
        with pytest.raises(WrongAccount):
            documents.require_account(document, organisation, user)


Change = Callable[[dict[str, object]], object]
CHANGES: list[Change] = [
    lambda manifest: manifest.update(format=True),
    lambda manifest: manifest.update(counter=-1),
    lambda manifest: manifest.update(counter=True),
    lambda manifest: manifest.update(epoch=1.5),
    lambda manifest: manifest.update(epoch=2**53),
    lambda manifest: manifest.update(items=1),
    lambda manifest: manifest.update(user="someone"),
    lambda manifest: manifest.update(made_at=5),
    lambda manifest: manifest.update(kit=2),
    lambda manifest: manifest.update(epoch=2),
    lambda manifest: manifest.update(further="field"),
    lambda manifest: manifest.update(devices={}),
    lambda manifest: manifest.update(organisation_key={"epoch": 1, "fingerprint": "short"}),
    lambda manifest: manifest.pop("base_sha256"),
    lambda manifest: manifest.pop("organisation_key"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_manifest_with_a_wrong_field_is_refused_even_when_signed(change: Change) -> None:
    with pytest.raises(Malformed):
        documents.read(signed_again(change))


def test_a_later_format_is_told_apart() -> None:
    with pytest.raises(NewerFormat):
        documents.read(signed_again(lambda manifest: manifest.update(format=2, news="?")))


def signed_again(change: Change) -> bytes:
    """A document whose manifest its own device wrote differently."""
    manifest_line, _, body = MEMBER.document().lines.split(b"\n")[:3]
    manifest = from_json(manifest_line)
    change(manifest)
    changed = to_json(manifest).encode()
    signature = to_base64(sign(MEMBER.seed, documents.LABEL, changed)).encode()
    return b"%s\n%s\n%s\n" % (changed, signature, body)


def test_a_fourth_line_or_a_missing_one_is_refused() -> None:
    lines = MEMBER.document().lines
    for other in (lines[:-1], lines + b"\n", lines + b"{}\n", lines.replace(b"\n", b"\r\n"), b"", b"\n\n\n"):
        with pytest.raises(DeviceError):
            documents.read(other)


def test_the_body_is_signed_by_its_exact_bytes() -> None:
    document = MEMBER.document([note("a")])
    assert sha256_hex(document.lines.split(b"\n")[2]) == document.manifest["body_sha256"]
    assert recipient_of(MEMBER.vault).encode() not in document.lines
