"""What a journey's pages and logs say of costs: nothing to whom an admin keeps money from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.db.session import transaction
from app.journeys.models import InteractionSource, Journey, PoolInput
from app.journeys.rules import BoundFigure, SourceState
from tests.factories.accounts import Cast
from tests.factories.interactions import make_source
from tests.factories.journeys import make_baseline, make_journey, make_pool, measured
from tests.support.client import StrictClient
from tests.support.pages import links, table, text
from tests.unit.interactions.logs import mapping

MAP = "/journeys/motor-claim"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """A journey measured twice, between which a contact's cost grew, with a pool bound to it."""
    with transaction(session):
        journey = make_journey(session, cast.lead)
        web, calls, *_ = (one.id for one in journey.touchpoints)
        for cost in (6_40, 7_77):
            figures = {web: measured(), calls: measured(cost_per_contact_minor=cost)}
            make_baseline(session, journey, figures=figures)
        pool = make_pool(session, journey, claimed_by=cast.lead, u="7.77")
        bound: PoolInput = next(one for one in pool.inputs if one.symbol == "u")
        bound.bound_figure, bound.bound_touchpoints = BoundFigure.COST, [calls]
        bound.bound_number, bound.value = 2, Decimal("7.77")
    return journey


@pytest.fixture
def source(session: Session, cast: Cast) -> InteractionSource:
    """A log whose mapping has costs and in which two rows had none."""
    with transaction(session):
        source = make_source(session, cast.lead)
        source.mapping = mapping().model_dump(mode="json", exclude_defaults=True)
        source.issues = [
            {"row": 2, "column": "cost", "severity": "error", "message": message}
            for message in (
                "“8.888” is finer than the currency's smallest unit.",
                "“-9.99” is no handling cost; it is 0 or more, and not beyond all measure.",
            )
        ] + [{"row": 3, "column": "score", "severity": "error", "message": "“11” lies outside."}]
    return source


@pytest.fixture
def viewer(cast: Cast, client_for: Callable[..., Any]) -> StrictClient:
    """The control: whoever only looks and may see money."""
    client: StrictClient = client_for(cast.viewer)
    return client


@pytest.fixture
def kept_from(session: Session, cast: Cast, now: datetime) -> Callable[[], None]:
    def hide() -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)

    return hide


class TestHiddenCosts:
    def test_are_in_no_pool_input_of_two_versions(
        self, viewer: StrictClient, journey: Journey, kept_from: Callable[[], None]
    ) -> None:
        address = f"{MAP}/baselines/2?against=1"
        (shown,) = table(viewer.get(address), "Pool inputs").rows
        assert (shown["Version 1"], shown["Version 2"]) == ("6.40", "7.77")
        kept_from()
        page = viewer.get(address)
        (row,) = table(page, "Pool inputs").rows
        assert (row["Version 1"], row["Version 2"]) == ("–", "–")
        assert row["In the pool now"] == "–, version 2"
        costs = {one["Cost per contact"] for one in table(page, "Changes").rows}
        assert costs == {"–"}

    def test_colour_no_cell_and_name_no_trend(
        self, viewer: StrictClient, journey: Journey, kept_from: Callable[[], None]
    ) -> None:
        shown = viewer.get(f"{MAP}?show=cost")
        assert table(shown, "Cost to serve per stage")
        assert "getting worse" in text(shown) or "not tested" in text(shown)
        kept_from()
        page = viewer.get(f"{MAP}?show=cost")
        assert table(page, "Pain per stage and channel")
        assert "Cost to serve" not in links(page)
        assert "The map shows pain: costs are hidden from you" in text(page)

    @pytest.mark.parametrize("state", [SourceState.COUNTED, SourceState.REMOVED])
    def test_are_in_no_mapping_and_no_note_of_a_row(
        self,
        viewer: StrictClient,
        session: Session,
        source: InteractionSource,
        kept_from: Callable[[], None],
        state: SourceState,
    ) -> None:
        address = f"/interactions/{source.id}"
        with transaction(session):
            session.scalars(select(InteractionSource)).one().state = state
        assert "cost" in json.loads(viewer.get(f"{address}/mapping.json").get_data())
        assert "8.888" in text(viewer.get(address))
        kept_from()
        page = viewer.get(address)
        assert "8.888" not in text(page) and "9.99" not in text(page)
        rows = table(page, "What there is to say about the rows").rows
        assert [one["Column"] for one in rows] == ["cost", "cost", "score"]
        assert rows[0]["What"] == "This cost can’t be taken in. What it says is hidden from you."
        assert "“11” lies outside." in text(page)
        assert f"{address}/mapping.json" not in page.get_data(as_text=True)
        assert viewer.get(f"{address}/mapping.json", loose=True).status_code == 403
