"""Signing in: a password and, where the person has a second factor, a code; and showing again that it is them."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from webapp.client.errors import CodeNeeded
from webapp.client.transport.http import Answer, Browser

Code = Callable[[], str]
"""Gives a code of the person’s app, or a one-time code: a fresh one each time, since none is taken twice."""


def sign_in(browser: Browser, email: str, password: str, code: Code | None = None) -> None:
    """Begin a session; raises CodeNeeded where a code is asked for and there is none, and ServerRefused."""
    answer = browser.submit("/sign-in", {"email": email, "password": password}, follow=False)
    if _leads_to(answer) != "/sign-in/code":
        return
    if code is None:
        raise CodeNeeded(401, "code_needed")
    browser.submit("/sign-in/code", {"code": code()}, follow=False)


def submit_shown(
    browser: Browser, path: str, fields: Mapping[str, str], shown: Callable[[], str], *, follow: bool = True
) -> Answer:
    """What a form leads to, also where whoever is signed in is asked first to show that it is them: then `shown` gives
    the code or password. Raises ServerRefused."""
    answer = browser.submit(path, fields, follow=False)
    if _leads_to(answer) == "/admin/again":
        browser.submit("/admin/again", {"shown": shown()}, follow=False)
        answer = browser.submit(path, fields, follow=False)
    location = answer.headers.get("location")
    return browser.visit(location) if follow and location else answer


def _leads_to(answer: Answer) -> str:
    return urlsplit(answer.headers.get("location", "")).path
