"""A baseline cut from the log keeps what each figure stands on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.journeys import queries, services
from app.journeys.models import InteractionMonth, Journey
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    Measured,
    Origin,
    OriginKind,
    Period,
    figure_cell,
    measured_from,
)
from tests.factories.accounts import Cast
from tests.factories.interactions import make_months, make_source
from tests.factories.journeys import make_baseline, make_journey


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """A journey measured once, whose first touchpoint has a year of log."""
    with transaction(session):
        made = make_journey(session, cast.lead)
        make_baseline(session, queries.get_journey(session, made.key), measured_on=date(2026, 1, 1))
        make_months(session, make_source(session, cast.lead), made.touchpoints[0].id)
    return made


class TestCutBaseline:
    def _cut(
        self, session: Session, cast: Cast, now: datetime, *, seen: str | None = None,
        notes: dict[int, str] | None = None, measured_on: date | None = None, **corrections: Any,
    ) -> None:  # fmt: skip
        with transaction(session):
            journey = queries.get_journey(session, "motor-claim")
            cut = services.look_at_log(session, journey, today=now.date())
            suggested = services.suggested_figures(session, journey, cut)
            figures: dict[int, Measured] = {
                id_: one for id_, row in suggested.items() if (one := measured_from(row))
            }
            first = journey.touchpoints[0].id
            figures[first] = replace(figures[first], **corrections)
            day = measured_on or cut.measured_on or now.date()
            draft = BaselineDraft(day, cut.source_words, "", figures)
            services.cut_baseline(
                session, journey, draft, cut, notes=notes or {}, seen_digest=seen or cut.digest,
                after_number=1, actor=cast.lead, now=now,
            )  # fmt: skip

    def test_takes_the_log_and_keeps_what_it_does_not_know(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._cut(session, cast, now)

        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        assert (stored.number, stored.measured_on) == (2, date(2026, 12, 31))
        assert (stored.logged_from, stored.days_covered) == (date(2026, 1, 1), 365)
        assert stored.source == "Contact log “Contact log”, 1 Jan 2026 to 31 Dec 2026"
        first, second = (one.id for one in journey.touchpoints[:2])
        figures = queries.load_figures(session, [stored.id])[stored.id]
        assert figures[first].contacts_per_year == 12_000
        assert figures[first].satisfaction == 6
        assert figures[first].unmet_share == Decimal("0.25")
        assert (figures[first].cost_per_contact_minor, figures[first].minutes_per_contact) == (
            500, 6,
        )  # fmt: skip
        assert figures[first].importance == 9
        origins = queries.load_origins(session, [stored.id])[stored.id]
        assert origins[first][FigureKind.SATISFACTION].sample == 4_800
        assert origins[first][FigureKind.IMPORTANCE] == Origin(OriginKind.KEPT, kept_from=1)
        assert origins[second][FigureKind.CONTACTS] == Origin(OriginKind.KEPT, kept_from=1)

    def test_needs_a_note_where_a_person_says_otherwise(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        first = journey.touchpoints[0].id
        with pytest.raises(InvalidError) as refusal:
            self._cut(session, cast, now, satisfaction=Decimal("5.1"))
        notes = {first: "Only angry customers were asked."}
        self._cut(session, cast, now, satisfaction=Decimal("5.1"), notes=notes)

        assert refusal.value.fields == {
            figure_cell(first, "note"): "Say why satisfaction is not as the log has it."
        }
        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        origin = queries.load_origins(session, [stored.id])[stored.id][first]
        corrected = origin[FigureKind.SATISFACTION]
        assert (corrected.kind, corrected.logged) == (OriginKind.HAND, 6)
        assert corrected.note == notes[first]

    def test_refuses_a_log_that_says_something_else_by_now(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            found = services.look_at_log(session, journey, today=now.date())
            month = session.scalars(select(InteractionMonth).limit(1)).one()
            month.contacts += 1

        with pytest.raises(ConflictError, match="log has changed"):
            self._cut(session, cast, now, seen=found.digest)

    def test_makes_nothing_younger_than_the_log(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with pytest.raises(InvalidError, match="nothing after 31 Dec 2026") as refusal:
            self._cut(session, cast, now, measured_on=date(2027, 1, 1))

        assert refusal.value.field == "measured_on"

    def test_leaves_a_source_out_that_would_count_twice(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        first = journey.touchpoints[0].id
        with transaction(session):
            again = make_source(session, cast.lead, name="Same calls")
            make_months(session, again, first)

        both = services.look_at_log(session, journey, today=now.date())
        one = services.look_at_log(session, journey, without={again.id}, today=now.date())

        assert "counted twice" in both.warnings[0]
        assert both.figures[first][FigureKind.CONTACTS].value == 24_000
        assert one.warnings == []
        assert one.figures[first][FigureKind.CONTACTS].value == 12_000

    def test_counts_only_the_months_of_the_period(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        period = Period(date(2026, 1, 1), date(2026, 1, 1))
        found = services.look_at_log(session, journey, period, today=now.date())

        counted = found.figures[journey.touchpoints[0].id][FigureKind.CONTACTS]
        assert (counted.sample, counted.value) == (1_000, 11_774)
        assert found.figures[journey.touchpoints[0].id][FigureKind.COST].error is None


class TestCommand:
    def test_cuts_and_says_what_it_stands_on(
        self, app: Flask, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        email = cast.lead.email
        arguments = ["baselines", "cut", "motor-claim", "--from", "2026-01", "--to", "2026-12-31"]
        result = app.test_cli_runner().invoke(args=[*arguments, "--as", email])

        assert result.exit_code == 0, result.output
        assert "365 days covered" in result.output
        assert "12,000 contacts a year (log, n 12,000), satisfaction 6" in result.output
        assert "Recorded as version 2." in result.output
        session.expire_all()
        assert len(queries.get_journey(session, "motor-claim").baselines) == 2

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (
                ("--from", "2026-01-15", "--to", "2026-12"),
                "--from: 15 Jan 2026 cuts a month in two",
            ),
            (("--from", "2026-01", "--to", "2026-12-30"), "--to: 30 Dec 2026 cuts a month in two"),
            (("--from", "2026-13", "--to", "2026-12"), "--from: enter a month such as 2026-01."),
            (("--from", "2026-01"), "Give both --from and --to"),
            (("--from", "2024-01", "--to", "2024-12"), "--to: No contacts of this journey"),
            (("--from", "2026-12", "--to", "2026-01"), "--to: The last month lies before"),
            (("--one-in", "0"), "--one-in: Enter a whole number from 1"),
            (("--without", "Nothing"), "no counted source called “Nothing”"),
        ],
    )
    def test_names_the_option_it_refuses(
        self, app: Flask, session: Session, cast: Cast, journey: Journey,
        options: tuple[str, ...], words: str,
    ) -> None:  # fmt: skip
        arguments = ["baselines", "cut", "motor-claim", *options, "--as", cast.lead.email]
        result = app.test_cli_runner().invoke(args=arguments)

        assert result.exit_code in (2, 3)
        assert words in result.output
        session.expire_all()
        assert len(queries.get_journey(session, "motor-claim").baselines) == 1

    def test_saves_nothing_in_a_dry_run(
        self, app: Flask, session: Session, cast: Cast, journey: Journey
    ) -> None:
        arguments = ["baselines", "cut", "motor-claim", "--as", cast.lead.email, "--dry-run"]

        assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
        session.expire_all()
        assert len(queries.get_journey(session, "motor-claim").baselines) == 1
