"""Finance plans a cycle in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

Browse = Callable[..., Page]


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    with transaction(session):
        cycle = make_cycle(session)
        make_fund(session, cycle)
        make_team(session, cycle)
    return cycle


class TestCycle:
    @pytest.mark.parametrize(
        ("page", "scheme"),
        [
            ("", "light"),
            ("", "dark"),
            ("/edit", "dark"),
            ("/budgets", "light"),
            ("/capacities", "dark"),
        ],
    )
    def test_is_accessible_and_fits_a_phone(
        self, browse: Browse, cast: Cast, cycle: Cycle, page: str, scheme: str
    ) -> None:
        opened = browse(cast.cfo, f"/cycles/{cycle.id}{page}", viewport=PHONE, color_scheme=scheme)

        assert accessibility_faults(opened) == []
        assert not scrolls_sideways(opened)

    def test_takes_budgets_without_scripts(self, browse: Browse, cast: Cast, cycle: Cycle) -> None:
        page = browse(cast.cfo, f"/cycles/{cycle.id}/budgets", java_script_enabled=False)

        page.get_by_label("Capex, Q1 2027").fill("1.25m")
        page.get_by_role("button", name="Save budgets").click()

        expect(page.get_by_role("cell", name="1,250,000")).to_be_visible()
        expect(page.get_by_text("The budgets are saved.")).to_be_visible()
