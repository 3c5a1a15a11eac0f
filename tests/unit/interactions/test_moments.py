"""What the log's engine says followed moments is what the definition says, on any log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from app.interactions.engine.counting import count_log
from app.interactions.engine.mapping import Place
from app.interactions.engine.requests import CountReport, CountRequest, MomentLine, NearLog
from app.journeys.rules import Aftermath, LoggedContact, Moment, aftermaths
from tests.unit.interactions.logs import HEADER as COLUMNS
from tests.unit.interactions.logs import mapping, read, row, rows

FIRST = date(2025, 1, 1)
WINTER_ENDS = date(2025, 3, 31)
NAMES = ("contacts", "repeated", "escalated", "silent", "lost", "lost_alone")
Contacts = dict[str, list[LoggedContact]]
Found = dict[tuple[date, str | None, str, bool], Aftermath]


def random_contacts(seed: int, customers: int = 120, days: int = 400) -> Contacts:
    """Contacts crowded enough for watches to overlap and days to hold several."""
    draw = Random(seed)
    found: Contacts = {}
    for number in range(customers):
        at = [draw.randint(0, days) for _ in range(draw.choice((1, 2, 5, 12)))]
        at += draw.choices(at, k=draw.randint(0, 4))
        found[f"K{number}"] = [
            LoggedContact(
                on=FIRST + timedelta(days=day),
                reason=draw.choice(("Bill", "Claim", "")),
                is_met=draw.choice((True, True, False, None)),
                is_escalated=draw.random() < 0.06,
                is_lost=draw.random() < 0.06,
                journey=draw.choice(("claim", "Claim", "buy", None)),
            )
            for day in at
        ]
    return found


def defined(contacts: Contacts, until: date) -> Found:
    """By the definition: what followed, by month, journey, reason and whether it was met."""
    found: Found = defaultdict(Aftermath)
    for one in _all(contacts, until):
        found[one.on.replace(day=1), one.journey, one.reason, one.is_met] += one.after
    return dict(found)


def _all(contacts: Contacts, until: date) -> Iterator[Moment]:
    for theirs in contacts.values():
        yield from aftermaths(theirs, until=until)


def said(lines: Iterable[MomentLine]) -> Found:
    """What an engine says, in the same way."""
    found: Found = defaultdict(Aftermath)
    for line in lines:
        found[line.month, line.journey, line.reason, line.is_met] += Aftermath(
            line.contacts, line.repeated, line.escalated, line.silent, line.lost, line.lost_alone
        )
    return dict(found)


def lines_of(contacts: Contacts) -> list[str]:
    """The contacts as rows of a file with HEADER, in no order."""
    words = {True: "yes", False: "no", None: ""}
    results = {(True, False): "Escalated", (False, True): "Left", (True, True): "Both"}
    lines = [
        row(
            when=f"{one.on} {9 + number % 9:02}:00", who=customer, why=one.reason,
            ok=words[one.is_met], result=results.get((one.is_escalated, one.is_lost), "Solved"),
        )
        + f",{one.journey or ''}"
        for customer, theirs in contacts.items()
        for number, one in enumerate(theirs)
    ]  # fmt: skip
    Random(1).shuffle(lines)
    return lines


HEADER = f"{COLUMNS},where"
OWN = mapping(
    id=None,
    journey={"column": "where"},
    lost={"column": "result", "words": ["Left", "Both"]},
    escalated={"column": "result", "words": ["Escalated", "Both"]},
)


def _imported(folder: Path, number: int, lines: list[str]) -> NearLog:
    """An import of these lines."""
    own = folder / str(number)
    own.mkdir()
    read(own, rows(*lines, header=HEADER), mapping=OWN)
    return NearLog(source_id=number, name=f"{number}.csv", folder=str(own / "log"))


def _counted(*logs: NearLog, until: date | None = None) -> list[CountReport]:
    """Each import, counted beside the others."""
    return [
        count_log(
            CountRequest(
                folder=one.folder, source_id=one.source_id, until=until,
                near=tuple(other for other in logs if other != one),
            )
        )
        for one in logs
    ]  # fmt: skip


class TestMoments:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_are_those_of_the_definition(self, tmp_path: Path, seed: int) -> None:
        contacts = random_contacts(seed)
        nobody = row(who="", ok="no") + ",claim"
        read(tmp_path, rows(*lines_of(contacts), nobody, header=HEADER), mapping=OWN)
        report = count_log(CountRequest(folder=str(tmp_path / "log")))
        assert report.last_on is not None
        expected = defined(contacts, report.last_on)
        assert said(report.moments) == expected
        assert all(sum(getattr(one, name) for one in expected.values()) for name in NAMES)
        assert sum(line.keyed for line in report.lines) == sum(map(len, contacts.values()))

    def test_are_the_same_of_a_log_in_several_files(self, tmp_path: Path) -> None:
        contacts = random_contacts(4)
        lines = lines_of(contacts)
        of_winter = [one for one in lines if one.split(",")[1] <= f"{WINTER_ENDS}~"]
        later = [one for one in lines if one not in of_winter]
        whole = _imported(tmp_path, 9, lines)
        parts = [of_winter, later[::2], later[1::2]]  # two files have the same days
        near = [_imported(tmp_path, number, part) for number, part in enumerate(parts, 1)]
        (expected,) = _counted(whole)
        found = _counted(*near, until=expected.last_on)
        assert said(line for one in found for line in one.moments) == said(expected.moments)
        for name in ("contacts", "keyed", "repeats", "unmet"):
            total = sum(getattr(line, name) for line in expected.lines)
            assert sum(getattr(line, name) for one in found for line in one.lines) == total
        assert [one.near for one in found] == [(2, 3), (1, 3), (1, 2)]

    def test_are_none_without_customers(self, tmp_path: Path) -> None:
        read(tmp_path, rows(row(ok="no"), row(id="2")), mapping=mapping(customer=None))
        report = count_log(CountRequest(folder=str(tmp_path / "log")))
        assert report.moments == ()
        assert [line.keyed for line in report.lines] == [0]

    def test_are_of_the_first_journey_by_key_that_is_known(self, tmp_path: Path) -> None:
        """Whatever the log calls it, and whatever stands beside it at journeys nobody knows."""
        own = OWN.model_copy(
            update={"journey": Place(column="where", words={"Zeta": "buy", "Alpha": "claim"})}
        )
        keys = {"Zeta": "buy", "Alpha": "claim", "Aardvark": None}
        contacts = random_contacts(5)
        draw = Random(6)
        named = {
            customer: [(one, draw.choice(("Zeta", "Alpha", "Aardvark"))) for one in theirs]
            for customer, theirs in contacts.items()
        }
        said_in_log = {c: [replace(o, journey=w) for o, w in t] for c, t in named.items()}
        meant = {c: [replace(o, journey=keys[w]) for o, w in t] for c, t in named.items()}
        read(tmp_path, rows(*lines_of(said_in_log), header=HEADER), mapping=own)
        asked = CountRequest(
            folder=str(tmp_path / "log"), mapping=own, journeys=("buy", "claim", "move")
        )
        report = count_log(asked)
        assert report.last_on is not None
        expected = defined(meant, report.last_on)
        assert said(report.moments) == expected
        assert {journey for _, journey, _, _ in expected} == {"buy", "claim", None}
        gone = count_log(asked.model_copy(update={"journeys": ("claim",)}))
        assert {one.journey for one in gone.moments} == {"claim", None}
