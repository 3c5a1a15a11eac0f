"""A mapping of a log is read, or refused by the place that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.interactions.engine.mapping import Place, parse_mapping
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.shipped import list_shipped, shipped
from tests.unit.interactions.logs import mapping


def _content(**changes: Any) -> bytes:
    parts = mapping().model_dump(mode="json", exclude_defaults=True) | changes
    return json.dumps({k: v for k, v in parts.items() if v is not None}).encode()


SPREAD = {"channel": None, "spread": [{"contacts": "n", "channel": "web"}]}


class TestParseMapping:
    def test_gives_back_what_was_kept(self) -> None:
        assert parse_mapping(_content()) == mapping()

    @pytest.mark.parametrize(
        ("changes", "place"),
        [
            ({"when": None}, r"\$\.when: it is missing"),
            ({"when": {"column": ""}}, r"\$\.when"),
            ({"wen": 1}, r"\$\.wen: no mapping has a part of this name"),
            ({"currency": "XXX"}, r"\$\.currency"),
            ({"zone": "Mars/Base"}, r"\$\.zone: .*no time zone"),
            ({"stage": {"fixed": "buying"}}, "“buying” is no stage"),
            ({"channel": {"column": "a", "words": {"x": "fax"}}}, "“fax” is no channel"),
            ({"channel": None}, "either “channel” or “spread”"),
            ({"score": {"column": "s", "low": 5, "high": 1}}, r"\$\.score"),
            ({"met": {"ended": {"column": "x"}}}, "needs “expected_by”"),
            (
                {"met": {"column": "ok", "met": ["yes", "Done "], "unmet": ["no", "done"]}},
                "“Done” stands in both “met.met” and “met.unmet”",
            ),
            ({"cost": {}}, r"\$\.cost"),
            (
                SPREAD | {"met": {"judged": ["a"], "met": ["b"]}, "cost": None, "score": None},
                "“met.judged” counts the whole row",
            ),
            (SPREAD | {"invited": "a", "met": None, "cost": None, "score": None}, "“invited”"),
            (SPREAD | {"met": None, "score": None}, "“cost.column”"),
            (SPREAD | {"met": None, "cost": None}, "“score”"),
        ],
    )
    def test_names_what_is_wrong(self, changes: dict[str, Any], place: str) -> None:
        with pytest.raises(FileRefusedError, match=place):
            parse_mapping(_content(**changes))

    def test_refuses_what_is_no_json(self) -> None:
        with pytest.raises(FileRefusedError, match="line 1, column 2"):
            parse_mapping(b"{when")

    def test_knows_every_column_it_reads(self) -> None:
        own = mapping(met={"judged": ["a", "b"], "met": ["c"]}, only={"column": "d", "words": []})
        assert {"when", "who", "a", "b", "c", "d", "score"} <= set(own.columns())


class TestPlace:
    def test_takes_words_without_case_and_spaces(self) -> None:
        place = Place(column="x", words={"Phone": "contact_centre"})
        assert place.of(" PHONE ") == "contact_centre"
        assert place.of("fax") is None
        assert place.of(None) is None

    def test_takes_the_column_s_own_words_where_there_are_no_others(self) -> None:
        assert Place(column="x").of("Use") == "use"


class TestShipped:
    def test_are_all_sound_and_say_where_they_come_from(self) -> None:
        for one in list_shipped():
            assert one.source
            assert one.licence

    def test_has_no_other(self) -> None:
        with pytest.raises(FileRefusedError, match="no mapping called"):
            shipped("nothing")
