"""Whatever is said about customers takes evidence: a source, a day, how many asked or a link."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.journeys.rules import Channel, NeedKind, StatementDraft, need_faults
from tests.factories.needs import need_draft, statement

TODAY = date(2027, 2, 1)


def _faults(**changes: Any) -> dict[str, str]:
    return need_faults(need_draft(**changes), today=TODAY)


def _overt(**changes: Any) -> dict[str, str]:
    return _faults(channels=(), statements={NeedKind.OVERT: statement("A date", **changes)})


class TestNeed:
    def test_is_sound_with_its_evidence(self) -> None:
        assert _faults() == {}

    def test_may_say_one_part_only(self) -> None:
        assert _overt() == {}

    def test_says_something(self) -> None:
        assert "overt_text" in _faults(channels=(), statements={})
        assert "segment" in _faults(segment="  ")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"source": " "}, "overt_source"),
            ({"observed_on": None}, "overt_observed_on"),
            ({"observed_on": date(2027, 2, 2)}, "overt_observed_on"),
            ({"sample_size": None}, "overt_sample_size"),
            ({"sample_size": 0}, "overt_sample_size"),
            ({"link": "javascript:alert(1)"}, "overt_link"),
            ({"link": "https://"}, "overt_link"),
        ],
    )
    def test_takes_whole_evidence(self, changes: dict[str, Any], field: str) -> None:
        assert list(_overt(**changes)) == [field]

    def test_takes_a_link_instead_of_how_many_were_asked(self) -> None:
        assert _overt(sample_size=None, link="https://research.example/claims") == {}

    def test_has_no_evidence_for_nothing(self) -> None:
        faults = _faults(channels=(), statements={
            NeedKind.OVERT: statement("A date"), NeedKind.CHANNELS: statement(""),
        })  # fmt: skip

        assert faults == {"channel_1": "There is evidence here, but not what it shows."}

    def test_channels_need_evidence_too_and_stand_once(self) -> None:
        bare = _faults(statements={NeedKind.CHANNELS: StatementDraft()})
        twice = _faults(channels=(Channel.APP, Channel.APP))

        assert set(bare) == {"channels_source", "channels_observed_on", "channels_sample_size"}
        assert twice == {"channel_1": "Name each channel once."}
