"""Draw the README's pictures anew from a running demo: ``python -m ops.pictures ADDRESS``.

Asks for what each budget can buy first, so that the workbench is shown with its drawing; a worker
has to run. The demo should be fresh.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.browser import launch

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = {"width": 1280, "height": 860}
PATIENCE = 240_000
"""Milliseconds for the frontier."""


def main(address: str) -> int:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            print("Install a Chromium first.", file=sys.stderr)
            return 1
        lead = _signed_in(browser.new_page(viewport=SIZE), address, "Maya")  # type: ignore[arg-type]
        _take(lead, "journey", f"{address}/journeys/claims")
        _take(lead, "case", f"{address}/initiatives/CX-106/case")
        _take(lead, "roadmap", f"{address}/roadmap")
        _draw_frontier(lead, address)
        _take(lead, "result", lead.url.partition("#")[0])
        _submit(lead)
        finance = _signed_in(
            browser.new_context(viewport=SIZE).new_page(),  # type: ignore[arg-type]
            address,
            "Nils",
        )
        _take(finance, "approval", lead.url)
        browser.close()
    return 0


def _signed_in(page: Page, address: str, name: str) -> Page:
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name=f"Sign in as {name}").click()
    page.wait_for_url(f"{address}/")
    return page


def _take(page: Page, name: str, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png")


def _draw_frontier(page: Page, address: str) -> None:
    page.goto(f"{address}/scenarios")
    page.get_by_role("link", name="Balanced").first.click()
    if page.get_by_role("button", name="Draw it").count():
        page.get_by_role("button", name="Draw it").click()
        page.get_by_text("Figures as a table").wait_for(timeout=PATIENCE)


def _submit(page: Page) -> None:
    page.get_by_role("link", name="Submit to CFO").click()
    page.locator("form[action$='/proposal'] button[type=submit]").click()
    page.wait_for_url("**/proposals/*")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
