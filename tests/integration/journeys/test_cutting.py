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
from app.journeys.models import InteractionMonth, Journey, Stage
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    Measured,
    MonthSpan,
    Origin,
    OriginKind,
    figure_cell,
    measured_from,
)
from tests.factories.accounts import Cast
from tests.factories.interactions import make_months, make_source
from tests.factories.journeys import make_baseline, make_journey, measured


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
        notes: dict[int, str] | None = None, measured_on: date | None = None,
        left_out: int | None = None, **corrections: Any,
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
            figures.pop(left_out or 0, None)
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

    def test_needs_a_note_where_a_person_takes_a_figure_of_the_log_away(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        first = journey.touchpoints[0].id
        with pytest.raises(InvalidError) as blanked:
            self._cut(session, cast, now, unmet_share=None)
        self._cut(session, cast, now, unmet_share=None, notes={first: "Judged by one team."})

        assert blanked.value.fields == {
            figure_cell(first, "note"): "Say why unmet share is not as the log has it."
        }
        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        assert queries.load_figures(session, [stored.id])[stored.id][first].unmet_share is None
        origin = queries.load_origins(session, [stored.id])[stored.id][first][FigureKind.UNMET]
        assert (origin.kind, origin.logged) == (OriginKind.HAND, Decimal("0.25"))
        assert origin.note == "Judged by one team."

    def test_needs_a_note_where_a_person_leaves_a_logged_touchpoint_out(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        first = journey.touchpoints[0]
        with pytest.raises(InvalidError) as refusal:
            self._cut(session, cast, now, left_out=first.id)
        self._cut(session, cast, now, left_out=first.id, notes={first.id: "A test queue."})

        assert refusal.value.fields == {
            figure_cell(first.id, "note"): "Say why what the log has of this touchpoint is left out"
            " of the baseline."
        }
        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        assert first.id not in queries.load_figures(session, [stored.id])[stored.id]
        assert stored.note == f"Without “{first.name}”: A test queue."

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
        period = MonthSpan.through(date(2026, 1, 1), date(2026, 1, 1))
        found = services.look_at_log(session, journey, period, today=now.date())

        counted = found.figures[journey.touchpoints[0].id][FigureKind.CONTACTS]
        assert (counted.sample, counted.value) == (1_000, 11_774)
        assert found.figures[journey.touchpoints[0].id][FigureKind.COST].error is None


class TestLookAtLog:
    def test_works_a_year_out_of_the_days_on_which_each_touchpoint_is_logged(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        calls, chat = journey.touchpoints[:2]
        with transaction(session):
            late = make_source(session, cast.lead, name="Chat", first_on=date(2026, 10, 1))
            make_months(session, late, chat.id, first=date(2026, 10, 1), contacts=10_000)

        found = services.look_at_log(session, journey, today=now.date())

        assert found.figures[chat.id][FigureKind.CONTACTS].value == 119_022
        assert found.figures[calls.id][FigureKind.CONTACTS].value == 12_000
        (said,) = found.warnings
        assert said.startswith(
            f"At “{chat.name}” the log covers 92 of the 365 days of the period; a year’s contacts "
            "are worked out from those 92 days."
        )

    def test_leaves_hidden_stages_out_and_says_how_much_lies_there(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        hidden = journey.touchpoints[2]
        with transaction(session):
            session.get_one(Stage, hidden.stage_id).is_hidden = True
            make_months(session, make_source(session, cast.lead, name="Calls"), hidden.id)

        whole = queries.get_journey(session, "motor-claim")
        found = services.look_at_log(session, whole, today=now.date())

        shown = {one.id for one in journey.touchpoints[:2]}
        assert set(found.figures) == {journey.touchpoints[0].id}
        assert [one.name for one in found.sources] == ["Contact log"]
        assert set(services.suggested_figures(session, whole, found)) == shown
        assert found.warnings == [
            "12,000 contacts of the period lie at hidden stages and are left out; show these "
            "stages to count them."
        ]

    def test_says_that_everything_lies_at_hidden_stages(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            session.get_one(Stage, journey.touchpoints[0].stage_id).is_hidden = True

        whole = queries.get_journey(session, "motor-claim")
        year = MonthSpan.through(date(2026, 1, 1), date(2026, 12, 1))
        found = services.look_at_log(session, whole, year, today=now.date())

        assert "lie at hidden stages; show these stages first" in found.faults["first"]


class TestCommand:
    def test_leaves_hidden_stages_out_as_the_page_does(
        self, app: Flask, session: Session, cast: Cast, journey: Journey
    ) -> None:
        hidden = {one.id for one in journey.touchpoints[2:]}
        with transaction(session):
            session.get_one(Stage, journey.touchpoints[2].stage_id).is_hidden = True

        arguments = ["baselines", "cut", "motor-claim", "--as", cast.lead.email]
        result = app.test_cli_runner().invoke(args=arguments)

        assert result.exit_code == 0, result.output
        session.expire_all()
        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        assert not hidden & set(queries.load_figures(session, [stored.id])[stored.id])

    def test_notes_what_it_leaves_out(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            made = make_journey(session, cast.lead)
            first, second = made.touchpoints[:2]
            make_baseline(session, made, figures={first.id: measured()})
            source = make_source(session, cast.lead, last_on=date(2027, 1, 31))
            for one in (first, second):
                make_months(session, source, one.id, last=date(2027, 1, 1))

        arguments = ["baselines", "cut", "motor-claim", "--as", cast.lead.email]
        result = app.test_cli_runner().invoke(args=arguments)

        assert result.exit_code == 0, result.output
        assert f"Left out: {second.name} has no target, importance" in result.output
        session.expire_all()
        stored = queries.get_journey(session, "motor-claim").baselines[-1]
        assert stored.note == f"Without “{second.name}”: It has no target, importance yet."

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
