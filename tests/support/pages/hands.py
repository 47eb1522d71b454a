"""People who don’t use a mouse, on our pages: one who has the keyboard alone, one who hears what a screen reader says.

Both find everything by its role and its name, as these are said. What a screen reader would say of each step is kept as
text and read by people: `READ_ALOUD=renew` writes it anew.
"""

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.read_aloud import read_aloud
from tests.support.run import patience

STOPS = 200
SEEN = """() => {
  const { activeElement: focused } = document;
  const [left, top, right, bottom] = ((box) => [box.left, box.top, box.right, box.bottom])(
    focused.getBoundingClientRect());
  const around = [focused, focused.closest('label, li, .door')].filter(Boolean);
  const ringed = around.flatMap((each) => [getComputedStyle(each), getComputedStyle(each, '::after')])
    .some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2);
  const there = document.elementFromPoint((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
  const name = `${focused.localName} ${focused.id} ${focused.textContent.trim().slice(0, 40)}`;
  return { name, ringed, inSight: Boolean(there && (focused.contains(there) || there.contains(focused)
    || focused.closest('label')?.contains(there))) };
}"""
"""Whether what has the focus shows that, and isn’t covered."""
PLACE = """() => document.activeElement === document.body ? null
  : [...document.querySelectorAll('*')].indexOf(document.activeElement)"""


class Hands:
    """What somebody does on a page, whatever they do it with."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def find(self, role: Any, name: str) -> Locator:
        """The one that is called so."""
        return self.page.get_by_role(role, name=name, exact=True)

    def arrive(self, heading: str) -> None:
        """At the step of this heading."""
        expect(self.find("heading", heading)).to_be_visible(timeout=SLOW)
        expect(self.page).to_have_title(re.compile(f"^{re.escape(heading)} · "))
        self.page.locator("html:not([data-session])").wait_for(state="attached")
        expect(self.page.locator("progress").filter(visible=True)).to_have_count(0, timeout=SLOW)

    def press(self, role: Any, name: str) -> None:
        """A button or a link."""
        raise NotImplementedError

    def type(self, name: str, text: str) -> None:
        """Into the field of this name."""
        raise NotImplementedError

    def tick(self, name: str) -> None:
        """The box of this name."""
        raise NotImplementedError

    def choose(self, name: str, file: FilePayload | Path) -> None:
        """A file, in the system’s own dialog."""
        raise NotImplementedError

    def read(self, role: Any, name: str) -> str:
        """What stands there, once it does."""
        there = self.find(role, name)
        expect(there).to_have_text(re.compile(r"\w"), timeout=SLOW)
        return there.inner_text()


class Keyboard(Hands):
    """Tab, Shift+Tab, Enter, Space and letters. Every stop has to show that it is one."""

    def arrive(self, heading: str) -> None:
        """There, no stop is hidden, and none holds the focus."""
        super().arrive(heading)
        self._walk()

    def press(self, role: Any, name: str) -> None:
        self._tab_to(self.find(role, name))
        self.page.keyboard.press("Enter")

    def type(self, name: str, text: str) -> None:
        self._tab_to(self.page.get_by_label(name, exact=True))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        self._tab_to(self.find("checkbox", name))
        self.page.keyboard.press("Space")
        expect(self.find("checkbox", name)).to_be_checked()

    def choose(self, name: str, file: FilePayload | Path) -> None:
        there = self.page.get_by_label(name, exact=True)
        self._tab_to(there)
        self.page.locator("html:not([data-session])").wait_for(state="attached")  # else all is hidden for now
        with self.page.expect_file_chooser() as choosing:
            there.press("Enter")
        choosing.value.set_files(file)

    def skip(self) -> None:
        """By the first stop of the page past what is the same on every page."""
        self.page.reload()
        self.page.keyboard.press("Shift+Tab")  # from the heading, which has the focus
        for _ in range(STOPS):
            if self.find("link", "Skip to the content").evaluate("link => link === document.activeElement"):
                break
            self.page.keyboard.press("Shift+Tab")
        expect(self.find("link", "Skip to the content")).to_be_focused()
        expect(self.find("link", "Skip to the content")).to_be_in_viewport(ratio=1)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.closest('main') !== null")

    def _tab_to(self, there: Locator) -> None:
        expect(there).to_be_enabled(timeout=SLOW)
        for _ in range(STOPS):
            if there.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {there} by the keyboard")

    def _walk(self) -> None:
        """Around all stops, forward and backward: the same ones, each of them seen."""
        for _ in range(3):  # what a poll brings meanwhile is there the next time
            forward, backward = self._stops("Tab"), self._stops("Shift+Tab")[::-1]
            if _turned(forward) == _turned(backward):
                return
        raise AssertionError(f"other stops forward than backward: {forward}, {backward}")

    def _stops(self, key: str) -> list[int]:
        stops: list[int] = []
        while len(stops) < STOPS:
            self.page.keyboard.press(key)
            place = self.page.evaluate(PLACE)
            if place is None:  # between the last and the first, where a browser has its own
                continue
            if place in stops:
                assert place == stops[0], f"no way on by {key} from {stops[-1]}"
                return stops
            stops.append(place)
            seen = self.page.evaluate(SEEN)
            assert seen["ringed"], f"nobody sees that this has the focus: {seen['name']}"
            assert seen["inSight"], f"something lies over what has the focus: {seen['name']}"
        raise AssertionError(f"no way around by {key}")


def _turned(stops: list[int]) -> list[int]:
    """From the first in the document on."""
    first = stops.index(min(stops))
    return stops[first:] + stops[:first]


class Reader(Hands):
    """What is said, and nothing that is only seen. Each step is compared with the text that people have read."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        super().__init__(page)
        self._folder, self._name, self._steps = folder, name, 0

    def arrive(self, heading: str) -> None:
        """There, and it says what it is known to say."""
        super().arrive(heading)
        self.hear(heading)

    def hear(self, step: str) -> None:
        """The page as it is said now."""
        self._steps += 1
        slug = re.sub(r"\W+", "-", step.lower().replace("’", "")).strip("-")
        path = self._folder / f"{self._name}-{self._steps}-{slug}.txt"
        expect(self.page.locator("[aria-busy=true], .htmx-request")).to_have_count(0)
        if os.environ.get("READ_ALOUD") == "renew":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(read_aloud(self.page))
        expected, is_late = path.read_text(), patience.time_is_up(SLOW / 1000)
        said = read_aloud(self.page)
        while said != expected and not is_late():  # a script still fills something in
            said = read_aloud(self.page)
        assert said == expected, f"another text than in {path}; READ_ALOUD=renew writes it, then read it"

    def press(self, role: Any, name: str) -> None:
        self.find(role, name).click()

    def type(self, name: str, text: str) -> None:
        self.page.get_by_label(name, exact=True).fill(text)

    def tick(self, name: str) -> None:
        self.find("checkbox", name).check()

    def choose(self, name: str, file: FilePayload | Path) -> None:
        self.page.get_by_label(name, exact=True).set_input_files(file)
