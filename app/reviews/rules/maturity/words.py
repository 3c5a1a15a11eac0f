"""The fixed words of maturity: five stages, six dimensions, the states of an assessment."""

from __future__ import annotations

from enum import Enum


class MaturityStage(Enum):
    """How far something is; the value is its number, 1 to 5. Not to be mixed up with the stages
    of a journey."""

    INITIAL = 1
    DEVELOPMENT = 2
    DEFINITION = 3
    MANAGED = 4
    OPTIMIZED = 5

    @property
    def number(self) -> int:
        return self.value

    @property
    def word(self) -> str:
        return self.name.capitalize()

    @property
    def meaning(self) -> str:
        """What the stage says of anything it is said of."""
        return _MEANINGS[self]

    @property
    def following(self) -> MaturityStage | None:
        """The stage after this one; None after the last."""
        return MaturityStage(self.value + 1) if self is not LAST else None


FIRST = MaturityStage.INITIAL
LAST = MaturityStage.OPTIMIZED
EVIDENCE_FROM = MaturityStage.DEFINITION
"""From this stage on an answer takes evidence: something is agreed, measured or improved, and
that can be shown."""

_MEANINGS = {
    MaturityStage.INITIAL: "It depends on single people: done when somebody thinks of it, each"
    " time in another way.",
    MaturityStage.DEVELOPMENT: "Begun: some units do it, each in its own way; others do not.",
    MaturityStage.DEFINITION: "Agreed once for all, written down, with an owner, and followed.",
    MaturityStage.MANAGED: "Measured and steered: figures are looked at in a fixed rhythm and"
    " change decisions.",
    MaturityStage.OPTIMIZED: "Improved by its own results: what was learnt changes the way itself,"
    " and that can be shown.",
}


class Dimension(Enum):
    """What maturity is asked about, in the order it is asked."""

    STRATEGY = "strategy"
    PROCESS = "process"
    PEOPLE = "people"
    TECHNOLOGY = "technology"
    MEASUREMENT = "measurement"
    GOVERNANCE = "governance"

    @property
    def word(self) -> str:
        return self.value.capitalize()

    @property
    def about(self) -> str:
        return _ABOUT[self]


_ABOUT = {
    Dimension.STRATEGY: "which experience customers shall have, and what is worked on for it",
    Dimension.PROCESS: "how journeys are improved again and again",
    Dimension.PEOPLE: "who owns journeys, and what people can and may do",
    Dimension.TECHNOLOGY: "what systems make possible, together with people and process",
    Dimension.MEASUREMENT: "what is known of journeys, causes and money",
    Dimension.GOVERNANCE: "who decides, and how money follows evidence",
}


class AssessmentState(Enum):
    """A draft is being answered; closed, it never changes again."""

    DRAFT = "draft"
    CLOSED = "closed"

    @property
    def word(self) -> str:
        return "Being answered" if self is AssessmentState.DRAFT else "Closed"
