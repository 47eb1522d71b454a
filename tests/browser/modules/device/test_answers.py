"""Where answers lead: to a path of this site, as the browser itself reads it, and without a fragment."""

from tests.browser.modules.conftest import Modules

PATHS = [
    "/",
    "/vault",
    "/recovery/done?from=backup",
    "/a/../b",
    "/recovery/%23k",
    "/%5c%5cevil.example",
    "/%2f%2fevil",
    "/~é",
]
OTHERS = [
    *[
        "",
        "vault",
        "//evil.example/",
        "///evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "?next=/vault",
    ],
    *["/backups#k=" + "a" * 32, "/vault#", "#k"],
    *["/\\evil.example/", "/\\/evil.example/", "\\\\evil.example", "\\/evil.example", "/vault\\"],
    *[f"/{control}/evil.example/" for control in ("\t", "\n", "\r", "\0", "\x1f", "\x7f", "\x85")],
    *[f"{control}//evil.example/" for control in ("\t", "\n", " ", "\x00")],
]


def test_an_address_of_this_site_is_a_path_without_a_fragment(modules: Modules) -> None:
    look = "const { path } = await load('device/answers'); return given.map(path);"
    assert modules(look, given=PATHS) == [True] * len(PATHS)
    assert [each for each, taken in zip(OTHERS, modules(look, given=OTHERS), strict=True) if taken] == []
    assert (
        modules("const { path } = await load('device/answers'); return [null, 1, ['/'], {}].map(path);") == [False] * 4
    )


def test_whatever_is_put_behind_the_first_slash_what_is_taken_stays_here(modules: Modules) -> None:
    """All of three signs out of those that addresses are made of, in front of another site’s name."""
    found = modules("""const { path } = await load('device/answers');
        const signs = ['', '/', '\\\\', '\\t', '\\n', '\\u0000', ' ', '.', '@', ':', '?', '#', '%2f', '\\u2028',
          '\\uff0f', 'a'];
        const wrong = [];
        let taken = 0;
        for (const one of signs) for (const two of signs) for (const three of signs) {
          const each = `/${one}${two}${three}evil.example/x`;
          if (!path(each)) continue;
          taken += 1;
          const { origin, hash } = new URL(each, location.origin);
          if (origin !== location.origin || hash) wrong.push(each);
        }
        return [taken > 100, wrong];""")
    assert found == [True, []]
