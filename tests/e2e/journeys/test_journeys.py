"""A CX lead looks where it hurts, and Finance certifies, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import FigureOrigin, Journey
from app.journeys.rules import FigureKind, Lever, OriginKind
from tests.factories.accounts import Cast
from tests.factories.journeys import make_baseline, make_journey, make_pool, measured
from tests.support.browser import PHONE, accessibility_faults, scrolls_sideways

Browse = Callable[..., Page]
LIGHT = ("", "/pools", "/baselines", "/stages", "/baselines/new")
DARK = ("", "/pools/retain", "/baselines/2?against=1", "/edit", "/pools/retain/edit")


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        journey = make_journey(session, cast.lead)
        make_baseline(session, journey)
        make_baseline(session, journey)
        make_pool(session, journey, Lever.RETAIN, claimed_by=cast.lead)
    return journey


class TestJourney:
    @pytest.mark.parametrize(
        ("page", "scheme"),
        [*((page, "light") for page in LIGHT), *((page, "dark") for page in DARK)],
    )
    def test_is_accessible_and_fits_a_phone(
        self, browse: Browse, cast: Cast, journey: Journey, page: str, scheme: str
    ) -> None:
        address = f"/journeys/motor-claim{page}"
        opened = browse(cast.lead, address, viewport=PHONE, color_scheme=scheme)

        assert accessibility_faults(opened) == []
        assert not scrolls_sideways(opened)

    def test_says_on_a_phone_why_two_pains_are_not_judged(
        self, browse: Browse, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            journey = make_journey(session, cast.lead)
            one = journey.touchpoints[0].id
            for satisfaction in ("5.5", "5.6"):
                made = make_baseline(
                    session, journey, figures={one: measured(satisfaction=satisfaction)},
                    logged_from=date(2026, 1, 1), logged_to=date(2026, 12, 31), days_covered=365,
                    logged_one_in=1,
                )  # fmt: skip
                session.add_all(
                    FigureOrigin(
                        baseline_id=made.id, touchpoint_id=one, figure=kind, kind=OriginKind.LOG,
                        sample=1_000, error=Decimal("0.01"),
                    )
                    for kind in (FigureKind.SATISFACTION, FigureKind.CONTACTS)
                )  # fmt: skip

        page = browse(cast.lead, "/journeys/motor-claim", viewport=PHONE)

        said = page.locator("#spot").get_by_text("not judged, some months count in both")
        expect(said).to_be_visible()
        assert not scrolls_sideways(page)

    def test_shows_the_touchpoint_that_is_clicked(
        self, browse: Browse, cast: Cast, journey: Journey
    ) -> None:
        page = browse(cast.lead, "/journeys/motor-claim", viewport={"width": 1440, "height": 900})

        page.get_by_role("row", name="Letters and bills").get_by_role("link").click()

        expect(page.get_by_role("heading", name="Letters and bills, Use")).to_be_visible()

    @pytest.mark.parametrize("width", [900, 1099, 1260, 1280, 1400])
    def test_shows_the_whole_map_on_a_small_desk(
        self, browse: Browse, cast: Cast, journey: Journey, width: int
    ) -> None:
        page = browse(cast.lead, "/journeys/motor-claim", viewport={"width": width, "height": 900})

        cut = page.locator(".table-wrap:has(> .heat)").evaluate(
            "region => region.scrollWidth - region.clientWidth"
        )
        assert cut == 0

    def test_says_that_the_map_goes_on_where_it_cannot_fit(
        self, browse: Browse, cast: Cast, journey: Journey
    ) -> None:
        page = browse(cast.lead, "/journeys/motor-claim", viewport={"width": 1100, "height": 900})

        expect(page.get_by_text("The map goes on to the right")).to_be_visible()
        assert not scrolls_sideways(page)

    def test_lets_finance_certify_without_scripts(
        self, browse: Browse, cast: Cast, journey: Journey
    ) -> None:
        page = browse(cast.cfo, "/journeys/motor-claim/pools/retain", java_script_enabled=False)

        page.get_by_role("button", name="Certify pool").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Certified")
