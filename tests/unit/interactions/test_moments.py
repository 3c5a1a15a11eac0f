"""What the log's engine says followed moments is what the definition says, on any log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from app.interactions.engine.counting import count_log
from app.interactions.engine.requests import CountRequest, MomentLine
from app.journeys.rules import Aftermath, LoggedContact, Moment, aftermaths
from tests.unit.interactions.logs import mapping, read, row, rows

FIRST = date(2025, 1, 1)
NAMES = ("contacts", "repeated", "escalated", "silent", "lost", "lost_alone")
Contacts = dict[str, list[LoggedContact]]


def random_contacts(seed: int, customers: int = 120, days: int = 400) -> Contacts:
    """Contacts crowded enough for watches to overlap and days to hold several."""
    draw = Random(seed)
    found: Contacts = {}
    for number in range(customers):
        at = [draw.randint(0, days) for _ in range(draw.choice((1, 2, 5, 12)))]
        at += draw.choices(at, k=draw.randint(0, 2))
        found[f"K{number}"] = [
            LoggedContact(
                on=FIRST + timedelta(days=day),
                reason=draw.choice(("Bill", "Claim", "")),
                is_met=draw.choice((True, True, False, None)),
                is_escalated=draw.random() < 0.06,
                is_lost=draw.random() < 0.06,
            )
            for day in at
        ]
    return found


def defined(contacts: Contacts, until: date) -> dict[tuple[date, str, bool], Aftermath]:
    """By the definition: what followed, by month, reason and whether it was met."""
    found: dict[tuple[date, str, bool], Aftermath] = defaultdict(Aftermath)
    for one in _all(contacts, until):
        found[one.on.replace(day=1), one.reason, one.is_met] += one.after
    return dict(found)


def _all(contacts: Contacts, until: date) -> Iterator[Moment]:
    for theirs in contacts.values():
        yield from aftermaths(theirs, until=until)


def said(lines: tuple[MomentLine, ...]) -> dict[tuple[date, str, bool], Aftermath]:
    """What an engine says, in the same way."""
    return {
        (line.month, line.reason, line.is_met): Aftermath(
            line.contacts, line.repeated, line.escalated, line.silent, line.lost, line.lost_alone
        )
        for line in lines
    }


def lines_of(contacts: Contacts) -> list[str]:
    """The contacts as rows of a file, in no order."""
    words = {True: "yes", False: "no", None: ""}
    results = {(True, False): "Escalated", (False, True): "Left", (True, True): "Both"}
    lines = [
        row(
            when=f"{one.on} {9 + number % 9:02}:00", who=customer, why=one.reason,
            ok=words[one.is_met], result=results.get((one.is_escalated, one.is_lost), "Solved"),
        )
        for customer, theirs in contacts.items()
        for number, one in enumerate(theirs)
    ]  # fmt: skip
    Random(1).shuffle(lines)
    return lines


OWN = mapping(
    id=None,
    lost={"column": "result", "words": ["Left", "Both"]},
    escalated={"column": "result", "words": ["Escalated", "Both"]},
)


class TestMoments:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_are_those_of_the_definition(self, tmp_path: Path, seed: int) -> None:
        contacts = random_contacts(seed)
        read(tmp_path, rows(*lines_of(contacts), row(who="", ok="no")), mapping=OWN)
        report = count_log(CountRequest(folder=str(tmp_path / "log")))
        assert report.last_on is not None
        expected = defined(contacts, report.last_on)
        assert said(report.moments) == expected
        assert all(sum(getattr(one, name) for one in expected.values()) for name in NAMES)
        assert sum(line.keyed for line in report.lines) == sum(map(len, contacts.values()))

    def test_are_none_without_customers(self, tmp_path: Path) -> None:
        read(tmp_path, rows(row(ok="no"), row(id="2")), mapping=mapping(customer=None))
        report = count_log(CountRequest(folder=str(tmp_path / "log")))
        assert report.moments == ()
        assert [line.keyed for line in report.lines] == [0]
