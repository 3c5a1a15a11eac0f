"""The style guide in a browser: light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from tests.factories.accounts import Cast
from tests.support.browser import (
    DESKTOP,
    PHONE,
    Watch,
    accessibility_faults,
    scrolls_sideways,
    serving,
    session_cookie,
)


@pytest.fixture
def guide(make_app: Callable[..., Flask]) -> Iterator[tuple[Flask, str]]:
    app = make_app(ENVIRONMENT="development")
    with serving(app) as address:
        yield app, address


class TestPage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
    def test_is_accessible_and_fits(
        self,
        browser: Browser,
        guide: tuple[Flask, str],
        session: Session,
        cast: Cast,
        viewport: Any,
        scheme: Any,
    ) -> None:
        app, address = guide
        with browser.new_context(
            base_url=address, viewport=viewport, color_scheme=scheme
        ) as context:
            context.add_cookies([session_cookie(app, session, cast.lead, address)])
            page = context.new_page()
            watch = Watch(page, address)
            page.goto("/styleguide", wait_until="networkidle")
            assert accessibility_faults(page) == []
            assert not scrolls_sideways(page)
            assert watch.complaints == []
