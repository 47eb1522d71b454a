"""What is harmless goes again by itself: when, how often, and what stops it."""

import pytest

from tests.browser.modules.conftest import Modules


@pytest.fixture
def modules(alone: Modules) -> Modules:
    """These tests look away."""
    return alone


def test_pauses_grow_to_a_minute_and_honour_what_was_asked_for(modules: Modules) -> None:
    found = modules("""const { pauseAfter } = await load('page/retry');
        const between = (times, least, most) => {
          const pause = pauseAfter(times);
          return pause >= least && pause <= most;
        };
        return [between(0, 3000, 5000), between(1, 6000, 10000), between(2, 12000, 20000), between(3, 24000, 40000),
          between(4, 45000, 75000), between(50, 45000, 75000), pauseAfter(0, 300)];""")
    assert found == [True] * 6 + [300_000]


def test_only_what_is_harmless_goes_again_and_not_for_ever(modules: Modules) -> None:
    found = modules("""const { Retry } = await load('page/retry');
        let times = 0;
        const repeating = new Retry(() => { times += 1; }, () => {}, 2);
        const failed = (isHarmless) => repeating.failed({ isHarmless });
        const codes = [failed(undefined), failed(false), failed(true), failed(true), failed(true)];
        repeating.done();
        return [codes, failed(true), times];""")
    assert found == [[False, False, True, True, False], True, 0]


def test_it_waits_while_nobody_looks_and_goes_at_once_when_the_connection_is_back(modules: Modules) -> None:
    found = modules("""const { Retry } = await load('page/retry');
        const log = [];
        const said = (seconds) => log.push(seconds === null ? 'over' : 'waits');
        const repeating = new Retry(() => log.push('work'), said);
        let hidden = true;
        Object.defineProperty(document, 'hidden', { get: () => hidden });
        const { now } = Date;
        repeating.failed({ isHarmless: true });
        Date.now = () => now() + 60_000;
        document.dispatchEvent(new Event('visibilitychange'));
        log.push('hidden');
        hidden = false;
        document.dispatchEvent(new Event('visibilitychange'));
        Date.now = now;
        repeating.failed({ isHarmless: true });
        dispatchEvent(new Event('online'));
        repeating.failed({ isHarmless: true });
        repeating.stop();
        dispatchEvent(new Event('online'));
        return log;""")
    assert found == ["hidden", "over", "work", "waits", "over", "work", "waits", "over"]
