"""A log is dropped onto the page, named at once, and read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways
from tests.unit.interactions.logs import ROW, row, rows

pytestmark = pytest.mark.browser

DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  const input = document.querySelector(".drop-zone input");
  const carried = { dataTransfer: files, bubbles: true, cancelable: true };
  for (const kind of ["dragover", "drop"])
    input.dispatchEvent(new DragEvent(kind, carried));
}"""
"""What a browser does when a file is dragged onto the field and let go."""


def drop(page: Page, name: str, content: str) -> None:
    page.evaluate(DROP, [name, content])


def test_a_dropped_file_is_named_and_read_and_another_kind_refused(
    browse: Callable[..., Page], cast: Cast, session: Session
) -> None:
    with transaction(session):
        make_journey(session, cast.owner)
    page = browse(cast.lead, "/interactions/import", viewport=PHONE)
    field = page.get_by_label("File", exact=True)
    assert not accessibility_faults(page) and not scrolls_sideways(page)

    drop(page, "holiday.pdf", "not a log")
    refusal = "“holiday.pdf” is not a CSV, XLSX or Parquet file. Choose another one."
    expect(page.get_by_role("status").filter(has_text=refusal)).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.evaluate("input => input.files.length") == 0

    content = rows(ROW, row(id="2"))
    drop(page, "contacts.csv", content)
    size = f"contacts.csv, {len(content.encode())} bytes"
    expect(page.get_by_role("status").filter(has_text=size)).to_be_visible()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("Journey").select_option("motor-claim")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("contacts.csv")
