"""Whatever is given as a problem is refused, or answered, in words and at once."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from app.portfolio.engine import PlanStatus, ProblemError, parse_problem, solve
from app.portfolio.engine.reading import Limits
from tests.factories.problems import Document, initiative, option, problem_file, simple

A_SECOND = 1.0


def plain(**fields: Any) -> Document:
    return problem_file(simple("A", 10, 5), simple("B", 10, 5), **fields)


def refusal(source: Any, **how: Any) -> str:
    """What is said, within a second of work."""
    began = process_time()
    with pytest.raises(ProblemError) as caught:
        parse_problem(source, **how)
    assert process_time() - began < A_SECOND
    return str(caught.value)


class TestSize:
    def test_fifty_megabytes_are_refused_unread(self) -> None:
        assert "50.0 MB; at most 40.0 MB is read" in refusal(b" " * 50_000_000)

    def test_a_million_rules_are_refused_before_parsing(self) -> None:
        many = json.dumps(plain() | {"rules": [{}] * 10**6})
        assert "about 1,000,010 objects" in refusal(many)

    def test_more_rules_than_the_setting_are_counted_not_read(self) -> None:
        rules = [{"type": "fund", "initiative": "A"}] * 30_000
        said = refusal(plain() | {"rules": rules})
        assert said.count("$.rules") == 1
        assert "has 30,000 entries; at most 20,000 are read" in said

    def test_more_initiatives_than_the_setting(self) -> None:
        said = refusal(plain(), limits=Limits(initiatives=1))
        assert "$.initiatives: has 2 entries; at most 1 are read" in said
        assert "raise the setting FILE_INITIATIVES" in said

    def test_a_setting_above_the_default_lets_more_in(self) -> None:
        rules = [{"type": "at_least", "initiatives": ["A", "B"], "count": 1}] * 20_001
        assert len(parse_problem(plain(rules=rules), limits=Limits(rules=30_000)).rules) == 20_001

    def test_a_list_much_too_long_is_said_once(self) -> None:
        long = problem_file(initiative("A", option(value=[1] * 200_000, start=["2027-Q1"])))
        assert refusal(long).count("must have at most 80 entries") == 1

    def test_an_object_of_a_million_keys(self) -> None:
        keys = ",".join(f'"a{k}":1' for k in range(300_000))
        assert "an object of 300,000 keys" in refusal("{" + keys + "}")

    def test_a_name_without_end_is_cut(self) -> None:
        assert len(refusal(plain() | {"k" * 1_000_000: 1})) < 500

    def test_a_circle_through_everything_is_told_by_its_ends(self) -> None:
        keys = [f"I{place}" for place in range(5_000)]
        rules = [
            {"type": "requires", "initiative": key, "needs": needs}
            for key, needs in zip(keys, keys[1:] + keys[:1], strict=True)
        ]
        said = refusal(problem_file(*(initiative(key, option()) for key in keys), rules=rules))
        assert "closes a circle of dependencies" in said and "4,991 more" in said
        assert len(said) < 500

    def test_depth_without_end(self) -> None:
        assert "nested too deeply" in refusal(b"[" * 100_000 + b"]" * 100_000)
        assert "nested too deeply" in refusal(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)


class TestNumbers:
    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e-999999999"])
    def test_no_number_at_all(self, number: str) -> None:
        text = json.dumps(plain()).replace("1000", number, 1)
        assert number.lower().lstrip("-")[:3] in refusal(text).lower()

    @pytest.mark.parametrize("digits", [400, 4000, 5000, 3_000_000])
    def test_too_many_digits(self, digits: int) -> None:
        text = json.dumps(plain())
        assert "digits" in refusal(text.replace("1000", "1" * digits, 1))
        assert "digits" in refusal(text.replace("1000", "0." + "1" * digits, 1))

    def test_an_integer_no_float_can_hold_is_refused_in_a_tree_too(self) -> None:
        document = plain()
        document["funds"][0]["budget"][0] = 10**5000
        assert "at most 1,000,000,000,000,000" in refusal(document)

    def test_coefficients_from_tiny_to_huge_are_counted_to_the_cent(self) -> None:
        effect = [{"pool": "big", "intensity": [1e-9]}]
        document = problem_file(
            initiative("A", option(effects=effect, start=["2027-Q1"], spend={"money": [1]})),
            simple("B", 10**15, 10**15 - 1),
            simple("C", 1, 1),
            pools=[{"key": "big", "value": [10**15, 0]}],
            budget=[10**15, 0],
        )
        plan = solve(parse_problem(document), time_limit=20)
        assert plan.message == ""
        assert [row.initiative for row in plan.funded] == ["A", "B"]
        assert plan.value == 10**15 + 10**6  # 1e15 · (1 − exp(−1e-9)), to the unit


class TestText:
    @pytest.mark.parametrize(
        ("wanted", "given", "path"),
        [
            ('"key": "A"', '"key": "A\\ud800"', "$.initiatives[0].key"),
            ('"key": "A"', '"key": "A\\u001b[31m"', "$.initiatives[0].key"),
            ('"currency"', '"tags": {"\\udfff": "x"}, "currency"', "$.tags"),
            ('"name": "A"', '"name": "\\ud800"', "$.initiatives[0].name"),
            ('"tags": {}', '"tags": {"\\ud800": "x"}', "$.initiatives[0].tags"),
            ('"tags": {}', '"tags": {"\\u001b[31m": "x"}', "$.initiatives[0].tags"),
        ],
    )
    def test_what_is_no_text_is_refused_in_text(self, wanted: str, given: str, path: str) -> None:
        document = plain()
        document["initiatives"][0] |= {"name": "A", "tags": {}}
        text = json.dumps(document)
        assert wanted in text
        said = refusal(text.replace(wanted, given, 1))
        assert path in said
        assert said.isprintable() and said.encode()

    def test_a_text_that_is_no_utf_8(self) -> None:
        assert "is not UTF-8 text" in refusal("\ud800")


class TestWhatCannotBe:
    def test_a_pool_without_value_gives_nothing(self) -> None:
        effect = [{"pool": "empty", "intensity": [0.3, 0.3]}]
        document = problem_file(
            initiative("A", option(effects=effect, spend={"money": [1]})),
            pools=[{"key": "empty", "value": [0, 0]}],
        )
        plan = solve(parse_problem(document), time_limit=20)
        assert (plan.status, plan.value, plan.funded) == (PlanStatus.OPTIMAL, 0, ())

    def test_an_option_that_cannot_start(self) -> None:
        document = problem_file(initiative("A", option(spend={"money": [1, 1, 1]})))
        assert "cannot start: it needs 3 quarters and 2 are planned" in refusal(document)

    @pytest.mark.parametrize(
        ("rules", "said"),
        [
            ([{"type": "fund", "initiative": "A"}, {"type": "exclude", "initiative": "A"}],
             "excludes A, which rule R1 funds; drop one of the two"),
            ([{"type": "fix", "initiative": "A", "start": "2027-Q1"},
              {"type": "fix", "initiative": "A", "option": "other"}],
             "rule R1 and rule R2 fix A in ways that exclude each other"),
            ([{"type": "fund", "initiative": "A"}, {"type": "fund", "initiative": "B"},
              {"type": "at_most", "count": 1, "initiatives": ["A", "B"]}],
             "allows 1, but 2 of them are funded by rule R1, rule R2"),
            ([{"type": "fund", "initiative": "A"},
              {"type": "spend_on", "initiatives": ["A"], "at_most": 4}],
             "allows 4, but at least 5 goes to what is funded by rule R1"),
            ([{"type": "spend_on", "initiatives": ["A", "B"], "at_least": 9},
              {"type": "spend_on", "initiatives": ["A", "B"], "at_most": 8}],
             "allows 8, but rule R1 asks for 9"),
            ([{"type": "spend_on", "initiatives": ["A"], "at_least": 6}],
             "asks for 6, but all of them cost 5 at most"),
            ([{"type": "at_least", "count": 2, "initiatives": ["A", "B"]},
              {"type": "at_most", "count": 1, "initiatives": ["A", "B"]}],
             "allows 1, but rule R1 asks for 2"),
            ([{"type": "fund", "initiative": "A"}, {"type": "fund", "initiative": "B"},
              {"type": "change_load", "count": 1}],
             "allows 1 in 2027-Q1, but 2 funded by rule R1, rule R2 are live then"),
            ([{"type": "fund", "initiative": "A"},
              {"type": "requires", "initiative": "A", "needs": "B", "lag": 1}],
             "A starts in 2027-Q1 at the latest by rule R1, but B would be 1 quarter too late"),
            ([{"type": "keep"}, {"type": "exclude", "initiative": "A"}],
             "excludes A, which rule R1 funds"),
        ],
    )  # fmt: skip
    def test_rules_against_each_other_are_named(self, rules: list[Document], said: str) -> None:
        start = ["2027-Q1"]
        options = [option(key, spend={"money": [5]}, start=start) for key in ("o", "other")]
        if "start" not in rules[0]:
            options = options[:1]
        else:
            options[1]["start"] = ["2027-Q2"]
        held = {"A": {"option": "o", "start": "2027-Q1"}}
        document = problem_file(
            initiative("A", *options), simple("B", 10, 5), rules=rules, incumbent=held
        )
        assert said in refusal(document)

    def test_soft_rules_contradict_nothing(self) -> None:
        rules = [
            {"type": "fund", "initiative": "A"},
            {"type": "exclude", "initiative": "A", "price": 3},
        ]
        plan = solve(parse_problem(plain(rules=rules)), time_limit=20)
        assert (plan.value, plan.paid) == (17, 3)
