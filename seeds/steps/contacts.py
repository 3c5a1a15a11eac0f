"""The demo company's contact log: thirteen months, drawn from its journeys, always the same."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.interactions.engine.mapping import Mapping
from app.interactions.queries import list_sources
from app.interactions.services import (
    LogFile,
    LogStore,
    counted,
    drafted,
    import_log,
    write_months,
)
from seeds.story.contacts import LOG_NAME, MAPPING, REASONS, SAMPLE, SEGMENTS, ReasonStory
from seeds.story.journeys import JOURNEYS, JourneyStory, TouchpointStory

FILE = "halden-contact-log.csv"
DAYS = 395
LIKELIEST_REPEAT = 0.35
"""The chance that a contact which met no expectation breeds a call; lower where few can call."""
HEADER = (
    "contact", "opened", "customer", "relation", "segment", "journey", "stage", "channel",
    "reason", "expected", "outcome", "met", "cost", "minutes", "score",
)  # fmt: skip
_Contact = dict[str, object]


def add_contacts(
    session: Session, store: LogStore, actor: Person, *, until: date, now: datetime
) -> None:
    """Take the log in through the import, once, and count it."""
    if any(source.mapping_name == MAPPING["name"] for source in list_sources(session)):
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        write_contacts(path, until)
        file = LogFile(path, LOG_NAME, Mapping.model_validate(MAPPING))
        with drafted(session, store, file, leave_out_errors=False, now=now) as draft:
            with transaction(session):
                source = import_log(session, store, draft, actor=actor, now=now)
            report = counted(source, store, now=now)
            with transaction(session):
                write_months(session, source.id, report, now=now + timedelta(seconds=1))


def write_contacts(path: Path, until: date) -> None:
    """Write the log of the days before ``until``."""
    rows = [row for story in JOURNEYS for row in _contacts_of(story, until)]
    rows.sort(key=lambda row: str(row["opened"]))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, HEADER)
        writer.writeheader()
        for number, row in enumerate(rows, 100_001):
            writer.writerow(row | {"contact": number})


def _contacts_of(story: JourneyStory, until: date) -> Iterator[_Contact]:
    """As many contacts of every touchpoint as its baseline says, calls that repeat one included."""
    draw = Random(f"halden {story.key}")
    logged: Counter[tuple[str, str]] = Counter()
    for touchpoint in sorted(story.touchpoints, key=_is_call):  # calls last: some are repeats
        place = (touchpoint.stage, touchpoint.channel)
        while logged[place] < round(touchpoint.contacts * DAYS / (365 * SAMPLE)):
            first = _contact(draw, story, touchpoint, _moment(draw, until))
            for one in (first, *_repeats(draw, story, first, until)):
                logged[str(one["stage"]), str(one["channel"])] += 1
                yield one


def _is_call(touchpoint: TouchpointStory) -> bool:
    return touchpoint.channel == "contact_centre"


def _moment(draw: Random, until: date) -> datetime:
    """A moment on a working day more often than not, in the hours people call."""
    day = until - timedelta(days=draw.randint(1, DAYS))
    if day.weekday() >= 5 and draw.random() < 0.7:
        day -= timedelta(days=day.weekday() - 4)
    minutes = int(min(max(draw.gauss(13 * 60, 170), 7 * 60), 22 * 60))
    return datetime.combine(day, time(minutes // 60, minutes % 60))


def _contact(
    draw: Random, story: JourneyStory, touchpoint: TouchpointStory, opened: datetime
) -> _Contact:
    reasons = REASONS[story.key, touchpoint.stage]
    reason: ReasonStory = draw.choices(reasons, [one.weight for one in reasons])[0]
    segments = SEGMENTS[story.key]
    harder = reason.harder - _mean_harder(reasons)
    score = draw.gauss(float(touchpoint.satisfaction) - harder, 1.9)
    is_met = score + draw.gauss(0, 0.8) >= float(touchpoint.target) - 1.9
    is_prospect = story.key == "buy" and touchpoint.stage not in ("use", "advocacy")
    return {
        "opened": opened.isoformat(sep=" ", timespec="minutes"),
        "customer": f"{'P' if is_prospect else 'K'}{draw.randint(1, 9_000):05}",
        "relation": "prospect" if is_prospect else "customer",
        "segment": draw.choices([s for s, _ in segments], [w for _, w in segments])[0],
        "journey": story.key,
        "stage": touchpoint.stage,
        "channel": touchpoint.channel,
        "reason": reason.words,
        "expected": reason.expected,
        "outcome": _outcome(draw, is_met=is_met, score=score),
        "met": "yes" if is_met else "no",
        "cost": touchpoint.cost,
        "minutes": f"{max(0.5, draw.gauss(1, 0.3)) * float(touchpoint.minutes):.1f}",
        "score": round(min(max(score, 0), 10)) if draw.random() < 0.45 else "",
    }


def _mean_harder(reasons: Iterable[ReasonStory]) -> float:
    """What a touchpoint's mean satisfaction already holds of its reasons' hardness."""
    weighed = [(one.weight, one.harder) for one in reasons]
    return sum(weight * harder for weight, harder in weighed) / sum(w for w, _ in weighed)


def _outcome(draw: Random, *, is_met: bool, score: float) -> str:
    if is_met:  # even then some leave, without a draw that would change all that follow
        return "Left" if score % 1 < 0.012 else "Settled"
    if score < 2.5 and draw.random() < 0.35:
        return draw.choice(("Escalated", "Left"))
    return draw.choice(("Passed on", "Call back promised", "Pointed elsewhere"))


def _repeats(draw: Random, story: JourneyStory, first: _Contact, until: date) -> Iterator[_Contact]:
    """Who got no answer calls, once more or twice, so that at most half of all calls are such."""
    stage = [one for one in story.touchpoints if one.stage == first["stage"]]
    here = next((one for one in stage if _is_call(one)), None)
    most = here.contacts / sum(2 * one.contacts for one in stage) if here else 0
    chance = min(LIKELIEST_REPEAT, most)
    last = first
    while last["met"] == "no" and here is not None and draw.random() < chance:
        opened = datetime.fromisoformat(str(last["opened"])) + timedelta(
            days=draw.randint(1, 14), minutes=draw.randint(0, 90)
        )
        if opened.date() >= until:
            return
        again = _contact(draw, story, here, opened)
        kept = ("customer", "relation", "segment", "reason", "expected")
        last = again | {name: first[name] for name in kept}
        yield last
