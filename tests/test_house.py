"""The rules of the house that no linter knows: sizes, places, what templates and lock files say, who imports whom."""

import ast
import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    *(".ci", ".gitattributes", ".github", ".gitignore", "LICENSE", "Makefile", "Procfile", "README.md"),
    *("pyproject.toml", "requirements", "static", "templates", "tests", "webapp"),
}
LINE_CAPS = {
    "webapp/**/*.py": 400,
    "tests/**/*.py": 400,
    "templates/**/*.html": 120,
    "static/js/**/*.js": 400,
    "static/css/**/*.css": 200,
    ".github/CONTRIBUTING.md": 150,
    ".github/SECURITY.md": 60,
}
FUNCTION_LINES = 40
TEMPLATE_WIDTH = 160
FOLDER_FILES = 35
"""More are not seen at a glance: a folder is parted by what changes together."""
BANNED_IN_TEMPLATES = {
    "a poll in fractions of a second asks hundreds of times a second": r"every \d*\.\d",
    "a poll is written in whole milliseconds": r"every \d+s\b",
    "hx-on is dead under the content policy": r"\bhx-on\b|\bhx-on:",
    "js: is dead under the content policy": r"[\"'{ ]js:|javascript:",
    "event attributes are dead under the content policy": r"\son[a-z]+=",
    "|safe lets text be markup": r"\|\s*safe\b|autoescape false",
    "inline styles are dead under the content policy": r"\sstyle=|<style\b",
    "scripts come from files": r"<script(?![^>]*\ssrc=)[^>]*>",
    "addresses of static files come from asset_url": r"[\"'(]/static/",
    "inheritance from <body> surprises": r"<body[^>]*\shx-",
}
IMPORTS_IN_FUNCTIONS = {
    "webapp/cli.py:demo": "the web process never loads the headless device",
}
"""With the reason of each: elsewhere an import inside a function hides a circle."""
INDEX_ADDRESS = re.compile(r"--(extra-)?index-url|--find-links|\"resolved\"|https?://[^ ]*/(simple|packages)/")


def tracked(pattern: str) -> Iterator[Path]:
    """The files of the repository that match, with neither borrowed nor generated ones."""
    for path in sorted(ROOT.glob(pattern)):
        if path.is_file() and not {"dist", "vendor", "versions", "__pycache__"} & set(path.parts):
            yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def modules() -> list[Path]:
    return [*tracked("webapp/**/*.py"), *tracked("tests/**/*.py")]


@pytest.mark.parametrize("pattern", LINE_CAPS)
def test_no_file_has_grown_too_long(pattern: str) -> None:
    assert {name(path): lines(path) for path in tracked(pattern) if lines(path) > LINE_CAPS[pattern]} == {}


def test_no_line_of_a_template_is_too_wide_to_read() -> None:
    wide = {}
    for path in tracked("templates/**/*.*"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > TEMPLATE_WIDTH:
                wide[f"{name(path)}:{number}"] = len(line)
    assert wide == {}


def test_no_function_has_grown_too_long() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > FUNCTION_LINES:
                    long[f"{name(path)}:{node.name}"] = size
    assert long == {}


def test_no_folder_has_grown_too_full() -> None:
    """Migrations are numbered, and read one at a time."""
    patterns = ("webapp/**/*.py", "tests/**/*.py", "templates/**/*.*", "static/js/**/*.js", "static/css/**/*.css")
    files = Counter(name(path.parent) for pattern in patterns for path in tracked(pattern))
    assert {folder: number for folder, number in files.items() if number > FOLDER_FILES} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name(path) for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_nothing_new_stands_at_the_top_level() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout; clone the repository")
    assert {path.split("/")[0] for path in listed.stdout.splitlines()} <= TOP_LEVEL


def test_no_lock_file_names_a_package_index() -> None:
    pins = [path for path in ROOT.glob("requirements/**/*") if path.is_file()]
    locks = [*pins, *ROOT.glob("static/vendor/package*.json"), ROOT / "pyproject.toml"]
    assert ROOT / "requirements/scripts/package-lock.json" in locks
    assert [name(path) for path in locks if INDEX_ADDRESS.search(path.read_text())] == []


def test_the_pins_for_tests_include_the_pins_for_running() -> None:
    pins = {path: set(re.findall(r"^\S+==\S+", path.read_text(), re.M)) for path in ROOT.glob("requirements/*.txt")}
    assert pins[ROOT / "requirements/run.txt"] <= pins[ROOT / "requirements/dev.txt"]


@pytest.mark.parametrize("reason", BANNED_IN_TEMPLATES)
def test_no_template_says_it(reason: str) -> None:
    found = []
    for path in tracked("templates/**/*.*"):
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        found += [f"{name(path)}: {match[0]}" for match in re.finditer(BANNED_IN_TEMPLATES[reason], text)]
    assert found == [], reason


@pytest.mark.parametrize("source", [".innerHTML", ".outerHTML", "insertAdjacentHTML", "document.write", "eval("])
def test_no_script_makes_markup_from_text(source: str) -> None:
    assert [name(path) for path in tracked("static/js/**/*.js") if source in path.read_text()] == []


def test_what_is_borrowed_is_what_was_reviewed() -> None:
    vendor = ROOT / "static/vendor"
    checksums = (line.split() for line in (vendor / "CHECKSUMS").read_text().splitlines())
    listed = {path: checksum for checksum, path in checksums}
    assert {path.name for path in vendor.glob("*.js")} <= set(listed)
    assert {path: hashlib.sha256((vendor / path).read_bytes()).hexdigest() for path in listed} == listed


def test_the_web_process_never_loads_the_headless_device() -> None:
    program = (
        "import sys; from webapp import create_app; create_app();"
        "print(*(name for name in sys.modules if name.startswith(('webapp.client', 'webapp.ops.demo'))))"
    )
    environ = {"SPAREKEY_MODE": "testing", "DATABASE_URL": "sqlite://"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_only_the_demo_and_the_tests_import_the_headless_device() -> None:
    allowed = {"webapp/ops/demo.py", "webapp/cli.py"}
    importers = {
        name(path)
        for path in tracked("webapp/**/*.py")
        if any(module.startswith("webapp.client") for module in imports(path)) and "webapp/client/" not in name(path)
    }
    assert importers <= allowed


def test_no_crypto_of_the_server_can_open_an_age_file() -> None:
    """It seals share S to the device that asked; opening is not among the names it may import."""
    importers = {
        name(path): {module for module in imports(path) if module.split(".")[0] == "pyrage"}
        for path in tracked("webapp/**/*.py")
        if "webapp/client/" not in name(path)
    }
    sealing = {"pyrage", "pyrage.encrypt", "pyrage.RecipientError", "pyrage.x25519", "pyrage.x25519.Recipient"}
    assert {path: names for path, names in importers.items() if names} == {"webapp/crypto/wrapping.py": sealing}


def test_flows_and_models_know_no_request() -> None:
    """A rule that needs to know who asks is told: `actor` is an argument."""
    banned = {"flask.request", "flask.session", "flask.g", "flask_login.current_user"}
    for folder in ("flows", "models"):
        for path in tracked(f"webapp/{folder}/**/*.py"):
            assert not imports(path) & banned, name(path)
    assert not any("flask" in imports(path) for path in tracked("webapp/flows/**/*.py"))


def test_imports_stand_at_the_top_but_those_with_a_reason() -> None:
    inside = set()
    for path in modules():
        functions = (each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.FunctionDef))
        for function in functions:
            if any(isinstance(each, ast.Import | ast.ImportFrom) for each in ast.walk(function)):
                inside.add(f"{name(path)}:{function.name}")
    assert inside == set(IMPORTS_IN_FUNCTIONS)


def test_no_import_is_for_the_types_alone() -> None:
    """Such a one hides a circle, too; `lint-imports` finds all others."""
    assert [name(path) for path in tracked("webapp/**/*.py") if "typing.TYPE_CHECKING" in imports(path)] == []


def imports(path: Path) -> set[str]:
    """Everything a module imports, as `package.module` and `package.module.name`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
