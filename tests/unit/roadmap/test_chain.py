"""Where the way from a behaviour to money breaks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.initiatives.rules import Direction
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.rules import CriterionFacts, Measurement, Reading
from app.roadmap.rules.chain import chain_of
from tests.unit.roadmap.test_hurdles import DUE

VALUES = {"+": Decimal(30), "-": Decimal(10)}


def bound(letters: str) -> list[tuple[ChainLink, Reading]]:
    """Criteria of behaviour, metric and lever: met +, missed -, not measured ?, none ` `."""
    found = []
    for link, letter in zip(ChainLink, letters, strict=False):
        if letter != " ":
            criterion = CriterionFacts(
                1, link.value, "%", Direction.AT_LEAST, Decimal(20), None, True
            )
            latest = Measurement(1, 1, VALUES[letter], 9, DUE) if letter in VALUES else None
            found.append((link, Reading(criterion, latest)))
    return found


@pytest.mark.parametrize(
    ("letters", "money", "broken"),
    [
        ("+++", True, None),
        ("+-+", True, "metric"),
        ("+--", False, "metric"),
        ("-++", True, "behaviour"),
        ("+++", False, "money"),
        ("+  ", False, "money"),
        ("+ -", False, "lever"),
        ("+?-", False, None),
        ("?++", False, None),
        ("+++", None, None),
    ],
)
def test_the_first_link_that_fails_is_broken(
    letters: str, money: bool | None, broken: str | None
) -> None:
    found = chain_of(bound(letters), money, "The money left returns little.")
    assert [one.link.value for one in found if one.is_broken] == ([broken] if broken else [])
    assert [one.link for one in found] == list(ChainLink)
