"""Levels are exact, never averaged over what nobody knows, and every stage can be observed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

import pytest
from flask import Flask

from app.reviews.presenters.maturity import acts, key_figures, level_words, radar, trends
from app.reviews.rules.maturity import (
    CURRENT,
    NOT_KNOWN,
    QUESTIONNAIRES,
    AnswerDraft,
    AssessmentDraft,
    Dimension,
    Level,
    MaturityStage,
    Standing,
    answer_faults,
    assessment_faults,
    level_change,
    standing,
    tenths,
)
from app.values.canonical import canonical_json
from tests.factories.maturity import answers

TODAY = date(2027, 2, 15)
PUBLISHED = {1: "b227717733093e8c74aa9d228c8bded391afaf89237910c28a11842495c860b7"}


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    app = Flask("maturity")
    app.config["LOCALE"] = "en_GB"
    with app.app_context():
        yield


def _standing(stage: int | None = 2, **others: int | None) -> Standing:
    return standing(CURRENT, answers(stage, **others))


def _of(found: Standing, dimension: Dimension) -> Level:
    return next(one.level for one in found.dimensions if one.dimension is dimension)


class TestQuestionnaire:
    def test_asks_three_or_four_questions_in_every_dimension(self) -> None:
        assert {len(CURRENT.of(dimension)) for dimension in Dimension} <= {3, 4}
        assert [one for dimension in Dimension for one in CURRENT.of(dimension)] == list(
            CURRENT.questions
        )

    def test_describes_five_different_stages_of_every_question(self) -> None:
        for question in CURRENT.questions:
            assert len(question.shown) == len(MaturityStage) == len(set(question.shown))
            for sentence in (*question.shown, question.ask_for):
                assert sentence[0].isupper() and sentence.endswith("."), (question.key, sentence)
            assert question.text.endswith("?")
        assert len({one.key for one in CURRENT.questions}) == len(CURRENT.questions)

    def test_of_a_published_version_never_changes(self) -> None:
        for version, questionnaire in QUESTIONNAIRES.items():
            said = [[one.key, one.text, one.ask_for, *one.shown] for one in questionnaire.questions]
            assert sha256(canonical_json(said)).hexdigest() == PUBLISHED[version], (
                "Closed assessments show these words; put better ones into a new version."
            )


class TestLevel:
    def test_is_the_exact_mean_of_the_answers_with_the_weakest_beside_it(self) -> None:
        found = _standing(3, people_skills=1, people_goals=4).dimensions[2]

        assert found.level.exact == Fraction(11, 4)
        assert level_words(found.level) == "2.8"
        assert found.lowest is MaturityStage.INITIAL
        assert [one.key for one in found.weakest] == ["people_skills"]

    def test_has_two_ends_while_an_answer_is_not_known(self) -> None:
        found = _standing(3, people_skills=None).dimensions[2]

        assert found.level.exact is None
        assert (found.level.low, found.level.high) == (Fraction(10, 4), Fraction(14, 4))
        assert level_words(found.level) == "2.5 to 3.5"
        assert ([one.key for one in found.unknown], found.open) == (["people_skills"], ())

    def test_knows_nothing_before_the_first_answer(self) -> None:
        found = standing(CURRENT, {})

        assert {(one.level.low, one.level.high, one.lowest) for one in found.dimensions} == {
            (Fraction(1), Fraction(5), None)
        }
        assert len(found.open) == found.asked == len(CURRENT.questions)

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (Fraction(9, 4), "2.3"), (Fraction(11, 4), "2.8"), (Fraction(8, 3), "2.7"),
            (Fraction(-1, 4), "-0.3"), (Fraction(0), "0"),
        ],
    )  # fmt: skip
    def test_is_shown_to_a_tenth_half_up(self, value: Fraction, shown: str) -> None:
        assert tenths(value) == Decimal(shown)


class TestOverallStage:
    def test_is_the_one_that_the_lowest_dimension_has_reached(self) -> None:
        found = _standing(4, technology_trials=3, technology_purpose=3, technology_contacts=1)

        assert found.overall.exact == Fraction(11, 4)
        assert found.overall.stages == (MaturityStage.DEVELOPMENT, MaturityStage.DEVELOPMENT)
        assert [one.dimension for one in found.holding_back] == [Dimension.TECHNOLOGY]
        assert found.mean.exact == Fraction(91, 24)

    def test_is_certain_when_what_is_not_known_can_not_change_it(self) -> None:
        found = _standing(3, strategy_needs=None, people_goals=1)
        figures = {figure["label"]: figure for figure in key_figures(found, None, None)}

        assert found.overall.exact == Fraction(10, 4)
        assert figures["Overall stage"]["value"] == "Development"
        assert figures["Lowest level"]["note"] == (
            "in Strategy and People; it sets the overall stage"
        )
        assert figures["Mean of the six dimensions"]["value"] == "2.8 to 3.0"

    def test_names_both_ends_when_it_hangs_on_what_is_not_known(self) -> None:
        figures = key_figures(_standing(2, strategy_needs=None), None, None)

        assert (figures[0]["value"], figures[1]["value"]) == (
            "Initial or Development", "1.8 to 2.0",
        )  # fmt: skip


class TestChange:
    def test_needs_one_figure_on_both_sides(self) -> None:
        before, after = _standing(2), _standing(3, people_goals=None)

        strategy = _of(before, Dimension.STRATEGY), _of(after, Dimension.STRATEGY)
        people = _of(before, Dimension.PEOPLE), _of(after, Dimension.PEOPLE)
        assert level_change(*strategy) == 1
        assert level_change(*people) is None


class TestWhereToAct:
    def test_gives_the_next_stage_of_the_weakest_question_lowest_dimension_first(self) -> None:
        found = acts(_standing(4, technology_trials=1, people_goals=3))

        question = next(one for one in CURRENT.questions if one.key == "technology_trials")
        assert (found[0].dimension, found[0].now, found[0].next, found[0].shows) == (
            "Technology", "1 Initial", "2 Development", question.shown[1],
        )  # fmt: skip
        assert found[1].dimension == "People"

    def test_asks_for_what_nobody_knew_and_nothing_after_the_last_stage(self) -> None:
        found = acts(_standing(5, strategy_needs=None))

        assert [(one.dimension, one.now, one.next) for one in found] == [
            ("Strategy", "Not known", "Find out")
        ]


class TestDrawing:
    def test_names_the_levels_it_draws_and_leaves_open_what_is_not_known(self) -> None:
        found = radar(_standing(3, people_goals=None), _standing(2))

        assert [(one.word, one.level) for one in found.labels][2:4] == [
            ("People", "2.5 to 3.5"), ("Technology", "3.0"),
        ]  # fmt: skip
        assert (found.now.shape, len(found.now.dots), len(found.now.spans)) == ("", 5, 1)
        assert len(found.now.lines) == 4
        assert found.before is not None and found.before.shape.count(",") == 6

    def test_puts_a_higher_level_farther_out_and_time_to_the_right(self) -> None:
        found = radar(_standing(3), _standing(2))
        days = [(date(2026, 2, 10), _standing(2)), (date(2027, 2, 10), _standing(3))]

        assert found.now.dots[0][1] < found.centre[1]
        assert found.before is not None and found.now.dots[0][1] < found.before.dots[0][1]
        points = trends(days)[0].points
        assert points[0].x < points[1].x and points[0].y > points[1].y


class TestAnswer:
    def test_takes_evidence_from_stage_three_on(self) -> None:
        low = answer_faults({"q": AnswerDraft("2")})
        high = answer_faults({"q": AnswerDraft("3", "  ")})

        assert low == {}
        assert list(high) == ["q_evidence"]

    def test_that_is_not_known_needs_none(self) -> None:
        assert answer_faults({"q": AnswerDraft(NOT_KNOWN)}) == {}

    def test_is_chosen_before_it_is_proved(self) -> None:
        assert list(answer_faults({"q": AnswerDraft("", "Minutes of May")})) == ["q_stage"]

    def test_takes_a_sound_link(self) -> None:
        assert list(answer_faults({"q": AnswerDraft("1", link="javascript:alert(1)")})) == [
            "q_link"
        ]
        assert answer_faults({"q": AnswerDraft("1", link="https://wiki.example/a")}) == {}


class TestAssessment:
    def test_is_of_something_as_of_a_day_that_has_come(self) -> None:
        faults = assessment_faults(AssessmentDraft(" ", date(2027, 2, 16)), today=TODAY)

        assert set(faults) == {"scope", "assessed_on"}
        assert assessment_faults(AssessmentDraft("Claims", TODAY), today=TODAY) == {}
