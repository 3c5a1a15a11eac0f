"""Signing in, the account, people, the system and the audit trail in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.db.session import transaction
from tests.factories.accounts import PASSWORD, Cast, make_person
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

PAGES = ("/account", "/admin/people", "/admin/people/new", "/admin/system", "/audit", "/nowhere")
Browse = Callable[..., Page]


class TestPages:
    @pytest.mark.parametrize("path", PAGES)
    def test_are_accessible_and_fit_a_phone(self, browse: Browse, cast: Cast, path: str) -> None:
        assert accessibility_faults(browse(cast.admin, path)) == []
        assert accessibility_faults(browse(cast.admin, path, color_scheme="dark")) == []
        assert not scrolls_sideways(browse(cast.admin, path, viewport=PHONE))

    def test_of_a_person_are_accessible(self, browse: Browse, cast: Cast, session: Session) -> None:
        with transaction(session):
            both = make_person(session, "Bea Both", Role.VIEWER, Role.FINANCE)
        page = browse(cast.admin, f"/admin/people/{both.id}")
        assert accessibility_faults(page) == []
        assert not scrolls_sideways(browse(cast.admin, page.url, viewport=PHONE))


class TestSignIn:
    @pytest.mark.parametrize("scripts", [True, False])
    def test_leads_in_and_sign_out_leads_out(
        self, browse: Browse, cast: Cast, scripts: bool
    ) -> None:
        page = browse(None, "/audit", java_script_enabled=scripts)
        page.get_by_label("E-mail address").fill(cast.cfo.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/audit")
        page.goto("/account")
        page.get_by_role("button", name="Sign out", exact=True).last.click()
        page.wait_for_url("**/sign-in")
        page.goto("/audit")
        assert "/sign-in?next=/audit" in page.url

    def test_keeps_the_appearance_somebody_chose(self, browse: Browse, cast: Cast) -> None:
        page = browse(cast.viewer, "/account")
        page.get_by_role("combobox", name="Appearance").select_option("dark")
        page.get_by_role("button", name="Save appearance").click()
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("data-theme") == "dark"
