"""What reads scripts finds each kind of fault that it is there for, and nothing in what is committed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PLANTED = {
    "static/js/crypto/planted-import.js": "import '../device/keystore-name.js';\n",
    "static/js/page/elements/planted-import.js": "import './time-left.js';\n",
    "static/js/pairing/elements/planted-domain.js": "import '../../recovery/finish.js';\n",
    "static/js/page/planted-borrowing.js": "import htmx from '../../vendor/htmx.js';\n\nhtmx.process();\n",
    "static/js/page/planted-circle.js": "import './planted-return.js';\n",
    "static/js/page/planted-return.js": "import './planted-circle.js';\n",
    "static/js/entries/core.js": "import '../page/elements/planted-heavy.js';\n",
    "static/js/page/elements/planted-heavy.js": "import '../planted-step.js';\n",
    "static/js/page/planted-step.js": "import '../crypto/bytes.js';\n",
    "static/js/planted-folder/module.js": "export {};\n",
    "static/js/page/planted-missing.js": "import './nowhere.js';\n",
    "static/js/page/planted-unused.js": "const unused = 1;\n",
    "static/js/page/planted-equal.js": "export const isNone = (value) => value == 0;\n",
    "static/js/page/planted-constant.js": "let always = 1;\nexport { always };\n",
    "static/js/page/planted-global.js": "export const found = somewhere;\n",
    "static/js/page/planted-type.js": "/** @param {number} size */\nconst half = (size) => size / 2;\n\nhalf('a');\n",
    "static/js/page/planted-element.js": "document.querySelector('[data-part]').nowhere();\n",
    "static/js/planted-folder/vault-watermark.js": (
        "export const first = (/** @type {string[]} */ list) => list.at(0).length;\n"
    ),
    "static/js/crypto/planted-strict.js": "export const first = (list) => list[0];\n",
    "static/js/page/planted-width.js": f"export const long = '{'x' * 100}';\n",
}
FOUND = {
    "static/js/crypto/planted-import.js": "crypto/planted-import.js may not import device/keystore-name.js",
    "static/js/page/elements/planted-import.js": "planted-import.js may not import page/elements/time-left.js",
    "static/js/pairing/elements/planted-domain.js": "planted-domain.js may not import recovery/finish.js",
    "static/js/page/planted-borrowing.js": "page/planted-borrowing.js may not import vendor/htmx.js",
    "static/js/page/planted-circle.js": (
        "circle of imports: page/planted-circle.js → page/planted-return.js → page/planted-circle.js"
    ),
    "static/js/page/planted-return.js": "circle of imports",
    "static/js/entries/core.js": (
        "reach cryptography: page/elements/planted-heavy.js → page/planted-step.js → crypto/bytes.js"
    ),
    "static/js/planted-folder/module.js": "planted-folder/module.js is in no row",
    "static/js/page/planted-missing.js": "no such file",
    "static/js/page/planted-unused.js": "no-unused-vars",
    "static/js/page/planted-equal.js": "eqeqeq",
    "static/js/page/planted-constant.js": "prefer-const",
    "static/js/page/planted-global.js": "no-undef",
    "static/js/page/planted-type.js": "error TS2345: Argument of type 'string' is not assignable",
    "static/js/page/planted-element.js": "error TS2339: Property 'nowhere' does not exist on type 'AnyElement'",
    "static/js/planted-folder/vault-watermark.js": "error TS2532: Object is possibly 'undefined'",
    "static/js/crypto/planted-strict.js": "error TS7006: Parameter 'list' implicitly has an 'any' type",
    "static/js/page/planted-width.js": "max-len",
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A line each, of a copy of the scripts with a fault of each kind in it."""
    if not shutil.which("npm"):
        pytest.skip("install Node.js and npm, which read scripts: https://nodejs.org")
    copy = tmp_path_factory.mktemp("scripts")
    for folder in ("requirements/scripts", "static/js", "static/vendor"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("node_modules"))
    for path, source in PLANTED.items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(source)
    check = ["node", "requirements/scripts/check.mjs"]
    done = subprocess.run(check, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("path", FOUND)
def test_a_fault_is_found(findings: list[str], path: str) -> None:
    assert [line for line in findings if re.match(rf"{re.escape(path)}[:(]", line) and FOUND[path] in line] != []


def test_nothing_else_is_found(findings: list[str]) -> None:
    assert [line for line in findings if re.split("[:(]", line)[0] not in PLANTED and not line.startswith(" ")] == []
