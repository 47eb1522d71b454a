"""CPace and ristretto255 are those of their documents; the headless device's versions of them."""

import hashlib

import pytest

from tests.client.test_vectors import vectors
from webapp.client.crypto import cpace, ristretto
from webapp.client.crypto.cpace import Sent
from webapp.client.errors import BadShare
from webapp.crypto.fingerprints import lv

RISTRETTO, CPACE = vectors("ristretto255"), vectors("cpace")
RUN = {name: bytes.fromhex(value) for name, value in CPACE["run"].items()}
A, B = Sent(RUN["Ya"], RUN["ADa"]), Sent(RUN["Yb"], RUN["ADb"])


def scalar(octets: bytes) -> int:
    """As the draft writes one."""
    return int.from_bytes(octets, "little")


def unhex(*texts: str) -> list[bytes]:
    """Each as bytes."""
    return [bytes.fromhex(text) for text in texts]


def ordered(a: bytes, b: bytes) -> bytes:
    """o_cat of the draft (appendix A), which only its symmetric mode needs."""
    return b"oc" + (a + b if a > b else b + a)


def test_multiples_of_the_generator_are_those_of_the_rfc() -> None:
    for times, encoding in enumerate(unhex(*RISTRETTO["multiples"])):
        assert (ristretto.BASE * times).encode() == encoding
        assert ristretto.decode(encoding).encode() == encoding
    assert (ristretto.BASE * ristretto.ORDER).encode() == bytes(32)


@pytest.mark.parametrize("encoding", [*RISTRETTO["invalid"], "", "00" * 31, "00" * 33])
def test_what_encodes_no_element_is_refused(encoding: str) -> None:
    with pytest.raises(BadShare):
        ristretto.decode(bytes.fromhex(encoding))


def test_elements_are_derived_as_in_the_rfc() -> None:
    assert [ristretto.derive(bytes.fromhex(octets)).encode().hex() for octets, _ in RISTRETTO["derived"]] == [
        encoding for _, encoding in RISTRETTO["derived"]
    ]


def test_strings_are_put_together_as_in_the_draft() -> None:
    for part, expected in CPACE["prepend_len"]:
        assert lv(bytes.fromhex(part)).hex() == expected
    for parts, expected in CPACE["lv_cat"]:
        assert lv(*unhex(*parts)).hex() == expected
    for a, b, expected in CPACE["o_cat"]:
        assert ordered(*unhex(a, b)).hex() == expected
    for name, join in (("transcript_ir", bytes.__add__), ("transcript_oc", ordered)):
        for *parts, expected in CPACE[name]:
            ya, ada, yb, adb = unhex(*parts)
            assert join(lv(ya, ada), lv(yb, adb)).hex() == expected


def test_the_generator_is_the_one_of_the_draft() -> None:
    made = CPACE["generator"]
    inputs = unhex(made["PRS"], made["CI"], made["sid"])
    assert cpace.DSI.hex() == made["DSI"]
    assert cpace.generator_string(*inputs).hex() == made["generator_string"]
    assert bytes(made["zpad_length"]) in cpace.generator_string(*inputs)
    assert hashlib.sha512(cpace.generator_string(*inputs)).hexdigest() == made["hash"]
    assert cpace.calculate_generator(*inputs).encode().hex() == made["g"] == RUN["g"].hex()


def test_a_run_is_the_one_of_the_draft() -> None:
    generator = cpace.calculate_generator(RUN["PRS"], RUN["CI"], RUN["sid"])
    ya, yb = scalar(RUN["ya"]), scalar(RUN["yb"])
    assert [cpace.scalar_mult(y, generator) for y in (ya, yb)] == [A.share, B.share]
    assert cpace.scalar_mult_vfy(ya, B.share) == cpace.scalar_mult_vfy(yb, A.share) == RUN["K"]
    assert cpace.session_key(RUN["sid"], RUN["K"], A, B) == RUN["ISK_IR"]
    a, b = lv(A.share, A.associated), lv(B.share, B.associated)
    prefix = lv(cpace.DSI + b"_ISK", RUN["sid"], RUN["K"])
    assert hashlib.sha512(prefix + ordered(a, b)).digest() == RUN["ISK_SY"]
    assert hashlib.sha512(b"CPaceSidOutput" + a + b).digest() == RUN["sid_output_ir"]
    assert hashlib.sha512(b"CPaceSidOutput" + ordered(a, b)).digest() == RUN["sid_output_oc"]


def test_a_share_is_checked_as_in_the_draft() -> None:
    valid = CPACE["points"]["valid"]
    s, share = scalar(bytes.fromhex(valid["s"])), bytes.fromhex(valid["X"])
    assert cpace.scalar_mult(s, ristretto.decode(share)).hex() == valid["scalar_mult"]
    assert cpace.scalar_mult_vfy(s, share).hex() == valid["scalar_mult_vfy"]
    for invalid in unhex(*CPACE["points"]["invalid"]):
        with pytest.raises(BadShare):
            cpace.scalar_mult_vfy(s, invalid)


def test_scalars_have_252_bits_and_differ() -> None:
    drawn = {cpace.sample_scalar() for _ in range(200)}
    assert len(drawn) == 200
    assert max(drawn).bit_length() <= 252
    assert max(drawn).bit_length() > 244
