"""Draw docs/screens anew, the pictures of the main pages: ``python -m ops.screens [FOLDER]``.

Tells the demo company's story in a folder of its own, at a moment that stands still, serves it on a
free port, signs in as whose page it is and takes every page on a desk, light and dark, and on a
phone. Nothing of yours is touched: neither instance/ nor a server that runs.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.sqlite import engine_options
from app.worker import Worker
from tests.support.application import build_app
from tests.support.browser import launch, serving, session_cookie
from tests.support.demo import seed
from tests.support.workbooks import edited, sheets_of

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
DESK: ViewportSize = {"width": 1280, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 780}
MOST_BYTES = 29_000
"""Of one picture, so that all of them stay below two megabytes."""
QUALITIES = (72, 60, 48, 36, 24, 16)
LEAD, FINANCE, MANAGER = "Maya Osei", "Nils Brandt", "Ines Carvalho"
VIEWER, ADMIN = "Alistair Reid", "Noor Haddad"
OWNER = "Leila Farouk"
"""Whose draft, CX-128, is still to be written."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page: the file's name, who looks, the address, and what is done there first."""

    name: str
    who: str
    path: str
    act: Callable[[Page], None] | None = None


def _open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette-words").fill("claim")
    page.locator("#palette-found").get_by_text("CX-106").wait_for()


def _import_changes(page: Page) -> None:
    """Export the registry, change cells of the draft, bring it back; nothing is saved."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Export workbook").click()
    content = Path(download.value.path()).read_bytes()
    row = 1 + next(
        at for at, cells in enumerate(sheets_of(content)["Initiatives"]) if "CX-128" in cells
    )
    changes = {f"Initiatives!D{row}": "Branch visits by appointment, all branches"}
    name = "registry.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("Workbook", exact=True).set_input_files(
        {"name": name, "mimeType": kind, "buffer": edited(content, changes)}
    )
    page.get_by_role("button", name="Show differences").click()
    page.wait_for_load_state("networkidle")


def _ask_for_frontier(page: Page) -> None:
    if page.get_by_role("button", name="Draw it").count():
        page.get_by_role("button", name="Draw it").click()
        page.wait_for_load_state("load")


def _submit(page: Page) -> None:
    page.get_by_role("link", name="Submit to CFO").click()
    page.locator("form[action$='/proposal'] button[type=submit]").click()
    page.wait_for_url("**/proposals/*")


SCREENS = (
    Screen("home-lead", LEAD, "/"),
    Screen("home-finance", FINANCE, "/"),
    Screen("home-manager", MANAGER, "/"),
    Screen("home-viewer", VIEWER, "/"),
    Screen("home-admin", ADMIN, "/"),
    Screen("registry", LEAD, "/initiatives"),
    Screen("matrix", LEAD, "/initiatives?layout=matrix"),
    Screen("initiative", LEAD, "/initiatives/CX-106"),
    Screen("questions", OWNER, "/initiatives/CX-128/questions/customers"),
    Screen("case", LEAD, "/initiatives/CX-106/case"),
    Screen("journey", LEAD, "/journeys/claims"),
    Screen("contacts", LEAD, "/journeys/claims/contacts"),
    Screen("result", LEAD, "/scenarios/2"),
    Screen("approval", FINANCE, "/proposals/2"),
    Screen("ledger", FINANCE, "/ledger"),
    Screen("roadmap", MANAGER, "/roadmap"),
    Screen("gates", MANAGER, "/gates"),
    Screen("hurdle", FINANCE, "/gates/14"),
    Screen("value", VIEWER, "/value"),
    Screen("maturity", LEAD, "/maturity"),
    Screen("audit", ADMIN, "/audit"),
    Screen("import", OWNER, "/initiatives/import/workbook", _import_changes),
    Screen("account", LEAD, "/account"),
    Screen("palette", LEAD, "/initiatives", _open_palette),
)


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as kept, sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            print("Install a Chromium first.", file=sys.stderr)
            return 1
        print("Telling the demo company’s story …", flush=True)
        with _company(Path(kept)) as (app, cookies, address):
            _bring_to_decision(browser, app, cookies, address)
            for screen in SCREENS:
                _draw(browser, screen, cookies[screen.who], address, folder)
        browser.close()
    size = sum(file.stat().st_size for file in folder.glob("*.webp"))
    print(f"{len(SCREENS) * 3} pictures, {size / 1e6:.2f} MB in {folder}")
    return 0


@contextmanager
def _company(folder: Path) -> Iterator[tuple[Flask, dict[str, Mapping[str, str]], str]]:
    """The demo company, served, with a cookie for each of its people."""
    url = f"sqlite:///{seed(folder)}"
    app = build_app(url, folder, DEMO=True)
    engine = create_engine(**engine_options(url))
    with serving(app) as address, Session(engine, expire_on_commit=False) as session:
        people = session.scalars(select(Person)).all()
        yield app, {p.name: session_cookie(app, session, p, address) for p in people}, address
    engine.dispose()


def _bring_to_decision(
    browser: Browser, app: Flask, cookies: Mapping[str, Mapping[str, str]], address: str
) -> None:
    """Draw what each budget can buy, and submit the plan, so that there is something to decide."""
    worker = Worker(app)
    with _signed_in(browser, cookies[LEAD], address) as page:
        page.goto("/scenarios/2")
        _ask_for_frontier(page)
        while worker.run_next():
            pass
        page.goto("/scenarios/2")
        _submit(page)


@contextmanager
def _signed_in(browser: Browser, cookie: Mapping[str, str], address: str) -> Iterator[Page]:
    with browser.new_context(base_url=address, viewport=DESK) as context:
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.set_default_timeout(120_000)
        yield context.new_page()


def _draw(
    browser: Browser, screen: Screen, cookie: Mapping[str, str], address: str, folder: Path
) -> None:
    with _signed_in(browser, cookie, address) as page:
        page.goto(screen.path, wait_until="networkidle")
        if screen.act:
            screen.act(page)
        _take(page, folder / f"{screen.name}.webp")
        page.emulate_media(color_scheme="dark")
        _take(page, folder / f"{screen.name}-dark.webp")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        _take(page, folder / f"{screen.name}-phone.webp")
    print(screen.name, flush=True)


def _take(page: Page, file: Path) -> None:
    """Keep what is seen, as finely as so few bytes allow."""
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            break
    file.write_bytes(out.getvalue())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
