"""Somebody types for so long that the session ends; what they typed is there again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journeys.models import Journey
from tests.factories.accounts import PASSWORD, Cast
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_what_was_typed_is_there_again_after_signing_in(
    browse: Callable[..., Page], app: Flask, cast: Cast, session: Session, scripts: bool
) -> None:
    page = browse(cast.lead, "/journeys/new", java_script_enabled=scripts, viewport=PHONE)
    page.get_by_label("Key (optional)").fill("moving")
    page.get_by_label("Name", exact=True).fill("Moving house")
    page.get_by_label("Segment").fill("Movers")
    page.get_by_label("Goal").fill("In the new home\nwith everything insured")
    app.config["FIXED_NOW"] = app.config["FIXED_NOW"] + timedelta(hours=9)
    page.locator("main form[method=post] button[type=submit]").last.click()

    expect(page.get_by_text("Your session ended before this was saved")).to_be_visible()
    page.get_by_label("E-mail address").fill(cast.lead.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    said = "Nothing was saved yet – check and save again."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_label("Goal")).to_have_value("In the new home\nwith everything insured")
    assert session.scalar(select(Journey.id)) is None
    assert not scrolls_sideways(page)
    if scripts:
        assert accessibility_faults(page) == []
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.get_by_text("Moving house has its seven stages.")).to_be_visible()
    expect(page.get_by_text(said)).to_have_count(0)
