"""On a phone, by its own words: a second factor is set up, and asked for before a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import SecondFactor
from app.accounts.rules import step_at, totp
from tests.factories.accounts import Cast
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways
from tests.support.factors import box_of


def test_is_set_up_and_proves_who_somebody_is(
    browse: Callable[..., Page], app: Flask, cast: Cast, session: Session
) -> None:
    def code(off: int = 0) -> str:
        session.rollback()
        sealed = session.scalars(select(SecondFactor.secret)).one()
        return totp(box_of(app).open(sealed) or b"", step_at(app.config["FIXED_NOW"]) + off)

    def is_sound() -> bool:
        return not scrolls_sideways(page) and accessibility_faults(page) == []

    page = browse(cast.admin, "/account", viewport=PHONE)
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_alt_text("QR code with the secret that is also written below")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert is_sound()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("Your recovery codes")).to_be_visible()
    assert is_sound()

    app.config["FIXED_NOW"] = app.config["FIXED_NOW"] + timedelta(minutes=11)
    page.goto(page.url.partition("/account")[0] + f"/admin/people/{cast.viewer.id}")
    assert is_sound()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    expect(page.get_by_label("Code")).to_be_focused()
    assert is_sound()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page.get_by_text("Deactivated")).to_be_visible()
