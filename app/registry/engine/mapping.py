"""Mappings: which column of a foreign file means what to Waymark."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.interactions.engine.parsing import Part, check_currency, parse_parts


class InitiativeColumns(Part):
    """Where an initiative's key, title and organisation unit stand; rows with one key are one."""

    key: str
    title: str
    unit: str
    key_prefix: str = ""
    lens: Literal["people", "process", "technology"] = "technology"


class MilestoneColumns(Part):
    """Where a milestone's name and dates stand; the first filled due column counts.

    ``key``: rows of one initiative with equal cells there are one milestone (none: each row is).
    ``fiscal_due``: for files that name a fiscal year only, due on its last day.
    """

    name: tuple[str, ...]
    key: tuple[str, ...] = ()
    starts_on: str | None = None
    due_on: tuple[str, ...] = ()
    fiscal_year: str | None = None


class CostColumn(Part):
    """Where the planned cost stands, in units of ``scale`` of the currency, and its fund."""

    column: str
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    fund: str


class DirectionColumn(Part):
    """A column whose words say the direction; a word that is not listed means no hurdle."""

    column: str
    at_least: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()


class HurdleColumns(Part):
    """The hurdle's criterion: fixed text or columns; a missing threshold leaves it out."""

    metric: str
    metric_is_column: bool = False
    unit: str = ""
    direction: Literal["at_least", "at_most"] | DirectionColumn
    baseline: str | None = None
    threshold: str
    must_meet: bool = True


class ReadingColumns(Part):
    """Where a measurement of the criterion stands and when: a day, or fiscal year and quarter."""

    value: str
    measured_on: str | None = None
    fiscal_year: str | None = None
    fiscal_quarter: str | None = None
    source: str


class DeclaredBenefit(Part):
    """A benefit said, not measured: a column, or a share of the cost the mapping assumes."""

    column: str | None = None
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    share_of_cost: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    grade: Literal["A", "B", "C", "D", "E"] = "E"
    source: str


class Mapping(Part):
    """A whole mapping as its JSON file holds it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")]
    title: str
    source: str
    licence: str
    currency: str
    initiative: InitiativeColumns
    milestone: MilestoneColumns
    cost: CostColumn | None = None
    hurdle: HurdleColumns | None = None
    reading: ReadingColumns | None = None
    benefit: DeclaredBenefit | None = None

    def columns(self) -> set[str]:
        """Every column this mapping reads."""
        names = {self.initiative.key, self.initiative.title, self.initiative.unit}
        names.update(self.milestone.name, self.milestone.key, self.milestone.due_on)
        hurdle, reading = self.hurdle, self.reading
        optional = [
            self.milestone.starts_on,
            self.milestone.fiscal_year,
            self.cost and self.cost.column,
            hurdle and hurdle.threshold,
            hurdle and hurdle.baseline,
            hurdle.direction.column
            if hurdle and isinstance(hurdle.direction, DirectionColumn)
            else None,
            hurdle.metric if hurdle and hurdle.metric_is_column else None,
            reading and reading.value,
            reading and reading.measured_on,
            reading and reading.fiscal_year,
            reading and reading.fiscal_quarter,
            self.benefit and self.benefit.column,
        ]
        return names | {name for name in optional if name}


def parse_mapping(content: bytes) -> Mapping:
    """Read a mapping file; raises FileRefusedError naming the JSON path that is wrong."""
    mapping = parse_parts(content, Mapping, unsaid=(DirectionColumn.__name__,))
    check_currency(mapping.currency)
    return mapping
