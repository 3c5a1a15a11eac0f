"""Commands that measure journeys from their contact log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import click
from flask.cli import AppGroup

from app.cli.errors import said_plainly
from app.cli.importing import person_of
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.journeys import queries, services
from app.journeys.models import Journey
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    Measured,
    MonthSpan,
    measured_from,
    month_of,
)
from app.journeys.services import LogCut
from app.values.written import day_words
from app.web.clock import now, today

baselines = AppGroup("baselines", help="Measure journeys from their contact log.")

_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@baselines.command("cut")
@click.argument("key", metavar="JOURNEY")
@click.option(
    "--from", "first", help="First month, 2026-01; the last twelve whole ones if left out."
)
@click.option("--to", "last", help="Last month, included.")
@click.option("--without", multiple=True, metavar="NAME", help="A source not to count; repeatable.")
@click.option(
    "--one-in", type=int, help="The log holds one contact in so many; as it states if left out."
)
@click.option("--note", default="", help="What should be known about these figures.")
@click.option("--as", "email", required=True, help="Whose baseline this is (e-mail).")
@click.option("--dry-run", is_flag=True, help="Show the figures, save nothing.")
@said_plainly
def cut(
    key: str,
    first: str | None,
    last: str | None,
    without: tuple[str, ...],
    one_in: int | None,
    note: str,
    email: str,
    dry_run: bool,
) -> None:
    """Cut the next version of JOURNEY's baseline from its log.

    Target and importance, and what the log lacks, are kept from the last version.
    """
    with transaction(db.session):
        journey = queries.get_journey(db.session, key)
        found = services.look_at_log(
            db.session, journey, _period(first, last), without=_left_out(journey, without),
            one_in=one_in, today=today(),
        )  # fmt: skip
        if found.faults:
            raise InvalidError("Nothing can be cut.", fields=_by_option(found.faults))
        figures, notes = _figures(journey, found)
        _report(journey, found, figures)
        if dry_run:
            return
        draft = BaselineDraft(
            measured_on=found.measured_on or today(), source=found.source_words, note=note,
            figures=figures,
        )  # fmt: skip
        baseline = services.cut_baseline(
            db.session, journey, draft, found, notes=notes, seen_digest=found.digest,
            after_number=journey.baselines[-1].number if journey.baselines else 0,
            actor=person_of(email), now=now(),
        )  # fmt: skip
        number = baseline.number
    click.echo(f"Recorded as version {number}.")


def _period(first: str | None, last: str | None) -> MonthSpan | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise InvalidError("Give both --from and --to, or neither.")
    return MonthSpan.through(
        _month(first, "--from", is_end=False), _month(last, "--to", is_end=True)
    )


def _month(text: str, option: str, *, is_end: bool) -> date:
    """A month typed as 2026-01, or as its first or last day. Raises InvalidError."""
    try:
        day = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        day = None
    if day is None or not _MONTH.fullmatch(text):
        raise InvalidError(f"{option}: enter a month such as 2026-01.")
    month = month_of(day)
    edge = MonthSpan.through(month, month).ends_on if is_end else month
    if len(text) > 7 and day != edge:
        raise InvalidError(
            f"{option}: {day_words(day)} cuts a month in two; the log is kept by whole months, so "
            f"{'end' if is_end else 'begin'} on {day_words(edge)}."
        )
    return month


def _left_out(journey: Journey, names: tuple[str, ...]) -> set[int]:
    shown = [one.id for one in journey.shown_touchpoints]
    known = {one.name: one.id for one in queries.list_log_sources(db.session, shown)}
    for name in names:
        if name not in known:
            raise NotFoundError(f"The journey has no counted source called “{name}”.")
    return {known[name] for name in names}


def _by_option(faults: Mapping[str, str]) -> dict[str, str]:
    words = {"first": "--from", "last": "--to", "one_in": "--one-in"}
    return {words.get(name, name): said for name, said in faults.items()}


def _figures(journey: Journey, found: LogCut) -> tuple[dict[int, Measured], dict[int, str]]:
    """The whole rows of the cut; what lacks a figure is named and left out, with a note why."""
    figures, notes = {}, {}
    suggested = services.suggested_figures(db.session, journey, found)
    for touchpoint in journey.shown_touchpoints:
        row = suggested.get(touchpoint.id, {})
        if (one := measured_from(row)) is not None:
            figures[touchpoint.id] = one
        elif touchpoint.id in found.figures:
            missing = ", ".join(
                kind.word.lower()
                for kind in FigureKind
                if kind not in row and kind is not FigureKind.UNMET
            )
            notes[touchpoint.id] = f"It has no {missing} yet."
            click.echo(
                f"Left out: {touchpoint.name} has no {missing}; enter them by page.", err=True
            )
    if not figures:
        raise InvalidError("No touchpoint has all its figures; cut the first version by page.")
    return figures, notes


def _report(journey: Journey, found: LogCut, figures: dict[int, Measured]) -> None:
    for said in found.warnings:
        click.echo(f"Careful: {said}", err=True)
    if found.period is not None:
        click.echo(
            f"{journey.name}, {found.period.first} to {found.period.ends_on}, "
            f"{found.days_covered} days covered:"
        )
    for touchpoint in journey.touchpoints:
        if touchpoint.id not in figures:
            continue
        one, logged = figures[touchpoint.id], found.figures.get(touchpoint.id, {})
        counted = logged.get(FigureKind.CONTACTS)
        stands = "kept from the last version"
        if counted:
            stands = ", ".join(filter(None, (f"log, n {counted.sample:,}", counted.note)))
        click.echo(
            f"  {touchpoint.name}: {one.contacts_per_year:,.0f} contacts a year ({stands}), "
            f"satisfaction {one.satisfaction:f}"
            + ("" if one.unmet_share is None else f", unmet {one.unmet_share:.1%}")
        )
