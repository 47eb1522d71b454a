"""What people read of their browsers."""

import pytest

from webapp.web.browsers import label

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
MARKUP = "<script>alert(1)</script>\"' onload=x"
LABELS = {
    f"{WINDOWS}; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox on Windows",
    f"{WINDOWS}) {CHROME} Safari/537.36 Edg/142.0.0.0": "Edge on Windows",
    f"{WINDOWS}) {CHROME} Safari/537.36 OPR/124.0.0.0": "Opera on Windows",
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36": "Chrome on ChromeOS",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox on Linux",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1": "Chrome on iPad",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "FxiOS/145.0 Mobile/15E148 Safari/605.1.15": "Firefox on iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15": "Safari on macOS",
    "curl/8.14.1": "A browser",
    "": "A browser",
    MARKUP: "A browser",
    f"{MARKUP} Firefox/{MARKUP} Windows {MARKUP}": "Firefox on Windows",
}


@pytest.mark.parametrize("user_agent", LABELS)
def test_a_browser_is_called_what_people_call_it(user_agent: str) -> None:
    assert label(user_agent) == LABELS[user_agent]
