"""What axe looks at: all of a screen once, and at other sizes and in the other theme whatever can differ there."""

from playwright.sync_api import Page

from tests.support.pages.chromium import EXAMINED, Screens

LOOKS = [f"{size}, {scheme}" for size, scheme in EXAMINED]
SCREEN = """<!doctype html><html lang="en"><head><title>Hello · Spare Key</title><style>
  body {{ color: #111; background: #fff }}
  {style}
</style></head><body><main><h1>Hello</h1>{markup}</main></body></html>"""
NARROW_ONLY = "#narrow { display: none } @media (width < 600px) { #narrow { display: block } }"
DARK = "@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }"
PALE_WHERE_SMALL = "@media (prefers-color-scheme: dark) and (width < 350px) { p { color: #999; background: #888 } }"
PALE_IN_THE_DARK = "@media (prefers-color-scheme: dark) { p { color: #999; background: #888 } }"


def looked_at(page: Page, style: str, markup: str) -> Screens:
    page.set_content(SCREEN.format(style=style, markup=markup))
    screens = Screens()
    screens(page, "a-screen")
    return screens


def test_the_same_elements_are_judged_by_all_rules_once(page: Page) -> None:
    screens = looked_at(page, "", "<p>A sentence.</p>")
    assert screens.found == []
    assert screens.looks == [
        "a-screen, wide, light: all rules",
        "a-screen, phone, dark: by appearance",
        "a-screen, small, light: by appearance",
    ]


def test_another_theme_is_judged_by_its_colours_once(page: Page) -> None:
    screens = looked_at(page, DARK, "<p>A sentence.</p>")
    assert screens.found == []
    assert screens.looks == [
        "a-screen, wide, light: all rules",
        "a-screen, wide, dark: by colour",
        "a-screen, phone, dark: by appearance",
        "a-screen, small, light: by appearance",
    ]


def test_a_colour_that_only_the_dark_has_is_judged(page: Page) -> None:
    found = looked_at(page, PALE_IN_THE_DARK, "<p>A sentence.</p>").found
    assert [each[:40] for each in found] == [
        "a-screen, wide, dark: color-contrast, El",
        "a-screen, phone, dark: color-contrast, E",
    ]


def test_a_colour_that_only_the_small_dark_screen_has_is_judged(page: Page) -> None:
    (found,) = looked_at(page, PALE_WHERE_SMALL, "<p>A sentence.</p>").found
    assert found.startswith("a-screen, small, dark: color-contrast")


def test_what_only_a_narrow_screen_shows_is_judged_by_all_rules(page: Page) -> None:
    screens = looked_at(page, NARROW_ONLY, '<div id="narrow"><img src="data:,"></div>')
    assert "a-screen, phone, dark: all rules" in screens.looks
    assert any("image-alt" in found for found in screens.found)


def test_what_is_wider_than_a_narrow_window_is_found(page: Page) -> None:
    found = looked_at(page, "p { width: 700px }", "<p>A sentence.</p>").found
    narrow = ("phone, dark", "phone, light", "small, light", "small, dark")
    assert found == [f"a-screen, {look}: it is wider than the window" for look in narrow]


def test_an_id_that_two_elements_have_is_found(page: Page) -> None:
    found = looked_at(page, "", '<p id="same">One.</p><p id="same">Two.</p><p id="other">Three.</p>').found
    assert found == [f"a-screen, {look}: two elements have the id same" for look in LOOKS]


def test_a_title_that_is_not_the_headings_is_found(page: Page) -> None:
    (found,) = looked_at(page, "", "<p>A sentence.</p><script>document.title = 'Bye · Spare Key'</script>").found
    assert found == 'a-screen: it is called “Bye · Spare Key”, and its headings are ["Hello"]'
