"""Mappings: which column of a foreign file means what to Waymark."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.registry.engine.issues import FileRefusedError
from app.values.money import CURRENCY_DIGITS


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InitiativeColumns(_Part):
    """Where an initiative's key, title and organisation unit stand; rows with one key are one."""

    key: str
    title: str
    unit: str
    key_prefix: str = ""
    lens: Literal["people", "process", "technology"] = "technology"


class MilestoneColumns(_Part):
    """Where a milestone's name and dates stand; the first filled due column counts.

    ``key``: rows of one initiative with equal cells there are one milestone (none: each row is).
    ``fiscal_due``: for files that name a fiscal year only, due on its last day.
    """

    name: tuple[str, ...]
    key: tuple[str, ...] = ()
    starts_on: str | None = None
    due_on: tuple[str, ...] = ()
    fiscal_year: str | None = None


class CostColumn(_Part):
    """Where the planned cost stands, in units of ``scale`` of the currency, and its fund."""

    column: str
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    fund: str


class DirectionColumn(_Part):
    """A column whose words say the direction; a word that is not listed means no hurdle."""

    column: str
    at_least: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()


class HurdleColumns(_Part):
    """The hurdle's criterion: fixed text or columns; a missing threshold leaves it out."""

    metric: str
    metric_is_column: bool = False
    unit: str = ""
    direction: Literal["at_least", "at_most"] | DirectionColumn
    baseline: str | None = None
    threshold: str
    must_meet: bool = True


class ReadingColumns(_Part):
    """Where a measurement of the criterion stands and when: a day, or fiscal year and quarter."""

    value: str
    measured_on: str | None = None
    fiscal_year: str | None = None
    fiscal_quarter: str | None = None
    source: str


class DeclaredBenefit(_Part):
    """A benefit said, not measured: a column, or a share of the cost the mapping assumes."""

    column: str | None = None
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    share_of_cost: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    grade: Literal["A", "B", "C", "D", "E"] = "E"
    source: str


class Mapping(_Part):
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
    try:
        read = json.loads(content)
    except json.JSONDecodeError as error:
        raise FileRefusedError(
            f"The mapping is not JSON: it cannot be read on from line {error.lineno}, column"
            f" {error.colno}."
        ) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise FileRefusedError("The mapping is not JSON in UTF-8.") from error
    try:
        mapping = Mapping.model_validate(read)
    except ValidationError as error:
        raise FileRefusedError(_said(error)) from error
    if mapping.currency not in CURRENCY_DIGITS:
        raise FileRefusedError(
            f"The mapping is wrong at $.currency: “{mapping.currency[:20]}” is no currency Waymark"
            " knows; write its code, such as EUR."
        )
    return mapping


_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "no mapping has a part of this name",
    "string_type": "this has to be text in quotes",
    "bool_type": "this has to be true or false",
    "bool_parsing": "this has to be true or false",
    "decimal_type": "this has to be a number",
    "decimal_parsing": "this has to be a number",
    "finite_number": "this has to be a number",
    "tuple_type": "this has to be a list of column names in […]",
    "string_pattern_mismatch": "use 2 to 61 lower-case letters, digits and hyphens",
}
_OBJECT_TYPES = frozenset({"model_type", "model_attributes_type", "dict_type"})
_MOST_FAULTS = 3


def _said(error: ValidationError) -> str:
    """The first faults of a mapping, each with the JSON path of its place, as sentences."""
    faults: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        faults.setdefault(_path(one["loc"]), _words(one["type"], one.get("ctx") or {}))
    for place in list(faults):  # of two alternatives, the one somebody went into says more
        if any(other.startswith(f"{place}.") for other in faults):
            del faults[place]
    said = [f"The mapping is wrong at {place}: {words}." for place, words in faults.items()]
    more = len(said) - _MOST_FAULTS
    rest = [f"And {more} more."] if more > 0 else []
    return " ".join([*said[:_MOST_FAULTS], *rest])


def _path(places: Sequence[int | str]) -> str:
    """A place such as $.milestone.name[0]; pydantic's own names for alternatives are left out."""
    path = "$"
    for place in places:
        if isinstance(place, int):
            path += f"[{place}]"
        elif not place.startswith("literal[") and place != DirectionColumn.__name__:
            path += f".{place[:40]}"
    return path


def _words(kind: str, context: dict[str, Any]) -> str:
    if kind in _OBJECT_TYPES:
        return "this has to be an object in {…}"
    if kind == "literal_error":
        return "this has to be " + re.sub(r"'(\w+)'", r"“\1”", str(context["expected"]))
    if kind == "greater_than":
        return f"this has to be more than {context['gt']}"
    if kind == "less_than_equal":
        return f"this has to be at most {context['le']}"
    return _WORDS.get(kind, "this cannot be read")
