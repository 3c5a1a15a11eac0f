"""Commands about maturity: the figures of its page."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.errors import said_plainly
from app.errors import NotFoundError
from app.extensions import db
from app.reviews.models import MaturityAssessment
from app.reviews.presenters import maturity as presenters
from app.reviews.queries import maturity as queries
from app.reviews.rules.maturity import WHOLE_COMPANY, Level, Standing

maturity = AppGroup("maturity", help="How mature the practice is.")


@maturity.command("show")
@click.option("--scope", default=WHOLE_COMPANY, show_default=True, help="The company or a unit.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@said_plainly
def show(scope: str, as_json: bool) -> None:
    """Show the last closed assessment: levels, overall stage and where to act."""
    found = _last_closed(scope)
    standing = queries.standing_of(found)
    if as_json:
        click.echo(json.dumps(_document(found, standing), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.scope}, assessed as of {found.assessed_on}:")
    click.echo(f"  Overall stage: {presenters.overall_words(standing.overall)}")
    click.echo(f"  Lowest level: {presenters.level_words(standing.overall)}")
    click.echo(f"  Mean of the six dimensions: {presenters.level_words(standing.mean)}")
    click.echo(f"  Not known: {len(standing.unknown)} of {standing.asked} answers")
    for row in presenters.dimension_rows(standing, None):
        gaps = f", {row.gaps}" if row.gaps else ""
        click.echo(f"{row.word}\t{row.level}\tweakest answer {row.lowest}{gaps}")
    click.echo("Where to act:")
    for act in presenters.acts(standing):
        click.echo(f"{act.dimension}\t{act.question}\t{act.now} → {act.next}: {act.shows}")


def _last_closed(scope: str) -> MaturityAssessment:
    for one in queries.list_assessments(db.session):
        if not one.is_draft and one.scope.casefold() == scope.casefold():
            queries.load_answers(db.session, [one])
            return one
    raise NotFoundError(f"No assessment of “{scope}” was closed yet.")


def _document(found: MaturityAssessment, standing: Standing) -> dict[str, Any]:
    low, high = standing.overall.stages
    return {
        "scope": found.scope,
        "assessed_on": found.assessed_on.isoformat(),
        "questionnaire": found.questionnaire,
        "overall_stage": {
            "from": low.number,
            "to": high.number,
            "word": presenters.overall_words(standing.overall),
        },
        "overall": _level(standing.overall),
        "mean": _level(standing.mean),
        "asked": standing.asked,
        "not_known": len(standing.unknown),
        "dimensions": [
            {
                "dimension": one.dimension.value,
                "level": _level(one.level),
                "weakest_stage": one.lowest.number if one.lowest else None,
                "weakest": [question.key for question in one.weakest],
                "not_known": [question.key for question in one.unknown],
            }
            for one in standing.dimensions
        ],
        "act": [
            {
                "dimension": act.dimension,
                "question": act.question,
                "now": act.now,
                "next": act.next,
                "shows": act.shows,
            }
            for act in presenters.acts(standing)
        ],
    }


def _level(level: Level) -> dict[str, str]:
    """As shown, and its two ends exactly as fractions; they are one where all is known."""
    return {
        "shown": presenters.level_words(level),
        "low": str(level.low),
        "high": str(level.high),
    }
