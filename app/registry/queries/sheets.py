"""The registry read for its workbook, table by table, in as many queries as there are sheets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives.models import (
    Answer,
    Criterion,
    Dependency,
    Exclusion,
    Initiative,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
)
from app.registry.engine import layout
from app.registry.engine.current import Cells, Identity, Names
from app.registry.engine.layout import EXCLUDES, NEEDS, Words
from app.registry.engine.values import written
from app.values.money import Money

Rows = dict[str, dict[Identity, Cells]]
_OPTION = (
    "name", "scope", "go_live_quarters", "ramp_quarters", "half_life_quarters", "earliest_start",
    "latest_start", "effort_minutes", "declared_source", "cost_low", "cost_high",
)  # fmt: skip
_CRITERION = ("metric", "unit", "threshold", "baseline", "minimum_sample", "is_must_meet")


def load_initiatives(session: Session, keys: Collection[str] | None = None) -> list[Initiative]:
    """The initiatives of these keys, else all, by key as people count; without any parts."""
    found = session.scalars(_of(select(Initiative), keys)).all()
    return sorted(found, key=lambda one: (one.key.rpartition("-")[0], _number(one.key), one.key))


def _number(key: str) -> int:
    last = key.rpartition("-")[2]
    return int(last) if last.isdecimal() and len(last) < 10 else 0


def _of(query: Any, keys: Collection[str] | None) -> Any:
    """A query of initiatives or their parts, of some initiatives only."""
    return query if keys is None else query.where(Initiative.key.in_(keys))


def load_sheets(
    session: Session,
    initiatives: Iterable[Initiative],
    names: Names,
    keys: Collection[str] | None = None,
) -> Rows:
    """Every sheet's rows as text, for initiatives read before; ``keys`` as they were read."""
    labels = {words: {id_: one for one, id_ in names.known[words].items()} for words in names.known}
    known = {one.key: one for one in initiatives}
    return {
        layout.INITIATIVES.name: {(key,): _head(one, labels) for key, one in known.items()},
        layout.ANSWERS.name: _answers(session, known, keys),
        layout.OPTIONS.name: _options(session, keys, labels),
        layout.SPEND.name: _spend(session, keys, labels),
        layout.DAYS.name: _days(session, keys, labels),
        layout.MILESTONES.name: _milestones(session, keys),
        layout.CRITERIA.name: _criteria(session, keys),
        layout.LINKS.name: _links(session, known),
    }


Labels = Mapping[Words, Mapping[object, str]]


def _label(labels: Labels, words: Words, value: object) -> str:
    return "" if value is None else labels[words][value]


def _filled(cells: Mapping[str, Any]) -> Cells:
    return {name: text for name, value in cells.items() if (text := written(value))}


def _head(one: Initiative, labels: Labels) -> Cells:
    return _filled(
        {
            "title": one.title,
            "unit": one.unit,
            "lens": one.lens.word,
            "owner_id": _label(labels, Words.PERSON, one.owner_id),
            "sponsor_id": _label(labels, Words.PERSON, one.sponsor_id),
            "journey_id": _label(labels, Words.JOURNEY, one.journey_id),
            "cycle_id": _label(labels, Words.CYCLE, one.cycle_id),
            "planned_start": one.planned_start,
        }
    )


def _answers(
    session: Session, known: Mapping[str, Initiative], keys: Collection[str] | None
) -> dict[Identity, Cells]:
    query = select(Initiative.key, Answer.question, Answer.text).join(
        Answer, Answer.initiative_id == Initiative.id
    )
    found: dict[Identity, dict[str, str]] = {(key,): {} for key in known}
    for key, question, text in session.execute(_of(query, keys)):
        found[(key,)][question.value] = text
    return {identity: _filled(cells) for identity, cells in found.items()}


def _options(
    session: Session, keys: Collection[str] | None, labels: Labels
) -> dict[Identity, Cells]:
    query = (
        select(
            Initiative.key, Initiative.currency, Option.key, Option.risk,
            Option.declared_benefit_minor, Option.declared_grade,
            *(getattr(Option, name) for name in _OPTION),
        )
        .join(Option, Option.initiative_id == Initiative.id)
        .order_by(Initiative.id, Option.position, Option.id)
    )  # fmt: skip
    found: dict[Identity, Cells] = {}
    for key, currency, option, risk, benefit, grade, *plain in session.execute(_of(query, keys)):
        found[key, option] = _filled(
            {
                **dict(zip(_OPTION, plain, strict=True)),
                "risk": _label(labels, Words.RISK, risk),
                "declared_benefit": _amount(benefit, currency),
                "declared_grade": grade.value if grade else None,
            }
        )
    return found


def _amount(minor: int | None, currency: str) -> Any:
    return None if minor is None else Money(minor, currency).amount


def _spend(session: Session, keys: Collection[str] | None, labels: Labels) -> dict[Identity, Cells]:
    query = (
        select(
            Initiative.key, Initiative.currency, Option.key, OptionSpend.fund_id,
            OptionSpend.quarter_index, OptionSpend.amount_minor,
        )
        .join(Option, Option.initiative_id == Initiative.id)
        .join(OptionSpend, OptionSpend.option_id == Option.id)
        .order_by(Initiative.id, Option.position, Option.id, OptionSpend.fund_id)
    )  # fmt: skip
    found: dict[Identity, dict[str, str]] = {}
    for key, currency, option, fund, quarter, minor in session.execute(_of(query, keys)):
        cells = found.setdefault((key, option, labels[Words.FUND][fund]), {})
        cells[f"q{quarter}"] = written(_amount(minor, currency))
    return dict(found)


def _days(session: Session, keys: Collection[str] | None, labels: Labels) -> dict[Identity, Cells]:
    query = (
        select(
            Initiative.key, Option.key, OptionDemand.team_id, OptionDemand.quarter_index,
            OptionDemand.days,
        )
        .join(Option, Option.initiative_id == Initiative.id)
        .join(OptionDemand, OptionDemand.option_id == Option.id)
        .order_by(Initiative.id, Option.position, Option.id, OptionDemand.team_id)
    )  # fmt: skip
    found: dict[Identity, dict[str, str]] = {}
    for key, option, team, quarter, days in session.execute(_of(query, keys)):
        cells = found.setdefault((key, option, labels[Words.TEAM][team]), {})
        cells[f"q{quarter}"] = written(days)
    return dict(found)


def _milestones(session: Session, keys: Collection[str] | None) -> dict[Identity, Cells]:
    query = (
        select(
            Initiative.key, Milestone.id, Milestone.name, Milestone.due_on,
            Milestone.tranche_share, Milestone.kind, Milestone.target_error,
            Milestone.action_if_missed,
        )
        .join(Milestone, Milestone.initiative_id == Initiative.id)
        .order_by(Initiative.id, Milestone.due_on, Milestone.id)
    )  # fmt: skip
    return {
        (row[0], str(row.id)): _filled(
            {
                "name": row.name,
                "due_on": row.due_on,
                "tranche_share": row.tranche_share,
                "kind": row.kind.word,
                "target_error": row.target_error,
                "action_if_missed": row.action_if_missed,
            }
        )
        for row in session.execute(_of(query, keys))
    }


def _criteria(session: Session, keys: Collection[str] | None) -> dict[Identity, Cells]:
    query = (
        select(
            Initiative.key, Criterion.id, Milestone.name, Criterion.direction,
            *(getattr(Criterion, name) for name in _CRITERION),
        )
        .join(Milestone, Milestone.initiative_id == Initiative.id)
        .join(Criterion, Criterion.milestone_id == Milestone.id)
        .order_by(Initiative.id, Milestone.due_on, Milestone.id, Criterion.id)
    )  # fmt: skip
    return {
        (key, str(id_)): _filled(
            {
                "milestone": milestone,
                "direction": direction.word,
                **dict(zip(_CRITERION, plain, strict=True)),
            }
        )
        for key, id_, milestone, direction, *plain in session.execute(_of(query, keys))
    }


def _links(session: Session, known: Mapping[str, Initiative]) -> dict[Identity, Cells]:
    by_id = {row.id: row.key for row in session.execute(select(Initiative.id, Initiative.key))}
    found: dict[Identity, Cells] = {}
    for need in session.execute(select(Dependency.__table__).order_by("initiative_id", "needs_id")):
        key = by_id[need.initiative_id]
        if key in known:
            found[key, NEEDS, by_id[need.needs_id]] = _filled(
                {"lag_quarters": need.lag_quarters, "note": need.note}
            )
    for one in session.execute(select(Exclusion.__table__).order_by("initiative_id", "other_id")):
        key = by_id[one.initiative_id]
        if key in known:
            found[key, EXCLUDES, by_id[one.other_id]] = _filled({"note": one.reason})
    return found
