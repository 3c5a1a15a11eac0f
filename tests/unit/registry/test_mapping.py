"""A mapping that cannot be used says in plain words what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.interactions.engine.refusals import FileRefusedError
from app.registry.engine.mapping import parse_mapping

GOOD: dict[str, Any] = {
    "name": "own",
    "title": "Own",
    "source": "test",
    "licence": "none",
    "currency": "EUR",
    "initiative": {"key": "Id", "title": "Title", "unit": "Unit"},
    "milestone": {"name": ["Milestone"], "due_on": ["Due"]},
}
HURDLE = {"metric": "Cost", "threshold": "Target", "direction": "at_least"}


def _refusal(content: bytes) -> str:
    with pytest.raises(FileRefusedError) as refusal:
        parse_mapping(content)
    return str(refusal.value)


class TestParseMapping:
    def test_takes_a_whole_one(self) -> None:
        assert parse_mapping(json.dumps(GOOD | {"hurdle": HURDLE}).encode()).name == "own"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"title": None}, "at $.title: this has to be text in quotes."),
            ({"columns": {}}, "at $.columns: no mapping has a part of this name."),
            ({"initiative": {"key": "Id", "title": "T"}}, "at $.initiative.unit: it is missing."),
            ({"milestone": {"name": [1]}}, "at $.milestone.name[0]: this has to be text"),
            ({"milestone": {"name": "Name"}}, "at $.milestone.name: this has to be a list"),
            ({"milestone": []}, "at $.milestone: this has to be an object in {…}."),
            ({"currency": "XXY"}, "at $.currency: “XXY” is no currency"),
            ({"name": "Own Name"}, "at $.name: use 2 to 61 lower-case letters"),
            (
                {"hurdle": HURDLE | {"direction": "up"}},
                "at $.hurdle.direction: this has to be “at_least” or “at_most”.",
            ),
            (
                {"hurdle": HURDLE | {"direction": {"at_least": ["Up"]}}},
                "at $.hurdle.direction.column: it is missing.",
            ),
            (
                {"benefit": {"source": "x", "share_of_cost": 0}},
                "at $.benefit.share_of_cost: this has to be more than 0.",
            ),
        ],
    )
    def test_names_the_place_and_what_to_write(self, changes: dict[str, Any], words: str) -> None:
        said = _refusal(json.dumps(GOOD | changes).encode())
        assert words in said
        assert said.count("The mapping is wrong") == 1

    def test_names_every_place_up_to_three(self) -> None:
        said = _refusal(b"{}")
        assert said.count("The mapping is wrong") == 3
        assert said.endswith("And 4 more.")

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
    def test_says_that_it_is_no_json(self, content: bytes) -> None:
        assert _refusal(content).startswith("The mapping is not JSON")

    def test_wants_an_object(self) -> None:
        assert _refusal(b"[]") == "The mapping is wrong at $: this has to be an object in {…}."
