"""What axe looks at: all of a screen once, and at the narrow, dark one whatever can differ there."""

from playwright.sync_api import Page

from tests.support.pages.chromium import Screens

SCREEN = """<!doctype html><html lang="en"><head><title>A screen</title><style>
  body {{ color: #111; background: #fff }}
  {style}
</style></head><body><main><h1>Hello</h1>{markup}</main></body></html>"""
NARROW_ONLY = "#narrow { display: none } @media (width < 600px) { #narrow { display: block } }"
PALE_IN_THE_DARK = "@media (prefers-color-scheme: dark) { p { color: #999; background: #888 } }"


def looked_at(page: Page, style: str, markup: str) -> Screens:
    page.set_content(SCREEN.format(style=style, markup=markup))
    screens = Screens()
    screens(page, "a-screen")
    return screens


def test_the_same_elements_are_judged_by_all_rules_once(page: Page) -> None:
    screens = looked_at(page, "", "<p>A sentence.</p>")
    assert screens.found == []
    assert screens.looks == ["a-screen, wide, light: all rules", "a-screen, phone, dark: by appearance"]


def test_a_colour_that_only_the_dark_has_is_judged(page: Page) -> None:
    (found,) = looked_at(page, PALE_IN_THE_DARK, "<p>A sentence.</p>").found
    assert found.startswith("a-screen, phone, dark: color-contrast")


def test_what_only_a_narrow_screen_shows_is_judged_by_all_rules(page: Page) -> None:
    screens = looked_at(page, NARROW_ONLY, '<div id="narrow"><img src="data:,"></div>')
    assert screens.looks[1] == "a-screen, phone, dark: all rules"
    assert any("image-alt" in found for found in screens.found)


def test_what_is_wider_than_a_narrow_window_is_found(page: Page) -> None:
    found = looked_at(page, "p { width: 700px }", "<p>A sentence.</p>").found
    assert found == ["a-screen, phone, dark: it is wider than the window"]
