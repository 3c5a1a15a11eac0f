"""What the measurements say about a hurdle: readings, recommendation and state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.approvals.rules import TrancheState
from app.initiatives.rules import Direction
from app.initiatives.rules.milestone_kinds import ChainLink
from app.roadmap.rules.wanted import Amended, Waiting, Wanted, evidence_words
from app.roadmap.rules.words import HurdleAction, HurdleState
from app.values.written import day_words

HOLD_DAYS = 91
"""How long a hold keeps money reserved before stopping becomes the recommendation."""

_PENDING, _HELD = TrancheState.PENDING, TrancheState.HELD
"""The open states by themselves: a roadmap asks thousands of hurdles whether they are."""

SOON_DAYS = 30
"""How long before its day a hurdle without complete evidence is at risk."""


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """One criterion as it is agreed now, and what it is bound to.

    ``amended``: the amendment that changed what was approved, ``waiting`` one that nobody has
    decided, which changes nothing yet.
    """

    id: int
    metric: str
    unit: str
    direction: Direction
    threshold: Decimal
    minimum_sample: int | None
    is_must_meet: bool
    behaviour_id: int | None = None
    link: ChainLink | None = None
    amended: Amended | None = None
    waiting: Waiting | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.threshold, self.minimum_sample)

    @property
    def approved(self) -> Wanted:
        """What it asked for when the money was approved."""
        return self.amended.approved if self.amended else self.wanted

    def wanted_words(self, wanted: Wanted) -> str:
        """What it asks for, or would: at least 15 %, sample 200 or more."""
        bound = "at least" if self.direction is Direction.AT_LEAST else "at most"
        text = f"{bound} {_measure(wanted.threshold, self.unit)}"
        if wanted.minimum_sample is None:
            return text
        return f"{text}, sample {wanted.minimum_sample:,} or more"

    @property
    def amended_words(self) -> str:
        """That it was amended, and what was approved; empty if it stands as approved."""
        if self.amended is None:
            return ""
        said = f"amended {_day(self.amended.agreed_on)}"
        late = evidence_words(self.amended.evidence_on) if self.amended.is_looser else ""
        if late:
            said += f", {late}"
        return f" ({said}; approved was {self.wanted_words(self.amended.approved)})"

    @property
    def waiting_words(self) -> str:
        """What is asked for and not decided, as a sentence; empty if nothing is."""
        if self.waiting is None:
            return ""
        one = self.waiting
        late = evidence_words(one.evidence_on)
        return (
            f"{one.asked_by} asked on {_day(one.asked_on)} to amend {self.metric} to "
            f"{self.wanted_words(one.wanted)}; nobody has decided it"
            + (f" ({late})." if late else ".")
        )


@dataclass(frozen=True, slots=True)
class Measurement:
    """One recorded measurement; ``number`` rises with the order of recording.

    ``since`` is the first day of a window that took longer than one. ``starts_on`` is when the work
    was to start as planned when it was recorded, None where nothing was planned then.
    """

    number: int
    criterion_id: int
    value: Decimal
    sample: int | None
    measured_on: date
    since: date | None = None
    starts_on: date | None = None

    @property
    def begun_on(self) -> date:
        """The first day of what was measured."""
        return self.since or self.measured_on

    def counts_from(self, starts_on: date | None) -> date | None:
        """The first day from which it could show what the work did.

        The start as planned now or when it was recorded, whichever is later: so a measurement can
        stop counting when the work slips, and no move of the start makes an early one count.
        """
        if starts_on is None or self.starts_on is None:
            return starts_on or self.starts_on
        return max(starts_on, self.starts_on)

    def is_early(self, starts_on: date | None) -> bool:
        """Whether any of it was measured before the work started, ``starts_on`` as planned now."""
        first = self.counts_from(starts_on)
        return first is not None and self.begun_on < first


@dataclass(frozen=True, slots=True)
class HurdleFacts:
    """A hurdle as it stands: ``held_on`` is the day it was held, None if it never was.

    ``followed`` says whether the decision that ended it went with the recommendation,
    ``was_decided`` whether it ended by a decision of its own rather than with an earlier hurdle.
    ``held_until`` is the day a hold was given; ``was_finished``: it ended there, value captured.
    ``starts_on`` is the first day of the work as planned now: nothing measured before it shows
    what the work did. None where nothing is planned.
    """

    state: TrancheState
    due_on: date
    criteria: tuple[CriterionFacts, ...]
    measurements: tuple[Measurement, ...]
    held_on: date | None = None
    followed: bool = True
    was_decided: bool = True
    held_until: date | None = None
    was_finished: bool = False
    starts_on: date | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Its criteria with their latest measurements, judged by when the work starts."""
        if not self.criteria:  # of thousands on a roadmap only those with evidence bring any
            return ()
        return readings(self.criteria, self.measurements, self.starts_on)

    @property
    def is_measured(self) -> bool:
        """Whether anything shows what the work did: a starting point alone is no measurement."""
        return any(not one.is_early(self.starts_on) for one in self.measurements)

    @property
    def last_amendment(self) -> int:
        """The agreed amendment asked for last of those its criteria are judged on, 0 without."""
        return max((one.amended.id for one in self.criteria if one.amended), default=0)

    @property
    def is_open(self) -> bool:
        return self.state is _PENDING or self.state is _HELD


@dataclass(frozen=True, slots=True)
class Reading:
    """A criterion with its latest measurement, if there is one, and when the work starts."""

    criterion: CriterionFacts
    latest: Measurement | None
    starts_on: date | None = None

    @property
    def is_early(self) -> bool:
        """Whether it was measured before the work started: where it stood, not what was done."""
        return self.latest is not None and self.latest.is_early(self.starts_on)

    @property
    def is_thin(self) -> bool:
        """Whether the sample is smaller than agreed."""
        if self.latest is None or self.criterion.minimum_sample is None:
            return False
        return (self.latest.sample or 0) < self.criterion.minimum_sample

    @property
    def is_measured(self) -> bool:
        return self.latest is not None and not self.is_thin and not self.is_early

    @property
    def reaches(self) -> bool:
        """Whether the latest measurement lies on the agreed side of the threshold."""
        if self.latest is None:
            return False
        if self.criterion.direction is Direction.AT_LEAST:
            return self.latest.value >= self.criterion.threshold
        return self.latest.value <= self.criterion.threshold

    @property
    def passes(self) -> bool:
        return self.is_measured and self.reaches

    @property
    def fails(self) -> bool:
        return self.is_measured and not self.reaches

    @property
    def early_words(self) -> str:
        """From when it would have counted, and what of it lies before; empty where it counts."""
        first = self.latest.counts_from(self.starts_on) if self.latest else None
        if self.latest is None or first is None or not self.is_early:
            return ""
        since = f"since {_day(self.latest.since)}, " if self.latest.since else ""
        if first == self.starts_on:
            return f"{since}before the work starts on {_day(first)}"
        return f"{since}before {_day(first)}, the start planned when it was recorded"

    @property
    def words(self) -> str:
        """How the criterion stands, as a sentence."""
        name = self.criterion.metric
        if self.latest is None:
            return f"{name} is not measured."
        value = _measure(self.latest.value, self.criterion.unit)
        if self.is_early:
            return (
                f"{name} is {value}, measured {self.early_words}: "
                "a starting point, which can't show what the work did."
            )
        amended = self.criterion.amended_words
        if self.is_thin:
            wanted = self.criterion.minimum_sample
            got = self.latest.sample or 0
            return f"{name} is {value}, from a sample of {got:,}; {wanted:,} were agreed{amended}."
        bound = "at least" if self.criterion.direction is Direction.AT_LEAST else "at most"
        limit = _measure(self.criterion.threshold, self.criterion.unit)
        verdict = "as agreed" if self.reaches else "which misses"
        return f"{name} is {value}, {verdict} {bound} {limit}{amended}."


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the figures recommend, and the sentences it rests on.

    ``waits``: the day of the hurdle has not come and nothing is complete, so there is nothing to
    decide; the money stays reserved without using up the one hold.
    """

    action: HurdleAction
    grounds: tuple[str, ...]
    waits: bool = False

    @property
    def word(self) -> str:
        return "Wait" if self.waits else self.action.word

    @property
    def text(self) -> str:
        return " ".join(self.grounds)


def _measure(value: Decimal, unit: str) -> str:
    text = f"{value.normalize():,f}".replace("-", "\u2212")
    return f"{text}\u202f{unit}" if unit else text


def readings(
    criteria: Iterable[CriterionFacts],
    measurements: Iterable[Measurement],
    starts_on: date | None = None,
) -> tuple[Reading, ...]:
    """Each criterion with its latest measurement: by day measured, then by order of recording."""
    latest: dict[int, Measurement] = {}
    for one in sorted(measurements, key=lambda m: (m.measured_on, m.number)):
        latest[one.criterion_id] = one
    return tuple(Reading(one, latest.get(one.id), starts_on) for one in criteria)


def deciding(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings a decision hangs on: must-meet criteria, or all where none is."""
    must = tuple(reading for reading in found if reading.criterion.is_must_meet)
    return must or tuple(found)


def recommended_action(facts: HurdleFacts, today: date) -> HurdleAction:
    """Release, hold or stop by the measurements alone.

    Release if every deciding criterion is measured on a sufficient sample and passes; stop if one
    is and fails; else wait until the hurdle's day, then hold, once and for HOLD_DAYS, and then
    stop. What was measured before the work starts, or from before it on, counts as not measured.
    """
    decide = deciding(facts.readings)
    measured = [reading for reading in decide if reading.is_measured]
    if not all(reading.reaches for reading in measured):
        return HurdleAction.STOP
    if measured and len(measured) == len(decide):
        return HurdleAction.RELEASE
    if facts.held_on is None or today <= _hold_ends(facts.held_on, facts):
        return HurdleAction.HOLD
    return HurdleAction.STOP


def _hold_ends(held_on: date, facts: HurdleFacts) -> date:
    return facts.held_until or max(held_on + timedelta(days=HOLD_DAYS), facts.due_on)


def recommend(facts: HurdleFacts, today: date) -> Recommendation:
    """The recommended action with the sentences it rests on."""
    action = recommended_action(facts, today)
    decide = deciding(facts.readings)
    if action is HurdleAction.RELEASE:
        return Recommendation(action, tuple(reading.words for reading in decide))
    failed = tuple(reading.words for reading in decide if reading.fails)
    if failed:
        return Recommendation(action, failed)
    lacking = tuple(r.words for r in decide if not r.is_measured) or ("Nothing can be measured.",)
    if facts.held_on is None and today < facts.due_on:
        wait = f"Nothing to decide before {_day(facts.due_on)}, the day it is due."
        return Recommendation(HurdleAction.HOLD, (*lacking, wait), waits=True)
    if facts.held_on is None:
        due = "It was due" if facts.due_on < today else "It is due"
        return Recommendation(action, (*lacking, f"{due} on {_day(facts.due_on)}."))
    until = _day(_hold_ends(facts.held_on, facts))
    if action is HurdleAction.HOLD:
        return Recommendation(action, (*lacking, f"It is held until {until}."))
    return Recommendation(action, (*lacking, f"It was held until {until}; a hurdle is held once."))


def _day(day: date) -> str:
    return f"{day_words(day)}"


def hurdle_state(facts: HurdleFacts, today: date) -> HurdleState:
    """How the hurdle shows on a roadmap today."""
    if facts.state is TrancheState.RELEASED:
        return HurdleState.PASSED if facts.followed else HurdleState.WAIVED
    if facts.state is TrancheState.FREED:
        if facts.was_finished:
            return HurdleState.PASSED
        if not facts.was_decided:
            return HurdleState.WAIVED
        return HurdleState.MISSED if facts.followed else HurdleState.STOPPED
    decide = deciding(facts.readings)
    if decide and all(reading.passes for reading in decide):
        return HurdleState.IN_REVIEW
    if today > facts.due_on and facts.held_on is None:
        return HurdleState.MISSED
    if any(reading.fails for reading in decide) or facts.held_on is not None:
        return HurdleState.AT_RISK
    if today >= facts.due_on - timedelta(days=SOON_DAYS):
        return HurdleState.AT_RISK
    return HurdleState.NOT_DUE
