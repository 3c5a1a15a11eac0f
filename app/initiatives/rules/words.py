"""States, questions, lenses, evidence grades and hurdle directions of an initiative."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from enum import Enum


class InitiativeState(Enum):
    """Where an initiative stands between the first idea and its end; it is never "done"."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CERTIFIED = "certified"
    CANDIDATE = "candidate"
    APPROVED = "approved"
    SUSTAINED = "sustained"
    RETIRED = "retired"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"

    @property
    def word(self) -> str:
        return self.value.capitalize()


OVER = frozenset({InitiativeState.RETIRED, InitiativeState.STOPPED, InitiativeState.WITHDRAWN})
"""States in which an initiative acts on nothing any more."""

IN_PORTFOLIO = frozenset(
    {InitiativeState.CANDIDATE, InitiativeState.APPROVED, InitiativeState.SUSTAINED}
)
"""States in which an initiative stands for choice, is being delivered or acts: it is *live*.

The one rule of what covers a hot spot, addresses money and is judged by findings.
"""

_NOT_YET = {
    InitiativeState.DRAFT: "a draft is being written",
    InitiativeState.SUBMITTED: "waits for Finance to certify it",
    InitiativeState.CERTIFIED: "certified, not a candidate yet",
}


def not_live_yet(state: InitiativeState) -> str:
    """Why an initiative that is on its way does not count as live; empty for all others."""
    return _NOT_YET.get(state, "")


_TONES = {
    InitiativeState.DRAFT: "draft",
    InitiativeState.SUBMITTED: "review",
    InitiativeState.CERTIFIED: "ok",
    InitiativeState.CANDIDATE: "accent",
    InitiativeState.APPROVED: "passed",
    InitiativeState.SUSTAINED: "ok",
    InitiativeState.RETIRED: "idle",
    InitiativeState.STOPPED: "missed",
    InitiativeState.WITHDRAWN: "idle",
}


def tone_of(state: InitiativeState) -> str:
    """The colour and glyph a state is shown with; its word stands beside them."""
    return _TONES[state]


class Question(Enum):
    """The six questions every initiative answers; customers and empowerment ask in parts."""

    GOALS = "goals"
    CUSTOMERS = "customers"
    CUSTOMERS_OVERT_DESIRE = "customers_overt_desire"
    CUSTOMERS_LATENT_NEED = "customers_latent_need"
    CUSTOMERS_CHANNELS = "customers_channels"
    EXPERIENCE = "experience"
    EXPERIENCE_STRENGTH = "experience_strength"
    DESIGN = "design"
    EMPOWERMENT_PEOPLE = "empowerment_people"
    EMPOWERMENT_PROCESSES = "empowerment_processes"
    EMPOWERMENT_TOOLS = "empowerment_tools"
    EMPOWERMENT_MISSING = "empowerment_missing"
    EMPOWERMENT_PARTNERS = "empowerment_partners"
    EVOLUTION = "evolution"

    @property
    def label(self) -> str:
        return _QUESTIONS[self][0]

    @property
    def hint(self) -> str:
        return _QUESTIONS[self][1]


_QUESTIONS = {
    Question.GOALS: (
        "Business goals",
        "Which business metrics move, and which target behaviour of customers moves each of them?",
    ),
    Question.CUSTOMERS: ("Customers", "Which segment is this for, and who exactly in it?"),
    Question.CUSTOMERS_OVERT_DESIRE: ("What they ask for", "The desire customers say out loud."),
    Question.CUSTOMERS_LATENT_NEED: (
        "What they need without saying so",
        "The latent need behind it, and how you know.",
    ),
    Question.CUSTOMERS_CHANNELS: ("Preferred channels", "Where these customers want to do it."),
    Question.EXPERIENCE: ("The experience", "How should it feel for the customer, step by step?"),
    Question.EXPERIENCE_STRENGTH: (
        "The strength it grows from",
        "What is this company good at that makes the experience its own?",
    ),
    Question.DESIGN: (
        "What changes",
        "Which interactions and hot spots change, and what is different afterwards?",
    ),
    Question.EMPOWERMENT_PEOPLE: ("People", "Who does it, and what must they be able to do?"),
    Question.EMPOWERMENT_PROCESSES: ("Processes", "Which processes carry it, and which change?"),
    Question.EMPOWERMENT_TOOLS: ("Tools", "Which tools and data does it use?"),
    Question.EMPOWERMENT_MISSING: ("What is missing", "What is not there yet and must be built?"),
    Question.EMPOWERMENT_PARTNERS: ("Partners", "Who outside the company takes part?"),
    Question.EVOLUTION: (
        "What comes next",
        "What follows if it works, how it is kept alive, and when it is reviewed.",
    ),
}


class Step(Enum):
    """The six questions as the page asks them, one step each."""

    GOALS = "goals"
    CUSTOMERS = "customers"
    EXPERIENCE = "experience"
    DESIGN = "design"
    EMPOWERMENT = "empowerment"
    EVOLUTION = "evolution"

    @property
    def word(self) -> str:
        return self.value.capitalize()

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(one for one in Question if one.value.split("_")[0] == self.value)

    def is_answered(self, answered: Collection[Question]) -> bool:
        """Whether at least one part of the question has an answer."""
        return any(question in answered for question in self.questions)

    @property
    def next(self) -> Step | None:
        """The step after this one; None after the last."""
        steps = list(Step)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None


class Lens(Enum):
    """What an initiative mainly changes."""

    PEOPLE = "people"
    PROCESS = "process"
    TECHNOLOGY = "technology"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class EvidenceGrade(Enum):
    """How well an effect is known; the haircut is the share of the claim that counts."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def haircut(self) -> Decimal:
        return _GRADES[self][0]

    @property
    def word(self) -> str:
        return _GRADES[self][1]


_GRADES = {
    EvidenceGrade.A: (Decimal("0.95"), "own controlled test"),
    EvidenceGrade.B: (Decimal("0.80"), "own before and after with a comparison"),
    EvidenceGrade.C: (Decimal("0.55"), "own correlation"),
    EvidenceGrade.D: (Decimal("0.35"), "outside benchmark"),
    EvidenceGrade.E: (Decimal("0.20"), "opinion"),
}


class Direction(Enum):
    """Which side of its threshold a measurement must lie on."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"

    @property
    def word(self) -> str:
        return self.value.replace("_", " ")
