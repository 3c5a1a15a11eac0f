"""What people enter about a journey is checked in words, field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.journeys.rules import (
    BaselineDraft,
    Channel,
    JourneyDraft,
    Lever,
    PoolDraft,
    PoolFigure,
    ShapeDraft,
    StageKind,
    baseline_faults,
    journey_faults,
    pool_faults,
    shape_faults,
)
from tests.factories.journeys import INPUTS, measured

TODAY = date(2027, 2, 15)


def pool(**changes: object) -> PoolDraft:
    figures = tuple(PoolFigure(s, Decimal(v)) for s, v in INPUTS[Lever.SERVE].items())
    draft = PoolDraft(Lever.SERVE, figures, "Controlling", TODAY, owner_id=1)
    return replace(draft, **changes)


def with_figure(figure: PoolFigure) -> PoolDraft:
    sound = pool()
    others = tuple(one for one in sound.figures if one.symbol != figure.symbol)
    return replace(sound, figures=(*others, figure))


class TestJourneyFaults:
    def test_keep_keys_that_pages_need(self) -> None:
        draft = JourneyDraft("new", "A", "B", "C", "EUR", owner_id=1)

        assert journey_faults(draft) == {"key": "“new” is taken by a page; choose another key."}


class TestShapeFaults:
    def test_refuse_a_touchpoint_on_a_hidden_stage(self) -> None:
        draft = ShapeDraft(
            names={kind: kind.word for kind in StageKind},
            hidden=frozenset({StageKind.USE}),
            touchpoints={(StageKind.USE, Channel.WEB): "Help"},
        )

        assert list(shape_faults(draft)) == ["touchpoint-use-web"]

    def test_need_a_name_for_every_stage_that_shows(self) -> None:
        draft = ShapeDraft(names={}, hidden=frozenset(list(StageKind)[1:]), touchpoints={})

        assert shape_faults(draft) == {"stage-awareness": "Give the stage a name."}


class TestBaselineFaults:
    def _faults(self, *, is_confirmed: bool = False, costs: tuple[int, ...] = ()) -> dict[str, str]:
        figures = {id_: measured(cost_per_contact_minor=cost) for id_, cost in enumerate(costs)}
        draft = BaselineDraft(TODAY, "Survey", "", figures or {1: measured()})
        return baseline_faults(draft, today=TODAY, not_before=None, is_confirmed=is_confirmed)

    def test_find_none_in_sound_figures(self) -> None:
        assert self._faults() == {}

    def test_ask_about_a_cost_a_hundred_times_the_usual(self) -> None:
        costs = (500, 600, 700, 99_000_00)

        assert list(self._faults(costs=costs)) == ["t3-cost"]
        assert self._faults(costs=costs, is_confirmed=True) == {}


class TestPoolFaults:
    def test_find_none_in_a_sound_claim(self) -> None:
        assert pool_faults(pool(), today=TODAY) == {}

    @pytest.mark.parametrize(
        ("figure", "field"),
        [
            (PoolFigure("V", Decimal(10), low=Decimal(8)), "V-high"),
            (PoolFigure("V", Decimal(10), high=Decimal(12)), "V-low"),
            (PoolFigure("V", Decimal(10), Decimal(11), Decimal(12)), "V-low"),
            (PoolFigure("V", Decimal(10), Decimal(8), Decimal(9)), "V-high"),
            (PoolFigure("alpha", Decimal("0.5"), Decimal("0.4"), Decimal("1.4")), "alpha-high"),
            (PoolFigure("alpha", Decimal("0.1234567")), "alpha"),
            (PoolFigure("V", Decimal(-1)), "V"),
        ],
    )
    def test_name_the_field(self, figure: PoolFigure, field: str) -> None:
        assert list(pool_faults(with_figure(figure), today=TODAY)) == [field]

    def test_ask_for_every_input(self) -> None:
        assert pool_faults(pool(figures=()), today=TODAY).keys() == set(INPUTS[Lever.SERVE])
