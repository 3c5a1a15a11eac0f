"""Bars and diamonds lie where their days lie."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roadmap.engine.timeline import (
    Axis,
    Bar,
    Diamond,
    Lane,
    Load,
    Zoom,
    axis_drawing,
    axis_for,
    lane_drawings,
)
from app.values.quarter import Quarter, QuarterSpan

TODAY = date(2027, 2, 15)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def a_bar(**changes: object) -> Bar:
    values: dict[str, object] = {
        "key": "CX-1",
        "title": "Tracker",
        "href": "/x",
        "lane": "claims",
        "starts_on": date(2027, 1, 1),
        "ends_on": date(2027, 12, 31),
        "baseline_ends_on": date(2027, 12, 31),
        "diamonds": (Diamond(date(2027, 7, 1), "notdue", "H1", "/h"),),
    }
    return Bar(**values | changes)  # type: ignore[arg-type]


def axis(zoom: Zoom = Zoom.QUARTER) -> Axis:
    return Axis(QuarterSpan(Quarter(2027, 1), 4), zoom, TODAY)


class TestAxisFor:
    @given(days, days, days)
    def test_holds_every_day_in_whole_quarters(self, start: date, end: date, today: date) -> None:
        start, end = min(start, end), max(start, end)
        found = axis_for([a_bar(starts_on=start, ends_on=end)], Zoom.QUARTER, today)
        assert found.first_day <= start
        assert found.quarters.last.last_day >= end
        assert found.first_day == Quarter.containing(found.first_day).first_day

    def test_reaches_to_today_where_it_is_near(self) -> None:
        soon = axis_for([a_bar()], Zoom.QUARTER, date(2026, 8, 1))
        assert soon.has_today and soon.quarters.first == Quarter(2026, 3)

    def test_keeps_to_the_bars_of_a_past_cycle(self) -> None:
        found = axis_for([a_bar()], Zoom.QUARTER, date(2029, 3, 1))
        assert found.quarters == QuarterSpan(Quarter(2027, 1), 4)
        assert axis_drawing(found)["today_x"] is None

    def test_an_empty_roadmap_shows_this_quarter(self) -> None:
        assert axis_for([], Zoom.YEAR, TODAY).quarters == QuarterSpan(Quarter(2027, 1), 1)


class TestAxisDrawing:
    @pytest.mark.parametrize(
        ("zoom", "width"), [(Zoom.MONTH, 1080), (Zoom.QUARTER, 840), (Zoom.YEAR, None)]
    )
    def test_width_follows_the_zoom(self, zoom: Zoom, width: int | None) -> None:
        assert axis_drawing(axis(zoom))["width"] == width

    def test_today_lies_on_its_day(self) -> None:
        drawing = axis_drawing(axis())
        assert drawing["today_label"] == "15 Feb"
        assert drawing["today_x"] == round(100 * 45 / 365, 2)


class TestLaneDrawings:
    def lane(self, share: float = 0.5) -> Lane:
        return Lane("claims", "Claims", "1", {Quarter(2027, 1): Load(share, "50 %", "half")})

    def test_a_bar_covers_its_first_and_last_day(self) -> None:
        (lane,) = lane_drawings([self.lane()], [a_bar()], axis())
        (row,) = lane["rows"]  # type: ignore[misc]
        assert (row["x"], row["w"]) == (0, 100)
        assert row["elapsed_w"] == round(100 * 45 / 365, 2)
        assert row["diamonds"][0]["x"] == round(100 * 181 / 365, 2)

    def test_a_bar_that_slipped_shows_its_baseline(self) -> None:
        slipped = a_bar(baseline_ends_on=date(2027, 6, 30))
        (lane,) = lane_drawings([self.lane()], [slipped], axis())
        (row,) = lane["rows"]  # type: ignore[misc]
        assert row["moved"]
        assert row["base_w"] == round(100 * 181 / 365, 2)

    def test_the_future_has_not_elapsed(self) -> None:
        later = a_bar(starts_on=TODAY + timedelta(days=30))
        (lane,) = lane_drawings([self.lane()], [later], axis())
        assert lane["rows"][0]["elapsed_w"] == 0  # type: ignore[index]

    @pytest.mark.parametrize(("share", "level"), [(0.5, None), (0.9, "full"), (1.1, "over")])
    def test_load_says_when_it_is_full(self, share: float, level: str | None) -> None:
        (lane,) = lane_drawings([self.lane(share)], [a_bar()], axis())
        assert lane["load"][0]["level"] == level  # type: ignore[index]

    def test_a_load_without_a_limit_is_never_full(self) -> None:
        load = Load(1.0, "€2m", "most of all quarters", has_limit=False)
        lane = Lane("claims", "Claims", "1", {Quarter(2027, 1): load})
        (drawn,) = lane_drawings([lane], [a_bar()], axis())
        assert drawn["load"][0]["level"] is None  # type: ignore[index]

    def test_a_load_outside_the_axis_is_left_out(self) -> None:
        lane = Lane("claims", "Claims", "1", {Quarter(2031, 1): Load(0.5, "50 %", "half")})
        (drawn,) = lane_drawings([lane], [a_bar()], axis())
        assert drawn["load"] == []

    def test_load_words_give_way_where_quarters_are_narrow(self) -> None:
        wide = Axis(QuarterSpan(Quarter(2027, 1), 12), Zoom.YEAR, TODAY)
        assert axis_drawing(wide)["is_long"] and not axis_drawing(axis(Zoom.YEAR))["is_long"]
        (drawn,) = lane_drawings([self.lane()], [a_bar()], wide)
        assert drawn["load"][0]["title"] == "half"  # type: ignore[index]

    def test_what_was_stopped_is_no_slip(self) -> None:
        stopped = a_bar(ends_on=date(2027, 3, 31), is_stopped=True, note="stopped")
        (drawn,) = lane_drawings([self.lane()], [stopped], axis())
        row = drawn["rows"][0]  # type: ignore[index]
        assert (row["moved"], row["stopped"], row["note"]) == (False, True, "stopped")
        assert row["base_w"] == 100

    def test_a_lane_without_bars_is_left_out(self) -> None:
        assert lane_drawings([self.lane()], [], axis()) == []

    def test_rows_stand_by_start_then_key(self) -> None:
        bars = [a_bar(key="B"), a_bar(key="A"), a_bar(key="C", starts_on=date(2027, 1, 2))]
        (lane,) = lane_drawings([self.lane()], bars, axis())
        assert [row["key"] for row in lane["rows"]] == ["A", "B", "C"]  # type: ignore[attr-defined]


class TestLongKeys:
    def test_show_the_end_in_which_they_differ(self) -> None:
        lane = Lane("claims", "Claims", "", {})
        bars = [a_bar(key=key) for key in ("CX-101", "IT-005-000002317", "IT-005-000002318")]
        (drawn,) = lane_drawings([lane], bars, axis())
        shorts = [row["short"] for row in drawn["rows"]]  # type: ignore[attr-defined]
        assert shorts[0] == "CX-101"
        assert shorts[1].endswith("2317") and shorts[2].endswith("2318")
        assert all(len(short) <= 12 for short in shorts)
