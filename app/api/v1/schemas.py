"""What is sent and answered: the one source of checking and of the OpenAPI document.

Amounts are decimal text with their currency, never floating point.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.initiatives.rules import InitiativeState, Lens
from app.roadmap.rules import HurdleState
from app.roadmap.rules.posterior import Among, Design

LARGEST_ID = 2_147_483_647
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Measure = Annotated[Decimal, Field(ge=-(10**12), le=10**12, decimal_places=6)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Short = Annotated[str, StringConstraints(max_length=200)]
QuarterText = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-Q[1-4]$")]


class Answer(BaseModel):
    """What is answered."""


class Asked(BaseModel):
    """What is sent; unknown names are refused, so that nothing is left out silently."""

    model_config = ConfigDict(extra="forbid")


class MoneyAmount(Answer):
    """An exact amount."""

    amount: str = Field(examples=["1250.50"])
    currency: str = Field(examples=["EUR"])


class TokenFacts(Answer):
    """The token that asks."""

    name: str
    scopes: list[str]
    expires_at: datetime


class Me(Answer):
    """The person in whose name the token acts."""

    name: str
    email: str
    roles: list[str]
    sees_costs: bool
    token: TokenFacts


class Paged(Asked):
    """A piece of a list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Short | None = Field(None, description="`next_cursor` of the answer before")


class InitiativeQuery(Paged):
    """Which initiatives; what is left out asks for all."""

    state: InitiativeState | None = None
    lens: Lens | None = None
    journey: Short | None = Field(None, description="key of a journey")
    unit: Short | None = None
    q: Short | None = Field(None, description="words in title or key")


class InitiativeLine(Answer):
    """One initiative in a list; `cost` is null where `costs_hidden`."""

    key: str
    title: str
    state: InitiativeState
    lens: Lens
    unit: str
    owner: str
    journey: str | None
    cycle: str | None
    planned_start: str
    cost: MoneyAmount | None
    costs_hidden: bool
    changed_at: datetime


class InitiativeList(Answer):
    """A piece of the list of initiatives, by key."""

    items: list[InitiativeLine]
    next_cursor: str | None


class OptionFacts(Answer):
    """One scope of an initiative."""

    key: str
    name: str
    scope: str
    go_live_quarters: int
    ramp_quarters: int
    cost: MoneyAmount | None


class MilestoneFacts(Answer):
    """A dated point as planned."""

    name: str
    due_on: date


class InitiativeFacts(InitiativeLine):
    """One initiative as in a list, with its sponsor, options and milestones."""

    sponsor: str | None
    options: list[OptionFacts]
    milestones: list[MilestoneFacts]


class GateQuery(Paged):
    """Which gates; days are inclusive."""

    due_from: date | None = None
    due_to: date | None = None
    state: HurdleState | None = None
    initiative: Short | None = Field(None, description="key of an initiative")


class AmendedFacts(Answer):
    """The amendment a criterion is judged on; `evidence_on` says that evidence was there before."""

    id: int
    is_looser: bool
    asked_by: str
    asked_on: date
    reason: str
    agreed_by: str
    agreed_on: date
    answer: str
    evidence_on: date | None


class WaitingFacts(Answer):
    """An amendment nobody has decided."""

    id: int
    threshold: Decimal
    minimum_sample: int | None
    asked_by: str
    asked_on: date
    evidence_on: date | None


class CriterionFacts(Answer):
    """A criterion as agreed now, with its latest measurement.

    `approved_…` is what was approved; they differ where `amended` says who agreed to what. What
    `waiting` asks for changes nothing yet.
    """

    id: int
    metric: str
    unit: str
    direction: str
    threshold: Decimal
    minimum_sample: int | None
    is_must_meet: bool
    approved_threshold: Decimal
    approved_minimum_sample: int | None
    amended: AmendedFacts | None
    waiting: WaitingFacts | None
    latest_value: Decimal | None
    latest_measured_on: date | None


class GateLine(Answer):
    """One gate: a hurdle of an initiative and the money it holds, null where `costs_hidden`."""

    id: int
    initiative: str
    title: str
    milestone: str
    owner: str
    due_on: date
    state: HurdleState
    is_late: bool
    next_step: str
    money_held: MoneyAmount | None
    costs_hidden: bool
    criteria: list[CriterionFacts]


class GateList(Answer):
    """A piece of the gate calendar, by due day."""

    items: list[GateLine]
    next_cursor: str | None


class EvidenceIn(Asked):
    """A measurement for one criterion of a gate."""

    criterion_id: Id
    value: Measure
    sample: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = None
    measured_on: date
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    note: Text = ""
    standard_error: Measure | None = None
    since: date | None = None
    among: Among = Among.ALL
    design: Design = Design.COMPARISON
    persists: bool = False
    link: Annotated[str, StringConstraints(max_length=500)] = ""
    is_confirmed: bool = Field(False, description="the unusual figure is right")


class EvidenceOut(Answer):
    """A measurement as it was recorded."""

    id: int
    gate: int
    criterion_id: int
    value: Decimal
    sample: int | None
    measured_on: date
    source: str
    recorded_at: datetime


class ActualIn(Asked):
    """A payment out of released money."""

    initiative: Short = Field(description="key of the initiative")
    cycle: Short | None = Field(None, description="name, if it was approved more than once")
    fund: Short = Field(description="key of the fund")
    amount: Annotated[Decimal, Field(gt=0, le=10**13, decimal_places=6)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    paid_on: date
    quarter: QuarterText | None = Field(None, description="if not that of the day")
    reference: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    is_part: bool = Field(False, description="another part of what stands under this reference")


class ActualOut(Answer):
    """A payment as it was booked."""

    id: int
    initiative: str
    fund: str
    quarter: str
    amount: MoneyAmount
    paid_on: date
    reference: str
