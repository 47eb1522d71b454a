"""htmx under the site's rules: Trusted Types, what it tells the server, ended sessions, no scripts."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.modules.conftest import Answer, Modules, Site

HTML = "text/html; charset=utf-8"
OURS, MARK = b"<!-- spare-key -->", {"Spare-Key": "1"}
BUILD = """await load('page/htmx-setup');
    const main = document.querySelector('main');
    const { default: htmx } = await import('/static/vendor/htmx.js');
    const add = (tag, attributes, text) => { const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text; main.append(element); htmx.process(element); return element; };
"""


class Pages:
    """Answers /octets/… from a dictionary of path to answer and keeps the headers it saw."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.headers: list[dict[str, str]] = []

    def __call__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.headers.append({name.lower(): value for name, value in headers.items()})
        return self.answers[path]


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests cut connections and go back."""
    return alone


def press(modules: Modules, path: str, **attributes: Any) -> None:
    """A button with hx-get, pressed, and its answer swapped."""
    modules(BUILD + """add('button', { 'hx-get': path, 'hx-target': 'main', 'hx-swap': 'innerHTML', ...attributes },
      'Go').click();
        await new Promise((resolve) => ['htmx:finally:request',
          'htmx:error'].forEach((name) => document.addEventListener(name, resolve)));""",
            path=path, attributes=attributes)  # fmt: skip


def test_a_fragment_is_swapped_and_the_address_is_scrubbed(modules: Modules, site: Site) -> None:
    site.answerer = pages = Pages({"/octets/a": (200, HTML, b"<p id=new>It\xe2\x80\x99s here</p>" + OURS)})
    modules.page.goto(f"{site.origin}/join/token?x=1#k=secret")
    press(modules, "/octets/a")
    assert modules.page.text_content("#new") == "It’s here"
    assert pages.headers[0]["hx-current-url"] == f"{site.origin}/join/token"
    assert "secret" not in json.dumps(pages.headers)


def test_nothing_from_the_server_becomes_a_script(modules: Modules, site: Site) -> None:
    site.answerer = Pages({"/octets/a": (200, HTML, b"<p id=new>x</p><script>window.ran = 1</script>" + OURS),
                           "/octets/b": (200, HTML, b"<p id=safe hx-on:click='ran = 2'>x</p>" + OURS)})  # fmt: skip
    press(modules, "/octets/a")
    press(modules, "/octets/b")
    modules.page.locator("#safe").click()
    press(modules, "javascript:window.ran = 3")
    assert modules.page.evaluate("window.ran") is None
    assert any("runs no script" in line for line in modules.complaints)
    modules.complaints.clear()


def test_nobody_else_can_use_or_make_an_htmx_policy(modules: Modules) -> None:
    found = modules("""await load('page/htmx-setup');
        const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.name; } };
        return [attempt(() => { document.querySelector('main').innerHTML = '<b>x</b>'; }),
          attempt(() => trustedTypes.createPolicy('htmx', {})), attempt(() => trustedTypes.createPolicy('other',
            {}))];""")
    assert found == ["TypeError"] * 3
    modules.complaints.clear()


def test_an_invalid_form_comes_back_and_a_failing_server_changes_nothing(modules: Modules, site: Site) -> None:
    site.answerer = Pages({"/octets/a": (422, HTML, b"<p id=invalid>no</p>" + OURS),
                           "/octets/b": (500, HTML, b"<h1>Oh</h1>" + OURS),
                           "/octets/c": (204, HTML, b"", MARK)})  # fmt: skip
    press(modules, "/octets/a")
    assert modules.page.text_content("#invalid") == "no"
    press(modules, "/octets/b")
    assert modules.page.text_content("#invalid") == "no"
    assert modules.page.evaluate("document.documentElement.dataset.connection") == "failing"
    press(modules, "/octets/c")
    assert modules.page.text_content("#invalid") == "no"
    assert modules.page.evaluate("document.documentElement.dataset.connection") == "working"
    modules.complaints.clear()


@pytest.mark.parametrize("said", [{}, {"HX-Redirect": "/sign-in"}])
def test_an_ended_session_is_not_swapped_but_leads_to_the_sign_in_and_back(
    modules: Modules, site: Site, said: dict[str, str]
) -> None:
    site.answerer = Pages({"/octets/a": (401, HTML, b"<h1>Sign in</h1>", {**MARK, **said})})
    modules.page.goto(f"{site.origin}/admin/requests?show=waiting#end")
    modules(BUILD + "window.before = true; add('button', { 'hx-get': '/octets/a', 'hx-target': 'main' }, 'Go');")
    modules.page.get_by_role("button").click()
    modules.page.wait_for_function("() => !window.before && document.readyState === 'complete'")
    expect(modules.page.get_by_role("button")).to_have_count(0)
    back = "/sign-in?next=%2Fadmin%2Frequests%3Fshow%3Dwaiting"
    assert modules.page.url == f"{site.origin}{back}"
    modules.complaints.clear()


def test_the_mark_does_not_come_into_the_page(modules: Modules, site: Site) -> None:
    site.answerer = Pages({"/octets/a": (200, HTML, b"<p id=new>x</p>" + OURS, MARK)})
    press(modules, "/octets/a")
    assert modules.page.evaluate("document.querySelector('main').innerHTML") == '<p id="new">x</p>'


ELSEWHERE: dict[str, Answer] = {
    "a page": (200, HTML, b"<h1>Welcome to the hotel</h1>"),
    "a fragment": (200, HTML, b"<p>Please wait</p>"),
    "a retarget": (200, HTML, b"<p>x</p>", {"HX-Retarget": "body", "HX-Redirect": "/elsewhere"}),
    "nothing": (204, HTML, b""),
    "a sign-in": (401, HTML, b"<h1>Sign in</h1>"),
    "a firewall": (403, HTML, b"<h1>Blocked</h1>"),
    "a size limit": (413, HTML, b"<h1>Too Large</h1>"),
    "a proxy that counts": (429, HTML, b"<h1>Slow down</h1>"),
    "a proxy that fails": (500, HTML, b"<h1>Oh</h1>"),
    "a server that starts": (503, HTML, b"<h1>Soon</h1>", {"Retry-After": "5"}),
    "a network’s sign-in": (511, HTML, b"<h1>Sign in</h1>"),
    "JSON": (200, "application/json", b"{}"),
}


@pytest.mark.parametrize("method", ["hx-get", "hx-post"])
def test_what_another_answers_never_comes_into_the_page(modules: Modules, site: Site, method: str) -> None:
    site.answerer = Pages({f"/octets/{number}": answer for number, answer in enumerate(ELSEWHERE.values())})
    found = modules(BUILD + """window.before = true;
        const found = [];
        for (let i = 0; i < count; i++) {
          document.documentElement.dataset.connection = 'working';
          const button = add('button', { [method]: `/octets/${i}`, 'hx-target': 'main', 'hx-swap': 'innerHTML',
            'hx-push-url': 'true' }, 'Go');
          const over = new Promise((resolve) => document.addEventListener('htmx:finally:request', resolve,
            { once: true }));
          button.click();
          await over;
          found.push([document.documentElement.dataset.connection, main.textContent]);
          button.remove();
        }
        return [found, window.before, location.pathname];""", count=len(ELSEWHERE), method=method)  # fmt: skip
    assert found == [[["unanswered", "Go"]] * len(ELSEWHERE), True, "/"]
    modules.complaints.clear()


def test_losing_the_network_shows_on_the_page(modules: Modules, site: Site) -> None:
    site.answerer = Pages({"/octets/a": (200, HTML, b"<p>x</p>" + OURS)})
    modules(BUILD)
    modules.page.context.set_offline(True)
    press(modules, "/octets/a")
    assert modules.page.evaluate("document.documentElement.dataset.connection") == "lost"
    modules.page.context.set_offline(False)
    press(modules, "/octets/a")
    assert modules.page.evaluate("document.documentElement.dataset.connection") == "working"
    modules.complaints.clear()


def test_going_back_is_a_page_load(modules: Modules, site: Site) -> None:
    site.answerer = Pages({"/octets/a": (200, HTML, b"<p id=new>x</p>" + OURS)})
    press(modules, "/octets/a", **{"hx-push-url": "/elsewhere"})
    assert modules.page.url == f"{site.origin}/elsewhere"
    with modules.page.expect_event("load"):
        modules.page.evaluate("() => { window.before = true; history.back(); }")
    assert modules.page.evaluate("[window.before, location.pathname]") == [None, "/"]
