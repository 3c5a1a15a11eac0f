"""A bar of the roadmap says what it says to eyes, screen readers and scripts."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag

from app.roadmap.presenters.drawn import roadmap_row

HOSTILE = "<b>\"Fewer\" & 'calls'</b>"


def row(**changes: Any) -> dict[str, Any]:
    diamond = {
        "x": 40, "state": "risk", "title": f"{HOSTILE}, at risk, 1 July 2027", "href": "?q=a&at=7",
        "selected": False, "gate": 0, "on": "",
    }  # fmt: skip
    plain = {
        "key": "CX-101", "short": "", "title": HOSTILE, "href": "/initiatives/CX-101", "x": 10.5,
        "w": 30, "elapsed_w": 0, "base_x": 10, "base_w": 0, "moved": False, "stopped": False,
        "note": "", "selected": False, "work": 0, "look": "", "name": "", "link": 0, "needs": "",
        "diamonds": [diamond],
    }  # fmt: skip
    return plain | changes


def drawn(**changes: Any) -> Tag:
    found = BeautifulSoup(roadmap_row(row(**changes)), "html.parser").li
    assert found is not None
    return found


class TestRoadmapRow:
    def test_says_names_as_they_are(self) -> None:
        found = drawn(note=HOSTILE)
        initiative, hurdle = found.select("a")
        assert initiative.get_text() == HOSTILE and initiative["title"] == f"CX-101 {HOSTILE}"
        assert initiative["href"] == "/initiatives/CX-101"
        assert hurdle["aria-label"] == f"{HOSTILE}, at risk, 1 July 2027"
        assert hurdle["href"] == "?q=a&at=7" and found.select_one(".note") is not None
        assert not found.select("b, .rm-p, .rm-e, .rm-bar, [data-gate]")

    def test_draws_what_was_agreed_and_what_is_gone(self) -> None:
        found = drawn(base_w=25, elapsed_w=5, moved=True, selected=True)
        assert [one["width"] for one in found.select("rect")] == ["25%", "30%", "5%"]
        assert found.select_one(".rm-m") and "is-selected" in found["class"]
        assert drawn(stopped=True).select_one(".rm-x")

    def test_can_be_moved_by_whoever_may(self) -> None:
        diamond = row()["diamonds"][0] | {"gate": 7, "on": "2027-07-01", "selected": True}
        found = drawn(look="?work=3", work=3, name=HOSTILE, diamonds=[diamond])
        bar = found.select_one("a.rm-bar")
        assert bar is not None and bar.rect is not None
        assert (bar["href"], bar["aria-label"], bar["data-bar"]) == ("?work=3", HOSTILE, "3")
        gate = found.select_one("[data-gate='7']")
        assert gate is not None and gate["data-on"] == "2027-07-01"
        assert [use["href"] for use in gate.select("use")] == ["#d-ring", "#d-risk"]

    def test_is_looked_at_by_everybody(self) -> None:
        found = drawn(look="?work=3", name="CX-101 Tracker")
        assert found.select_one("a.rm-bar[href='?work=3']") and not found.select("[data-bar]")

    def test_names_by_number_what_it_needs(self) -> None:
        tied = drawn(link=5, needs="7 9")
        assert (tied["data-link"], tied["data-needs"]) == ("5", "7 9")
        assert "data-needs" not in drawn(link=5).attrs and "data-link" not in drawn().attrs
