"""What a roadmap of a thousand bars and five thousand diamonds costs a browser.

Each figure stands beside the same of a dozen bars, and beside what the page's own thread computed
meanwhile, so that a slow or busy machine shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.rules import TrancheState
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.initiatives.models import Dependency, Milestone
from tests.bench.company import make_company
from tests.bench.plans import add_all
from tests.bench.rows import Row
from tests.support.application import FIXED_NOW, build_app, let_go
from tests.support.browser import launch, serving, session_cookie
from tests.support.databases import SqliteDatabases

FEW, MANY = 12, 1_000
MORE = 2
"""Hurdles added to the three that each made-up initiative has."""
A_NEED_IN = 2
ROUNDS = 7
ROOM = {"width": 1440, "height": 900}
FRAMES, SCROLLS = 120, 3
READY_MS, FRAME_MS, ZOOM_MS = 500, 33, 60

LAID_OUT = """() => new Promise(done => {
  document.body.offsetHeight;
  requestAnimationFrame(() => setTimeout(() => {
    const [loaded] = performance.getEntriesByType("navigation");
    done(performance.now() - loaded.responseStart);
  }));
})"""
"""Milliseconds from the first byte until the page that is loaded was laid out and painted."""

SCROLLED = """frames => new Promise(done => {
  const map = document.querySelector("[data-roadmap]");
  const found = [];
  let last;
  const step = now => {
    if (last !== undefined) found.push(now - last);
    last = now;
    map.scrollTop += 90;
    if (map.scrollTop + map.clientHeight >= map.scrollHeight - 1) map.scrollTop = 0;
    if (found.length < frames) requestAnimationFrame(step);
    else done(found);
  };
  requestAnimationFrame(step);
})"""
"""Milliseconds between frames while every one of them scrolls by more than two rows."""

ZOOMED = """word => new Promise(done => {
  const links = [...document.querySelectorAll('nav[aria-label="Zoom"] a')];
  const link = links.find(a => a.textContent === word);
  const began = performance.now();
  link.click();
  document.querySelector("[data-roadmap]").offsetHeight;
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
"""Milliseconds from the click to the frame that shows the other zoom."""

COUNTED = """() => ({
  bars: document.querySelectorAll(".rm-track .rm-b").length,
  diamonds: document.querySelectorAll(".rm-track a:not(.rm-bar)").length,
  nodes: document.querySelectorAll("*").length,
})"""

Figures = dict[str, float]


def rows() -> Iterator[Row]:
    """The page itself, then what each thing takes, of the few and of the many."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            yield Row("roadmap in a browser", "no Chromium is installed")
            return
        few, many = (_measured(browser, count) for count in (FEW, MANY))
        browser.close()
    yield Row(
        "drawn",
        f"{many['bars']:,.0f} bars, {many['diamonds']:,.0f} diamonds, {many['nodes']:,.0f} nodes,"
        f" {many['kilobytes']:,.0f} kB",
    )
    for name, unit, target in (
        ("ready", "from the first byte to the first whole frame", READY_MS),
        ("scroll", "p95 of a frame while scrolling", FRAME_MS),
        ("zoom", "another zoom", ZOOM_MS),
    ):
        figure = (
            f"{many[name]:.0f} ms, × {many[name] / few[name]:.1f} of {FEW} bars,"
            f" {many[f'{name} CPU']:.0f} ms CPU"
        )
        yield Row(f"{unit}, {MANY:,} bars", figure, f"≤ {target} ms")


def _measured(browser: Browser, count: int) -> Figures:
    with TemporaryDirectory(prefix="waymark-bench-") as name:
        folder = Path(name)
        app = build_app(_world(folder, count), folder)
        app.config["TEST_SESSION"] = None
        try:
            with serving(app) as address:
                return _figures(_page(browser, app, address), f"{address}/roadmap?all=1")
        finally:
            let_go(app)


def _page(browser: Browser, app: Flask, address: str) -> Page:
    """A page of somebody who may move everything, which draws most."""
    context = browser.new_context(viewport=ROOM)  # type: ignore[arg-type]
    with app.app_context(), Session(app.extensions["sqlalchemy"].engine) as session:
        manager = session.scalars(select(Person).where(Person.name == "Mina Manager")).one()
        context.add_cookies([session_cookie(app, session, manager, address)])
    return context.new_page()


def _figures(page: Page, address: str) -> Figures:
    thread = _Thread(page)
    found: dict[str, list[float]] = {}

    def keep(name: str, took: float, times: int = 1) -> None:
        found.setdefault(name, []).append(took)
        found.setdefault(f"{name} CPU", []).append(thread.since() / times)

    kilobytes = 0.0
    for _ in range(ROUNDS + 1):
        answer = page.goto(address, wait_until="load")
        keep("ready", page.evaluate(LAID_OUT))
        kilobytes = len(answer.body()) / 1000 if answer else 0
    for word in ("Month", "Year", "Quarter") * ROUNDS:
        keep("zoom", page.evaluate(ZOOMED, word))
    for _ in range(SCROLLS):
        keep("scroll", _p95(page.evaluate(SCROLLED, FRAMES)), FRAMES)
    counted: dict[str, Any] = page.evaluate(COUNTED)
    medians = {name: median(times) for name, times in found.items()}
    return {**counted, **medians, "kilobytes": kilobytes}


class _Thread:
    """What the thread of a page has computed, whatever else the machine does."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context.new_cdp_session(page)
        self._browser.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = 0.0

    def since(self) -> float:
        """Milliseconds since it was asked before; a new page may have begun at nothing."""
        metrics = self._browser.send("Performance.getMetrics")["metrics"]
        now = next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")
        before, self._before = self._before, now
        return float(now - before if now >= before else now)


def _p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


def _world(folder: Path, count: int) -> str:
    """A company of which ``count`` initiatives are under way, with five hurdles each."""
    databases = SqliteDatabases(folder)
    databases.reset()
    engine = create_engine(**engine_options(databases.url))
    with Session(engine, expire_on_commit=False) as session:
        make_company(session, count, FIXED_NOW)
        with transaction(session):
            _add_hurdles(session)
            session.execute(
                insert(Dependency),
                [
                    {"initiative_id": number, "needs_id": number - 7, "lag_quarters": 0, "note": ""}
                    for number in range(8, count + 1, A_NEED_IN)
                ],
            )
    engine.dispose()
    return databases.url


def _add_hurdles(session: Session) -> None:
    """More hurdles behind the last one of each, which hold no money."""
    works = session.scalars(select(Commitment)).all()
    first = 1 + max(session.scalars(select(Milestone.id)))
    milestones, tranches = [], []
    for place, work in enumerate(works):
        for more in range(MORE):
            due_on = work.ends_on + timedelta(days=40 * (more + 1))
            id_ = first + place * MORE + more
            milestones.append(
                {
                    "id": id_, "initiative_id": work.initiative_id, "name": f"Evidence {4 + more}",
                    "due_on": due_on, "tranche_share": Decimal(0), "action_if_missed": "",
                }
            )  # fmt: skip
            tranches.append(
                {
                    "id": id_, "commitment_id": work.id, "milestone_id": id_, "position": 4 + more,
                    "amount_minor": 0, "currency": work.currency, "baseline_due_on": due_on,
                    "due_on": due_on, "state": TrancheState.PENDING, "version": 1,
                }
            )  # fmt: skip
    add_all(session, Milestone, milestones)
    add_all(session, Tranche, tranches)
