"""Main pages by keyboard, at 200 % zoom and without motion, on the demo company."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.accounts.rules import Role
from tests.support.browser import scrolls_sideways, serving, session_cookie
from tests.support.demo import Demo

ZOOMED = {"width": 720, "height": 450}
"""A window of 1440 × 900 at 200 %."""

PAGES = (
    "/", "/journeys", "/journeys/claims", "/journeys/claims/pools", "/interactions", "/initiatives",
    "/initiatives/CX-106", "/initiatives/CX-106/case", "/scenarios", "/proposals", "/ledger",
    "/roadmap", "/gates", "/cycles", "/findings", "/maturity", "/account",
)  # fmt: skip

STOPS = 40
"""How many tab stops of a page are walked."""

FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const seen = (e) => {
    const s = getComputedStyle(e);
    const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
    return outlined || s.boxShadow !== 'none';
  };
  const around = one.closest('form, .drop-zone');
  const drawn = one.querySelector('rect, circle, .c-box');
  const shown = seen(one) || (around && seen(around))
    || (drawn && getComputedStyle(drawn).stroke !== 'none');
  const words = one.getAttribute('aria-label') || one.innerText || one.name || one.tagName;
  return {
    name: words.trim().slice(0, 40), shown: Boolean(shown),
    inMain: Boolean(one.closest('main')), order: one.tabIndex,
  };
}"""
"""What has the focus, and whether that is seen."""

LOST = """() => [...document.querySelectorAll('main h1, main h2, main button, main input')]
  .filter((e) => e.checkVisibility() && !e.closest('.table-wrap, .visually-hidden'))
  .filter((e) => e.getBoundingClientRect().width > 1)
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => (e.innerText || e.id || e.tagName).slice(0, 40))"""
"""What reaches past the window's edge; wide tables scroll by themselves."""

MOVING = """() => [...document.querySelectorAll('*')].filter((e) => {
  const s = getComputedStyle(e);
  const durations = s.transitionDuration.split(',').map(parseFloat);
  return s.animationName !== 'none' || durations.some((d) => d > 0);
}).map((e) => `${e.tagName} ${e.className}`).slice(0, 5)"""


@pytest.fixture
def lead(browser: Browser, demo: Demo) -> Iterator[Page]:
    """A CX lead of the demo company, who wants no motion."""
    demo.app.config["TEST_SESSION"] = None
    with serving(demo.app) as address:
        context = browser.new_context(
            base_url=address,
            viewport=ZOOMED,
            reduced_motion="reduce",  # type: ignore[arg-type]
        )
        person = demo.person(Role.CX_LEAD)
        context.add_cookies([session_cookie(demo.app, demo.session, person, address)])
        yield context.new_page()
        context.close()


def _faults(page: Page, address: str) -> list[str]:
    """What is wrong with reaching everything on a page."""
    page.goto(address)
    found = []
    if scrolls_sideways(page):
        found.append("scrolls sideways at 200 %")
    found += [f"cut off at 200 %: {name}" for name in page.evaluate(LOST)]
    found += [f"moves: {name}" for name in page.evaluate(MOVING)]
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUSED)
    if first is None or first["name"] != "Skip to the content":
        return [*found, f"the first stop is {first}"]
    page.keyboard.press("Enter")
    for number in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or not stop["inMain"]:
            if number == 0 and stop is not None:
                found.append(f"the skip link leads to {stop['name']}")
            break
        if not stop["shown"]:
            found.append(f"no focus is seen on {stop['name']}")
        if stop["order"] > 0:
            found.append(f"an order of its own: {stop['name']}")
    return found


class TestReach:
    @pytest.mark.parametrize("address", PAGES)
    def test_everything_is_reached_and_nothing_is_lost(self, lead: Page, address: str) -> None:
        assert _faults(lead, address) == []
