"""States, questions, lenses, evidence grades and hurdle directions of an initiative."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum


class InitiativeState(Enum):
    """Where an initiative stands between the first idea and its end; it is never "done"."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CERTIFIED = "certified"
    CANDIDATE = "candidate"
    APPROVED = "approved"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


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


class Lens(Enum):
    """What an initiative mainly changes."""

    PEOPLE = "people"
    PROCESS = "process"
    TECHNOLOGY = "technology"


class EvidenceGrade(Enum):
    """How well an effect is known; the haircut is the share of the claim that counts."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def haircut(self) -> Decimal:
        return _HAIRCUTS[self]


_HAIRCUTS = {
    EvidenceGrade.A: Decimal("0.95"),
    EvidenceGrade.B: Decimal("0.80"),
    EvidenceGrade.C: Decimal("0.55"),
    EvidenceGrade.D: Decimal("0.35"),
    EvidenceGrade.E: Decimal("0.20"),
}


class Direction(Enum):
    """Which side of its threshold a measurement must lie on."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
