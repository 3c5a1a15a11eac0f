"""The columns of a log are said, folded groups included, on a phone and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.support.browser import PHONE
from tests.unit.interactions.logs import ROW, rows

pytestmark = pytest.mark.browser


def test_a_folded_answer_is_kept_from_dry_run_to_columns(
    browse: Callable[..., Page], cast: Cast, session: Session
) -> None:
    with transaction(session):
        make_journey(session, cast.owner)
    page = browse(cast.lead, "/interactions/import", viewport=PHONE, java_script_enabled=False)
    page.set_default_timeout(60_000)
    content = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": rows(ROW).encode()}
    page.get_by_label("File", exact=True).set_input_files([content])
    page.get_by_label("Journey").select_option("motor-claim")
    page.get_by_role("button", name="Read the file").click()

    page.get_by_label("Stage", exact=True).select_option("use")
    page.get_by_text("Prospects, and rows to leave out").click()
    page.get_by_label("Prospect", exact=True).select_option("who")
    page.get_by_label("Words that mean a prospect").fill("K1")
    page.get_by_role("button", name="Dry run").click()

    page.get_by_role("link", name="Change the columns").click()
    expect(page.get_by_label("Words that mean a prospect")).to_have_value("K1")
    expect(page.get_by_label("Stage", exact=True)).to_have_value("use")
