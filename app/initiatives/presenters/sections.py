"""Arrange the sections of an initiative's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.initiatives.models import (
    Effect,
    Exclusion,
    Initiative,
    InitiativeHandover,
    InitiativeMove,
    Option,
    TargetBehaviour,
)
from app.initiatives.queries import FullWorth
from app.initiatives.rules import (
    Actor,
    Circumstances,
    Move,
    Question,
    Step,
    bars,
    cost_flag,
    moves_from,
    tone_of,
)
from app.journeys.models import CustomerNeed
from app.journeys.rules import NeedKind
from app.values.money import Money
from app.web.filters import counted, day, moment, money, money_short, number, percent, quarter


@dataclass(frozen=True, slots=True)
class Button:
    """A move with the reasons that bar it now; without reasons it can be made."""

    move: Move
    reasons: tuple[str, ...]


def move_buttons(initiative: Initiative, actor: Actor, facts: Circumstances) -> list[Button]:
    """Every move the table has from here, but those other pages make."""
    return [
        Button(move, bars(move, actor, facts))
        for move in moves_from(initiative.state)
        if not move.is_made_elsewhere
    ]


def overview_facts(initiative: Initiative) -> list[tuple[str, str | None]]:
    """Who and what, as names and values."""
    certified = None
    if initiative.certified_by and initiative.certified_at:
        certified = f"{initiative.certified_by.name}, {moment(initiative.certified_at)}"
    return [
        ("Journey", initiative.journey.name if initiative.journey else None),
        ("Organisation unit", initiative.unit),
        ("Mainly changes", initiative.lens.word),
        ("Cycle", initiative.cycle.name if initiative.cycle else None),
        ("Planned start", quarter(initiative.planned_start)),
        ("Currency", initiative.currency),
        ("Owner", initiative.owner.name),
        ("Sponsor", initiative.sponsor.name if initiative.sponsor else None),
        ("Proposed by", initiative.created_by.name),
        ("Certified by", certified),
    ]


def overview_kpis(initiative: Initiative, worth: FullWorth) -> list[dict[str, Any]]:
    """Cost and standalone value of the full option."""
    value = worth.value
    cost = Money(initiative.cost_minor, initiative.currency)
    start = quarter(initiative.planned_start)
    return [
        {"label": "Asks of the funds", "value": money_short(cost), "note": money(cost)},
        {
            "label": "Standalone value",
            "value": money_short(value),
            "note": money(value) if value else worth.why_nothing,
        },
        {"label": "Planned start", "value": start, "note": f"mainly {initiative.lens.value}"},
    ]


def question_steps(initiative: Initiative, current: Step | None) -> list[dict[str, Any]]:
    """The six questions with how far each is answered."""
    answered = {answer.question for answer in initiative.answers if answer.text}
    return [
        {
            "step": step.value,
            "label": step.word,
            "state": "current"
            if step is current
            else "done"
            if step.is_answered(answered)
            else "todo",
            "note": f"{len(answered.intersection(step.questions))} of {len(step.questions)}",
        }
        for step in Step
    ]


def answers_of(initiative: Initiative) -> dict[Question, str]:
    return {answer.question: answer.text for answer in initiative.answers}


def option_cards(initiative: Initiative, median_minor: int | None) -> list[dict[str, Any]]:
    """Options with totals and what is odd about their money."""
    return [_option_card(option, initiative, median_minor) for option in initiative.options]


def _option_card(
    option: Option, initiative: Initiative, median_minor: int | None
) -> dict[str, Any]:
    currency = initiative.currency
    amounts = tuple(one.amount_minor for one in option.spend)
    by_fund: dict[str, int] = {}
    for one in option.spend:
        by_fund[one.fund.name] = by_fund.get(one.fund.name, 0) + one.amount_minor
    by_team: dict[str, Decimal] = {}
    for need in option.demand:
        by_team[need.team.name] = by_team.get(need.team.name, Decimal(0)) + need.days
    fades = "halves every " + (
        "quarter" if option.half_life_quarters == 1 else f"{option.half_life_quarters} quarters"
    )
    return {
        "option": option,
        "total": Money(sum(amounts), currency),
        "flag": cost_flag(sum(amounts), median_minor, currency, amounts=amounts),
        "facts": [
            ("Spend", ", ".join(f"{n} {money(Money(m, currency))}" for n, m in by_fund.items())),
            ("Team days", ", ".join(f"{name} {number(days)}" for name, days in by_team.items())),
            (
                "Effect",
                f"from quarter {option.go_live_quarters + 1} on, full after"
                f" {option.ramp_quarters}, "
                + (fades if option.half_life_quarters else "doesn’t fade"),
            ),
            ("Start", _window(option)),
            ("Risk", f"{option.risk} of 5"),
            ("Customer minutes saved", f"{number(option.effort_minutes)} a year"),
            ("Declared benefit", _declared(option, currency)),
        ],
    }


def _window(option: Option) -> str:
    if option.earliest_start and option.latest_start:
        return f"{quarter(option.earliest_start)} to {quarter(option.latest_start)}"
    if option.earliest_start:
        return f"from {quarter(option.earliest_start)}"
    if option.latest_start:
        return f"until {quarter(option.latest_start)}"
    return "any quarter"


def _declared(option: Option, currency: str) -> str | None:
    if option.declared_benefit_minor is None or option.declared_grade is None:
        return None
    amount = money(Money(option.declared_benefit_minor, currency))
    grade = option.declared_grade
    return (
        f"{amount}, grade {grade.value} keeps {percent(grade.haircut)} · {option.declared_source}"
    )


def behaviour_cards(initiative: Initiative) -> list[dict[str, Any]]:
    """Behaviours with the chain from what people do to the money."""
    names = {option.id: option.name for option in initiative.options}
    return [_behaviour_card(one, names) for one in initiative.behaviours]


def _behaviour_card(behaviour: TargetBehaviour, options: Mapping[int, str]) -> dict[str, Any]:
    unit = f" {behaviour.unit}" if behaviour.unit else ""
    span = f"{number(behaviour.baseline)} → {number(behaviour.target)}{unit}"
    effects = sorted(behaviour.effects, key=lambda one: one.id)
    pools = sorted({pool_name(one) for one in effects})
    grades = sorted({one.grade for one in effects}, key=lambda one: one.value)
    return {
        "behaviour": behaviour,
        "span": span,
        "nodes": [
            _need_node(behaviour.need),
            {"kind": "Behaviour", "title": behaviour.description},
            {
                "kind": "Measure",
                "title": behaviour.measure,
                "note": f"{span} · {behaviour.source}, {day(behaviour.measured_on)}",
            },
            {
                "kind": "Lever",
                "title": ", ".join(pools) or "none yet",
                "grade": f"Evidence: {', '.join(one.word for one in grades)}" if grades else None,
                "broken": not effects,
            },
        ],
        "effects": [
            (
                options.get(one.option_id, "–"),
                pool_name(one),
                removal_words(one.removal_share),
                grade_words(one),
                one.evidence,
            )
            for one in effects
        ],
    }


def _need_node(need: CustomerNeed | None) -> dict[str, Any]:
    """The customer need at the start of the chain; its statements are loaded."""
    if need is None:
        return {"kind": "Customer need", "title": "none named yet"}
    texts = {one.kind: one.text for one in need.statements}
    said = next((texts[kind] for kind in NeedKind if texts.get(kind)), None)
    node = {"kind": "Customer need", "title": need.segment, "note": said}
    return node | ({"grade": "Retired"} if need.retired_at else {})


def removal_words(share: Decimal) -> str:
    """What an effect does to its pool: removes 18 %, or adds 5 % as a disbenefit."""
    return f"removes {percent(share)}" if share > 0 else f"adds {percent(-share)}"


def grade_words(effect: Effect) -> str:
    """What of an effect counts, by the grade of its evidence; harm counts in full."""
    if effect.removal_share < 0:
        return f"{effect.grade.value}; a disbenefit counts in full"
    return f"{effect.grade.value}, keeps {percent(effect.grade.haircut)}"


def pool_name(effect: Effect) -> str:
    return f"{effect.pool.journey.name}, {effect.pool.lever.value}"


def link_rows(
    initiative: Initiative,
    exclusions: Sequence[tuple[Initiative, Exclusion]],
    needing: Sequence[Initiative],
) -> list[tuple[str, str, str, str, str]]:
    """(relation, key, title, detail, state) of every link, seen from the initiative."""
    needs = sorted(initiative.dependencies, key=lambda one: one.needs.key)
    found = [
        (
            "Needs", one.needs.key, one.needs.title,
            f"started {counted(one.lag_quarters, 'quarter')} before. {one.note}".strip(),
            one.needs.state.word,
        )
        for one in needs
    ]  # fmt: skip
    found += [
        ("Not together with", other.key, other.title, row.reason, other.state.word)
        for other, row in exclusions
    ]
    return found + [("Needed by", one.key, one.title, "", one.state.word) for one in needing]


def history_items(
    initiative: Initiative, handovers: Sequence[InitiativeHandover] = ()
) -> list[dict[str, Any]]:
    """The moves and handovers, newest first."""
    items = [(move.moved_at, _moved(move)) for move in initiative.moves]
    items += [(one.handed_over_at, _handed_over(one)) for one in handovers]
    items = [item for _, item in sorted(enumerate(items), key=lambda one: (one[1][0], one[0]))]
    made = moment(initiative.created_at)
    first = {"when": made, "who": initiative.created_by.name, "what": "Proposed"}
    return [*(item for _, item in reversed(items)), first]


def _moved(move: InitiativeMove) -> dict[str, Any]:
    tones = {"missed": "bad", "passed": "ok", "ok": "ok", "accent": "accent"}
    return {
        "when": moment(move.moved_at),
        "who": move.moved_by.name,
        "what": f"{move.from_state.word} → {move.to_state.word}",
        "note": move.reason or None,
        "tone": tones.get(tone_of(move.to_state)),
    }


def _handed_over(one: InitiativeHandover) -> dict[str, Any]:
    return {
        "when": moment(one.handed_over_at),
        "who": one.handed_over_by.name,
        "what": f"Handed over: {one.from_owner.name} → {one.to_owner.name}",
        "note": one.reason,
    }
