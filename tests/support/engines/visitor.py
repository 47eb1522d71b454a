"""Somebody in front of a browser of any engine, who does and sees what stands on the page, by its words.

What has a role and a name is found by what the engine itself tells assistive technology. Whoever does something waits
until it can be done, and whoever looks for something waits until it is there.
"""

import base64
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    JavascriptException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.support.engines.engines import Engine
from tests.support.run import patience

Found = TypeVar("Found")
AGAIN = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    JavascriptException,
    NoSuchElementException,
    StaleElementReferenceException,
)
"""What comes of a page that changes while one looks at it."""
PATIENCE = patience.DERIVED / 1000
CANDIDATES = {
    "button": "button, [role=button]",
    "checkbox": "input[type=checkbox]",
    "combobox": "select",
    "heading": "h1, h2, h3, h4",
    "link": "a[href]",
    "radio": "input[type=radio]",
    "textbox": "input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), textarea",
}
# Where a modal dialog is open, nothing else can be reached.
SHOWN = """const [selector, name] = arguments;
const plain = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
const named = (each) => [each.ariaLabel, each.textContent, ...(each.ariaLabelledByElements ?? []).map((by) =>
  by.textContent), ...[...(each.labels ?? [])].map((label) => label.textContent), each.placeholder];
const root = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document;
return [...root.querySelectorAll(selector)].filter((each) =>
  each.checkVisibility({ visibilityProperty: true }) && named(each).some((text) => plain(text).includes(name)));"""
# Firefox puts the words of the button that it draws into the name of such a field.
FILES = """return [...document.querySelectorAll('input[type=file]')].filter(({ labels }) =>
  [...labels].some((label) => label.textContent.trim() === arguments[0]));"""
CODES = """return [...document.querySelectorAll('[role=alert][data-code]')].map((each) => each.dataset.code).join()"""
TEXT = "return (document.body?.innerText ?? '').replace(/\\s+/g, ' ')"
EMPTY = """const done = arguments[0];
(async () => {
  localStorage.clear();
  sessionStorage.clear();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  if (root) for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
})().then(() => done(''), (error) => done(String(error)));"""
# Firefox runs scripts beside the page, with globals of their own.
KEEP = """const page = window.wrappedJSObject ?? window;
page.savedFiles = [];
const address = page.URL.createObjectURL;
page.URL.createObjectURL = (blob) => {
  page.savedFiles.push(blob);
  return address.call(page.URL, blob);
};"""
SAVED = """const done = arguments[0];
const [blob] = (window.wrappedJSObject ?? window).savedFiles ?? [];
if (!blob) done(null);
else {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.readAsDataURL(blob);
}"""


class Visitor:
    """In front of one browser, at one server."""

    def __init__(self, engine: Engine, driver: WebDriver, url: str) -> None:
        self.engine, self._driver, self._url = engine, driver, url

    @property
    def path(self) -> str:
        """Where the page is, without its server."""
        return self._driver.current_url.removeprefix(self._url)

    def arrive(self) -> None:
        """In a browser that knows nothing of this server: it may have known another one at the same port."""
        self.goto("/no-such-page")  # which has no script
        problem = self._driver.execute_async_script(EMPTY)
        assert not problem, f"{self.engine.name} was not cleared: {problem}"
        self._driver.delete_all_cookies()

    def leave(self) -> None:
        """Before the server stops."""
        self._driver.get("about:blank")

    def goto(self, path: str) -> None:
        """An address of the server, a whole one included."""
        self._driver.get(self._url + path.removeprefix(self._url))

    def reload(self) -> None:
        """The page, once more."""
        self._driver.refresh()

    def click(self, role: str, name: str) -> None:
        """What has this role and exactly this name."""

        def work() -> bool:
            found = self._named(role, name)
            if not (found and found.is_enabled()):
                return False
            found.click()
            return True

        self._seek(work, f"{role} “{name}” to click")

    def fill(self, label: str, text: str) -> None:
        """A field, in place of what is in it."""

        def work() -> bool:
            found = self._named("textbox", label)
            if not (found and found.is_enabled()):
                return False
            if found.get_property("value"):
                found.clear()
            found.send_keys(text)
            return True

        self._seek(work, f"field “{label}”")

    def choose(self, label: str, option: str) -> None:
        """One of a list, by its words."""

        def work() -> bool:
            found = self._named("combobox", label)
            if found:
                Select(found).select_by_visible_text(option)
            return bool(found)

        self._seek(work, f"list “{label}”")

    def choose_file(self, label: str, path: Path) -> None:
        """A file, as if chosen in the browser’s own window."""

        def work() -> bool:
            found: list[WebElement] = self._driver.execute_script(FILES, label)
            for field in found:
                field.send_keys(str(path))
            return bool(found)

        self._seek(work, f"field for a file “{label}”")

    def tick(self, name: str) -> None:
        """A box that is not ticked yet, by how its name begins."""

        def work() -> bool:
            found = self._named("checkbox", name, str.startswith)
            if found and not found.is_selected():
                found.click()
            return bool(found and found.is_selected())

        self._seek(work, f"box “{name}”")

    def sees(self, text: str) -> None:
        """These words, anywhere on the page."""
        self._seek(lambda: text in self._text(), f"“{text}”")

    def sees_no(self, text: str) -> None:
        """These words are gone, or never come."""
        self._seek(lambda: text not in self._text(), f"a page without “{text}”")

    def sees_heading(self, name: str) -> None:
        """A heading with exactly these words."""
        self.finds("heading", name)

    def finds(self, role: str, name: str) -> None:
        """What has this role and exactly this name."""
        self._seek(lambda: bool(self._named(role, name)), f"{role} “{name}”")

    def reads(self, selector: str, pattern: str = ".") -> str:
        """The words of what has no name to be found by, once they have this in them."""

        def work() -> str:
            words = " ".join(self._driver.find_element(By.CSS_SELECTOR, selector).text.split())
            return words if re.search(pattern, words) else ""

        return self._seek(work, f"{pattern} in {selector}")

    def is_at(self, path: str) -> None:
        """The page is there."""
        self._seek(lambda: self.path.partition("?")[0] == path, f"address {path}")

    def saves(self, name: str) -> bytes:
        """What is in the file that the page makes at a click on the button."""
        self._driver.execute_script(KEEP)
        self.click("button", name)
        found = self._seek(lambda: self._driver.execute_async_script(SAVED), f"a file, saved by “{name}”")
        return base64.b64decode(str(found).partition(",")[2])

    def waits_for(self, condition: str) -> None:
        """What a script in the page says of itself."""
        self._seek(lambda: bool(self.runs(f"return {condition}")), condition)

    def runs(self, script: str) -> object:
        """What a script in the page returns."""
        return self._driver.execute_script(script)

    def _named(self, role: str, name: str, fits: Callable[[str, str], bool] = operator.eq) -> WebElement | None:
        candidates = self._driver.execute_script(SHOWN, CANDIDATES[role], name) or []  # None: the page just went
        return next((each for each in candidates if fits(" ".join(each.accessible_name.split()), name)), None)

    def _text(self) -> str:
        return str(self._driver.execute_script(TEXT))

    def _seek(self, look: Callable[[], Found], what: str) -> Found:
        def looked() -> Found | None:
            try:
                return look()
            except AGAIN:
                return None

        def told() -> str:
            codes = self.runs(CODES) or "no error"
            where = f"in {self.engine.name} at {self._driver.current_url}"
            return f"{what}, {where}, which has {codes} and says:\n{self._text()}"

        found = patience.seek(looked, told, PATIENCE)
        assert found is not None
        return found
