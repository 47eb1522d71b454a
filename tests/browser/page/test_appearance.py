"""Colours in both themes and in every state, the system’s own colours, and less motion, where all controls are."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.vault.devices import login

Theme = Literal["light", "dark"]
SURFACES = ("paper", "surface", "sunken", "hover")
TEXTS = [
    *((ink, surface) for ink in ("ink", "ink-quiet", "accent", "accent-strong", "danger") for surface in SURFACES),
    *(("on-accent", fill) for fill in ("accent", "accent-strong")),
    *(("on-danger", fill) for fill in ("danger", "danger-strong")),
    *((tone, f"{tone}-soft") for tone in ("accent", "success", "warning", "danger")),
    *(("ink", f"{tone}-soft") for tone in ("accent", "success", "warning", "danger", "neutral")),
    *(("ink-quiet", f"{tone}-soft") for tone in ("accent", "neutral")),
]
"""What is read on what."""
EDGES = [
    *((edge, surface) for edge in ("edge", "accent", "danger", "ink-quiet") for surface in SURFACES[:3]),
    ("accent", "accent-soft"),
]
"""Edges of controls, in each of their states, and the ring of the focus, on what is around them."""

# A colour as the screen has it: whatever notation it is written in, drawn on a canvas and read back.
MEASURE = """
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data]; };
const luminance = (colour) => { const [r, g, b] = rgba(colour).map((each) => each / 255)
  .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const contrast = (one, other) => { const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05); };
const behind = (element) => { for (let each = element; each; each = each.parentElement) {
  const { backgroundColor } = getComputedStyle(each); if (rgba(backgroundColor)[3] > 250) return backgroundColor; }
  return getComputedStyle(document.documentElement).colorScheme.includes('dark') ? 'black' : 'white'; };
const called = (element) => `${element.localName}.${element.className} ${element.id} `
  + (element.innerText ?? '').trim().slice(0, 30);
"""
OF_TOKENS = (
    "(pairs) => {"
    + MEASURE
    + """
  const probe = document.body.appendChild(document.createElement('i'));
  const value = (name) => { probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color; };
  const found = pairs.map(([one, other]) => [one, other, contrast(value(one), value(other))]);
  probe.remove();
  return found; }"""
)
OF_CONTROLS = (
    "() => {"
    + MEASURE
    + """
  const wrong = [];
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !each.matches('.visually-hidden, .skip-link:not(:focus)');
  for (const each of [...document.querySelectorAll('a, button, summary, input, select, textarea')].filter(shown)) {
    const { color, borderTopColor, borderTopStyle } = getComputedStyle(each);
    if (!each.disabled && !['checkbox', 'radio'].includes(each.type)) {
      const text = contrast(color, behind(each));
      if (text < 4.5) wrong.push(`text ${text.toFixed(2)} ${called(each)}`);
    }
    if (each.matches('.input, .files__input') && !each.disabled) {
      if (borderTopStyle === 'none') wrong.push(`no edge ${called(each)}`);
      const edge = contrast(borderTopColor, behind(each.parentElement));
      if (edge < 3) wrong.push(`edge ${edge.toFixed(2)} ${called(each)}`);
    }
  }
  return wrong; }"""
)
OF_RING = (
    "() => {"
    + MEASURE
    + """
  const { activeElement: focused } = document;
  const ringed = [focused, focused.closest('label')].filter(Boolean).find((each) =>
    getComputedStyle(each).outlineStyle !== 'none' && parseFloat(getComputedStyle(each).outlineWidth) >= 2);
  if (!ringed) return `no ring: ${called(focused)}`;
  const found = contrast(getComputedStyle(ringed).outlineColor, behind(ringed.parentElement));
  return found < 3 ? `ring ${found.toFixed(2)} ${called(focused)}` : null; }"""
)
WITHOUT_EDGE = """() => [...document.querySelectorAll('.button, .input, .files__input, .badge, .notice, dialog[open]')]
  .filter((each) => each.checkVisibility() && !each.matches('.button--quiet, .bar .button'))
  .filter((each) => { const { borderTopStyle, borderTopWidth, outlineStyle } = getComputedStyle(each);
    return (borderTopStyle === 'none' || parseFloat(borderTopWidth) < 1) && outlineStyle === 'none'; })
  .map((each) => `${each.className} ${each.innerText?.slice(0, 30)}`)"""
"""A fill alone is not there in the system’s colours."""
LOST_ICONS = """() => [...document.querySelectorAll('.icon')].filter((each) => each.checkVisibility())
  .filter((each) => { const style = getComputedStyle(each);
    return style.backgroundColor === getComputedStyle(document.body).backgroundColor; })
  .map((each) => each.className)"""
# A millisecond is no motion: it is how a style sheet waits before it shows something.
MOVING = """() => [...document.querySelectorAll('*')].flatMap((each) => ['', '::before', '::after'].flatMap((part) => {
  const { animationName, animationDuration, transitionDuration } = getComputedStyle(each, part || undefined);
  const long = (value) => value.split(',').some((one) => parseFloat(one) > 0.001);
  return (animationName !== 'none' && long(animationDuration)) || long(transitionDuration)
    ? [`${each.className}${part}`] : []; }))"""


@pytest.fixture
def pages(
    alice: Person, bob: Person, organisation_key: ActiveKey, live_server: object, new_context: Contexts
) -> Callable[[], Iterator[Page]]:
    """Pages that have between them every kind of control, with errors, one after the other."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    room = enter_open(new_context(), alice)
    alice.client = alice.another_browser()
    outside = enter(new_context(), alice)

    def shown() -> Iterator[Page]:
        outside.goto("/recovery/cloud")
        outside.get_by_role("button", name="Continue With Account Recovery").click()
        expect(outside.locator("[aria-invalid=true]")).to_be_focused()
        yield outside
        outside.goto("/recovery/local")
        expect(outside.get_by_role("button", name="Continue")).to_be_enabled()
        yield outside
        room.goto("/settings")
        room.get_by_label("Present password", exact=True).fill("no")
        room.get_by_label("New password", exact=True).fill("a few words more")
        room.get_by_role("button", name="Change Password").click()
        expect(room.locator("[aria-invalid=true]")).to_be_visible()
        yield room
        room.goto("/vault")
        room.get_by_role("button", name="Bank").click()
        expect(room.get_by_role("heading", name="Bank")).to_be_visible()
        yield room

    return shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_and_edges_have_their_contrast_on_every_surface(page: Page, live_server: object, theme: Theme) -> None:
    page.goto("/sign-in")
    page.emulate_media(color_scheme=theme)
    for pairs, least in ((TEXTS, 4.5), (EDGES, 3)):
        pale = [found for found in page.evaluate(OF_TOKENS, pairs) if found[2] < least]
        assert pale == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_have_their_contrast_in_every_state(pages: Callable[[], Iterator[Page]], theme: Theme) -> None:
    for page in pages():
        page.emulate_media(color_scheme=theme)
        session = page.context.new_cdp_session(page)
        session.send("DOM.enable")
        session.send("CSS.enable")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        query = {"nodeId": root, "selector": "a, button, summary, input, select, textarea, .check, .choice"}
        controls = session.send("DOM.querySelectorAll", query)["nodeIds"]
        for state in ([], ["hover"], ["focus", "focus-visible"], ["active", "hover"]):
            for control in controls:
                session.send("CSS.forcePseudoState", {"nodeId": control, "forcedPseudoClasses": state})
            assert page.evaluate(OF_CONTROLS) == [], (page.url, theme, state)
        session.detach()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ring_of_the_focus_is_seen_at_every_stop(pages: Callable[[], Iterator[Page]], theme: Theme) -> None:
    for page in pages():
        page.emulate_media(color_scheme=theme)
        page.evaluate("document.activeElement.blur()")
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            assert page.evaluate(OF_RING) is None, page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_systems_own_colours_keep_edges_icons_and_rings(pages: Callable[[], Iterator[Page]], theme: Theme) -> None:
    for page in pages():
        page.emulate_media(color_scheme=theme, forced_colors="active")
        assert page.evaluate(WITHOUT_EDGE) == [], page.url
        assert page.evaluate(LOST_ICONS) == [], page.url
        page.keyboard.press("Tab")
        assert page.evaluate(OF_RING) is None, page.url


def test_nothing_moves_for_whoever_asks_for_less_motion(pages: Callable[[], Iterator[Page]]) -> None:
    moved = False
    for page in pages():
        page.emulate_media(reduced_motion="no-preference")
        moved = moved or bool(page.evaluate(MOVING))
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate(MOVING) == [], page.url
    assert moved, "otherwise something does"
