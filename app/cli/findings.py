"""The command that tells what the portfolio as a whole lacks."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from app.calendar.queries import list_cycles
from app.cli.errors import said_plainly
from app.errors import NotFoundError
from app.extensions import db
from app.reviews.exports.findings import finding_document, portion_words
from app.reviews.queries.findings import load_portfolio_facts
from app.reviews.rules.findings import Finding, all_findings
from app.web.clock import today


@click.command("findings")
@click.option("--cycle", "name", help="Judge the initiatives of this cycle; of all if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@with_appcontext
@said_plainly
def findings(name: str | None, as_json: bool) -> None:
    """Tell what the portfolio as a whole lacks, the most severe first."""
    facts = load_portfolio_facts(
        db.session,
        cycle_id=_cycle_id(name),
        today=today(),
        limit_days=current_app.config["BASELINE_MAX_AGE_DAYS"],
    )
    found = all_findings(facts)
    if as_json:
        document = {
            "cycle": name,
            "initiatives": len(facts.judged),
            "findings": [finding_document(one) for one in found],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    click.echo(f"{name or 'All cycles'}: {len(facts.judged):,} initiatives in the portfolio.")
    for finding in found:
        _say(finding)


def _cycle_id(name: str | None) -> int | None:
    if name is None:
        return None
    found = next((one.id for one in list_cycles(db.session) if one.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no cycle called “{name}”.")
    return found


def _say(finding: Finding) -> None:
    title = finding.kind.definition.title
    figures = [finding.count.words, *(portion_words(one) for one in finding.portions)]
    if finding.kind.definition.in_money:
        figures = [*figures[1:], figures[0]]
    click.echo(f"\n{finding.severity.word.upper()}  {title}: {'; '.join(figures)}")
    click.echo(f"  {finding.sentence}")
    for item in finding.items:
        money = "" if item.money is None else f", {item.money}"
        click.echo(f"  - {item.name}: {item.why}{money}")
