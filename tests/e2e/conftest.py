"""A live server on SQLite and a browser signed in as whoever the test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session

from app.accounts.models import Person
from tests.support.browser import DESKTOP, Watch, launch, serving, session_cookie
from tests.support.databases import SqliteDatabases


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; without one the test is not run."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            pytest.skip("no Chromium is installed")
        yield browser
        browser.close()


@pytest.fixture
def database(sqlite_databases: SqliteDatabases) -> SqliteDatabases:
    """Browser tests are about the browser: one database is enough for them."""
    sqlite_databases.reset()
    return sqlite_databases


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application answers, with real threads."""
    app.config["TEST_SESSION"] = None
    with serving(app) as address:
        yield address


@pytest.fixture
def browse(
    browser: Browser, app: Flask, session: Session, address: str
) -> Iterator[Callable[..., Page]]:
    """Open a page as a person: `browse(cast.lead, "/journeys")`, None for nobody.

    Options go to the browser's context, such as viewport=PHONE, color_scheme="dark" or
    java_script_enabled=False. The test fails on console errors, script errors, violations of the
    content security policy and requests to anywhere else.
    """
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_page(person: Person | None, path: str = "/", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, "base_url": address, **options})
        contexts.append(context)
        if person is not None:
            context.add_cookies([session_cookie(app, session, person, address)])
        page = context.new_page()
        watches.append(Watch(page, address))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    complaints = [complaint for watch in watches for complaint in watch.complaints]
    assert complaints == []
