"""The first page anybody sees, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways


class TestSignInPage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_is_accessible(self, browse: Callable[..., Page], scheme: str) -> None:
        page = browse(None, "/sign-in", color_scheme=scheme)
        assert accessibility_faults(page) == []

    def test_fits_a_phone(self, browse: Callable[..., Page]) -> None:
        assert not scrolls_sideways(browse(None, "/sign-in", viewport=PHONE))

    def test_works_without_scripts(self, browse: Callable[..., Page]) -> None:
        page = browse(None, "/sign-in", java_script_enabled=False)
        assert page.get_by_role("button", name="Sign in").is_enabled()
