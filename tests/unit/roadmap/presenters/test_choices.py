"""What somebody asks to see survives in every link; nonsense is as if not asked."""

from __future__ import annotations

from app.roadmap.engine.timeline import Zoom
from app.roadmap.presenters.choices import GateChoices, Lanes, RoadmapChoices, Show, matches


class TestRoadmapChoices:
    def test_links_hold_only_what_differs_from_the_start(self) -> None:
        assert RoadmapChoices().href() == "?"
        asked = RoadmapChoices.read({"lanes": "team", "zoom": "no", "q": " a b ", "page": "3"})
        assert asked.href() == "?lanes=team&q=a+b"
        assert asked.page_href(2) == "?lanes=team&q=a+b&page=2"
        assert asked.href(at=7, page=asked.page) == "?lanes=team&q=a+b&at=7&page=3"

    def test_nonsense_counts_as_not_asked(self) -> None:
        odd = {"lanes": "moon", "zoom": "", "show": "all", "cycle": "1e3", "at": "٣", "page": "0"}
        assert RoadmapChoices.read(odd) == RoadmapChoices()

    def test_a_link_read_again_is_the_same_view(self) -> None:
        asked = RoadmapChoices(Lanes.UNIT, Zoom.YEAR, Show.TROUBLE, 4, "x", 9, all=True)
        query = dict(pair.split("=") for pair in asked.href().removeprefix("?").split("&"))
        assert RoadmapChoices.read(query) == asked


class TestGateChoices:
    def test_a_tab_is_no_filter(self) -> None:
        assert not GateChoices.read({"when": "late", "page": "2"}).is_filtered
        assert GateChoices.read({"state": "missed"}).is_filtered


class TestMatches:
    def test_finds_every_word_in_any_field_and_case(self) -> None:
        assert matches("cx-1 TRACK", "CX-101", "Claim status tracker")
        assert not matches("cx-2 track", "CX-101", "Claim status tracker")
        assert matches("", "anything")
