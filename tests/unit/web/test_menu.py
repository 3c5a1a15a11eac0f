"""The menu's entries, left out and picked."""

from __future__ import annotations

from app.web.menu import Entry, Group, only, without

HOME = Entry("home", "Home", "house", "/", is_here=False)
ROADMAP = Entry("roadmap", "Roadmap", "chart", "/roadmap", is_here=True)
AUDIT = Entry("audit", "Audit", "scroll", "/audit", is_here=False)
GROUPS = [Group(None, [HOME]), Group("Plan", [ROADMAP]), Group("Govern", [AUDIT])]


class TestWithout:
    def test_leaves_entries_out_and_groups_that_become_empty(self) -> None:
        assert without(GROUPS, ("home", "roadmap")) == [Group("Govern", [AUDIT])]

    def test_keeps_all_without_keys(self) -> None:
        assert without(GROUPS, ()) == GROUPS


class TestOnly:
    def test_picks_entries_from_every_group_in_order(self) -> None:
        assert only(GROUPS, ("audit", "home")) == [HOME, AUDIT]
