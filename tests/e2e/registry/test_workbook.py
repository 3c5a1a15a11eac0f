"""A CX lead exports the registry, edits it, and saves what differs in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways
from tests.support.workbooks import edited

pytestmark = pytest.mark.browser


@pytest.fixture
def key(session: Session, cast: Cast) -> str:
    with transaction(session):
        return make_draft(session, cast, make_company(session, cast)).key


class TestRoundTrip:
    def test_from_export_to_saved(
        self, browse: Callable[..., Page], cast: Cast, key: str, tmp_path: Path
    ) -> None:
        page = browse(cast.lead, "/initiatives/import")
        page.get_by_role("link", name="Registry workbook").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Export workbook").click()
        content = edited(Path(download.value.path()).read_bytes(), {"Initiatives!D2": "Watch"})
        file = tmp_path / "registry.xlsx"
        file.write_bytes(content)
        page.get_by_label("Workbook", exact=True).set_input_files(file)
        page.get_by_role("button", name="Show differences").click()
        expect(page.get_by_role("cell", name="Watch")).to_be_visible()
        assert accessibility_faults(page) == []
        page.get_by_role("button", name="Save 1 initiative").click()
        expect(page.get_by_text("1 cell of 1 initiative saved.")).to_be_visible()
        page.get_by_role("button", name="Take the import back").click()
        expect(page.get_by_text("Taken back: every cell is what it was before.")).to_be_visible()

    def test_fits_a_phone(self, browse: Callable[..., Page], cast: Cast, key: str) -> None:
        page = browse(cast.lead, "/initiatives/import/workbook", viewport=PHONE)
        assert not scrolls_sideways(page)
