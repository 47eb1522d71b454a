"""CPace in the browser is the one of the draft."""

import pytest

from tests.browser.modules.conftest import Modules, vectors

CPACE = "const cpace = await load('crypto/cpace'); const run = given.run; const un = fromHex;\n"


def test_strings_and_generator_are_those_of_the_draft(modules: Modules) -> None:
    given = vectors("cpace")
    assert modules(CPACE + """const { generator: made } = given;
        const inputs = [made.PRS, made.CI, made.sid].map(un);
        return {
          prepended: given.prepend_len.map(([part]) => hex(bytes.lv(un(part)))),
          joined: given.lv_cat.map(([parts]) => hex(bytes.lv(...parts.map(un)))),
          transcripts: given.transcript_ir.map(([ya, ada, yb, adb]) =>
            hex(bytes.concat(bytes.lv(un(ya), un(ada)), bytes.lv(un(yb), un(adb))))),
          string: hex(cpace.generatorString(...inputs)),
          generator: hex(cpace.calculateGenerator(...inputs).toBytes()),
        };""", given=given) == {
        "prepended": [row[-1] for row in given["prepend_len"]],
        "joined": [row[-1] for row in given["lv_cat"]],
        "transcripts": [row[-1] for row in given["transcript_ir"]],
        "string": given["generator"]["generator_string"],
        "generator": given["generator"]["g"],
    }  # fmt: skip


def test_a_run_is_the_one_of_the_draft(modules: Modules) -> None:
    given = vectors("cpace")
    run = given["run"]
    assert modules(CPACE + """const [prs, ci, sid, ya, yb, a, b, ada, adb] =
          ['PRS', 'CI', 'sid', 'ya', 'yb', 'Ya', 'Yb', 'ADa', 'ADb'].map((name) => un(run[name]));
        const generator = cpace.calculateGenerator(prs, ci, sid);
        const k = cpace.scalarMultVfy(ya, b);
        return [cpace.scalarMult(ya, generator), cpace.scalarMult(yb, generator), k, cpace.scalarMultVfy(yb, a),
          cpace.sessionKey({ sid, k, ya: a, ada, yb: b, adb })].map(hex);""", given=given) == [
        run["Ya"], run["Yb"], run["K"], run["K"], run["ISK_IR"],
    ]  # fmt: skip


@pytest.mark.parametrize("more", [["", "00" * 31, "00" * 33]])
def test_a_share_is_checked_as_in_the_draft(modules: Modules, more: list[str]) -> None:
    given = vectors("cpace")
    refused = [*given["points"]["invalid"], *vectors("ristretto255")["invalid"], *more]
    assert modules(CPACE + """const { s, X } = given.points.valid;
        return [hex(cpace.scalarMultVfy(un(s), un(X))),
          await surprises(refused.map((share) => ['bad_share', share]),
            (share) => cpace.scalarMultVfy(un(s), un(share)))];
        """, given=given, refused=refused) == [given["points"]["valid"]["scalar_mult_vfy"], []]  # fmt: skip


def test_scalars_have_252_bits_and_differ(modules: Modules) -> None:
    assert modules(CPACE + """const drawn = Array.from({ length: 200 }, () => cpace.sampleScalar());
        return [new Set(drawn.map(hex)).size, drawn.every((scalar) => scalar.length === 32 && scalar[31] < 16),
          drawn.some((scalar) => scalar[31] > 7)];""", given={}) == [200, True, True]  # fmt: skip
