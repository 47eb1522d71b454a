"""Moments in the zone of whoever reads: right in each, at each change of its clocks, and never two that read alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.browser.modules.conftest import Modules, Site, on_a_page
from tests.support.run import patience
from webapp import clock
from webapp.web import formatting

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",  # its clocks are set back by half an hour
    "UTC",
)
HERE = datetime(2026, 11, 22, 16, 10, 46, tzinfo=UTC)
# Each half hour of two years, and somebody else’s word for each: the engine’s own, told the zone by its name.
YEARS = """
const { clockTime, day, exactTime } = await load('page/formatting');
const first = Date.UTC(2026, 0, 1, 0, 0, 46);
const moments = Array.from({ length: 2 * 365 * 48 }, (_, number) => new Date(first + number * 1_800_000));
const words = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'short', day: 'numeric',
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset' });
const parts = (at) => Object.fromEntries(words.formatToParts(at).map(({ type, value }) => [type, value]));
"""


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def modules(browser: Browser, site: Site, zone: str) -> Iterator[Modules]:
    """In a browser of somebody who lives there."""
    context = browser.new_context(timezone_id=zone)
    context.set_default_timeout(patience.AT_ONCE)
    yield from on_a_page(context, site)
    context.close()


def test_each_half_hour_reads_as_the_clocks_there_show_it(modules: Modules, zone: str) -> None:
    differing = modules(
        f"""{YEARS}
        return moments.flatMap((at) => {{
          const {{ day: date, month, year, hour, minute, second, timeZoneName }} = parts(at);
          const said = [day(at), clockTime(at).slice(0, `${{day(at)}}, 00:00`.length), exactTime(at)];
          const zoneName = timeZoneName.replace('GMT+00:00', 'GMT').replace('GMT', 'UTC').replace('-', '−')
            .replace(/([+−])0?(\\d+):00$/, '$1$2').replace(/([+−])0(\\d)/, '$1$2');
          const right = [`${{date}} ${{month}} ${{year}}`, `${{date}} ${{month}} ${{year}}, ${{hour}}:${{minute}}`,
            `${{date}} ${{month}} ${{year}}, ${{hour}}:${{minute}}:${{second}} ${{zoneName}}`];
          return said.join() === right.join() ? [] : [[said, right]];
        }}).slice(0, 5);""",
        zone=zone,
    )
    assert differing == []


def test_no_two_moments_read_alike(modules: Modules, zone: str) -> None:
    """Nor does an hour that comes twice: it says which one it is."""
    count, different, named = modules(
        f"""{YEARS}
        const said = moments.map((at) => clockTime(at));
        return [said.length, new Set(said).size, said.filter((words) => words.includes('UTC')).length];""",
        zone=zone,
    )
    assert different == count
    if zone == "UTC":
        assert named == count, "where a browser says UTC, it may only hide where its owner is"
    else:
        assert named <= 64, "else the zone is said on demand, and near a change"


def test_by_the_exact_time_everybody_finds_the_same_moment(modules: Modules, zone: str) -> None:
    differing = modules(
        f"""{YEARS}
        return moments.flatMap((at) => {{
          const [, words, sign, hours = '0', minutes = '0'] =
            exactTime(at).match(/^(.*) UTC(?:([+−])(\\d+)(?::(\\d+))?)?$/);
          const ahead = (sign === '−' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
          return Date.parse(`${{words}} UTC`) - ahead * 60_000 === at.getTime() ? [] : [exactTime(at)];
        }}).slice(0, 5);""",
        zone=zone,
    )
    assert differing == []


@pytest.mark.parametrize("zone", ["UTC"])
@given(spans=st.lists(st.integers(-40 * 86_400, 40 * 86_400), min_size=50, max_size=50))
def test_how_long_it_was_or_will_be_is_said_as_by_the_server(modules: Modules, zone: str, spans: list[int]) -> None:
    spans += [edge + near for edge in (60, 3600, 86_400, 28 * 86_400) for near in (-1, 0, 1)]
    said = modules(
        """const { ago, until } = await load('page/formatting');
        const words = { soon: 'in a minute', over: 'now' };
        return spans.map((span) => [ago(new Date(now - span * 1000), now, 'just now'),
          until(new Date(now + span * 1000), now, words)]);""",
        spans=spans,
        now=HERE.timestamp() * 1000,
    )
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(clock, "read", lambda: HERE)
        patching.setattr(clock, "offset", timedelta(0))
        words = [
            [formatting.ago(HERE - timedelta(seconds=span)), formatting.until(HERE + timedelta(seconds=span))]
            for span in spans
        ]
    assert said == words


def test_two_copies_of_one_minute_say_their_seconds(modules: Modules, zone: str) -> None:
    said = modules(
        """const { timeElement } = await load('page/formatting');
        const copies = ['2026-11-30T11:30:46Z', '2026-11-30T11:30:06Z', '2026-11-30T11:29:59Z', null];
        return copies.slice(0, 3).map((at) => timeElement(at, copies)).map(({ dataset, textContent }) =>
          [dataset.time, textContent.match(/:(\\d\\d:)?\\d\\d/)[0].length]);""",
        zone=zone,
    )
    assert said == [["seconds", 6], ["seconds", 6], ["clock", 3]]
