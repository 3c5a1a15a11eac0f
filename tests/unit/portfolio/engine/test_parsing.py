"""A problem file is read completely or refused with the place and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.portfolio.engine import ProblemError, parse_problem, problem_document
from app.portfolio.engine.parsing import parse_known
from app.portfolio.engine.reading import Limits, read_tree
from app.portfolio.engine.shape import SCHEMA
from app.values.canonical import canonical_json, digest
from tests.factories.problems import Document, initiative, option, problem_file, simple


def full() -> Document:
    """One of everything."""
    return problem_file(
        initiative(
            "CX-1",
            option(
                "lean",
                spend={"money": [90, 40]},
                demand={"digital": [60.5, 20]},
                start=["2027-Q2", "2027-Q1"],
                value=[5, 7],
                effects=[{"pool": "claims/serve", "intensity": [0.0, 0.11]}],
                effort_minutes=120,
                risk=2,
            ),
            option("full", spend={"money": [200]}),
            lens="process",
        ),
        initiative("CX-2", lens="technology"),
        initiative("CX-3", lens="technology"),
        capacities=[{"key": "digital", "unit": "days", "available": [40, 40], "overtime_price": 9}],
        pools=[{"key": "claims/serve", "value": [3100, 3050]}],
        incumbent={"CX-1": {"option": "lean", "start": "2027-Q1"}},
        objective={"name": "expected"},
        rules=[
            {"type": "requires", "initiative": "CX-1", "needs": "CX-2", "lag": 1},
            {"type": "together", "initiatives": ["CX-1", "CX-3"]},
            {"type": "at_most", "count": 2, "initiatives": ["CX-1", "CX-2", "CX-3"]},
            {"type": "at_least", "count": 1, "tag": "lens", "equals": "technology"},
            {"type": "fund", "initiative": "CX-2", "reason": "regulation"},
            {"type": "exclude", "initiative": "CX-3"},
            {"type": "fix", "initiative": "CX-2", "option": "o", "start": "2027-Q1"},
            {"type": "share", "tag": "lens", "equals": "technology", "at_most": 0.5, "of": "spend"},
            {"type": "synergy", "initiatives": ["CX-1", "CX-2"], "value": 30},
        ],
    )


class TestReading:
    def test_sorts_everything_and_keeps_values_with_their_starts(self) -> None:
        problem = parse_problem(full())
        lean = problem.initiatives[0].options[1]
        assert (lean.key, lean.starts, lean.values) == ("lean", (0, 1), (7, 5))
        assert lean.demand[0].amounts == (Decimal("60.5"), Decimal(20))
        assert len(problem.rules) == 9

    def test_takes_bytes_text_and_a_tree(self) -> None:
        content = json.dumps(full())
        digests = {parse_problem(form).digest for form in (content, content.encode(), full())}
        assert len(digests) == 1

    def test_reads_back_what_it_writes(self) -> None:
        problem = parse_problem(full())
        again = parse_problem(json.dumps(problem_document(problem)))
        assert again == problem
        assert problem.digest == digest(canonical_json(problem_document(problem)))

    def test_an_option_without_start_may_begin_wherever_it_fits(self) -> None:
        document = problem_file(
            initiative("A", option(spend={"money": [5, 5, 0, 0]})), quarters=4, budget=[9] * 4
        )
        assert parse_problem(document).initiatives[0].options[0].starts == (0, 1, 2)

    def test_takes_amounts_up_to_ten_million_million(self) -> None:
        problem = parse_problem(problem_file(simple("A", 10**15, 10**15), budget=[10**15, 0]))
        assert problem.budget_total == 10**15

    @settings(max_examples=30, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_order_of_lists_and_keys_changes_nothing(self, random: Any) -> None:
        def shuffled(node: Any, path: str = "") -> Any:
            if isinstance(node, dict):
                names = random.sample(list(node), len(node))
                return {name: shuffled(node[name], name) for name in names}
            if isinstance(node, list):
                parts = [shuffled(one) for one in node]
                free = path in {"initiatives", "options", "rules", "pools", "funds"}
                return random.sample(parts, len(parts)) if free else parts
            return node

        assert parse_problem(shuffled(full())).digest == parse_problem(full()).digest

    def test_nothing_committed_is_as_good_as_not_said(self) -> None:
        said = full()
        said["funds"][0]["committed"] = [0] * len(said["quarters"])
        assert parse_problem(said).digest == parse_problem(full()).digest
        assert "committed" not in problem_document(parse_problem(said))["funds"][0]

    def test_what_is_committed_is_read_back(self) -> None:
        said = full()
        said["funds"][0]["committed"] = [1] + [0] * (len(said["quarters"]) - 1)
        problem = parse_problem(said)
        assert problem.digest != parse_problem(full()).digest
        assert parse_problem(problem_document(problem)) == problem

    def test_any_changed_figure_changes_the_digest(self) -> None:
        changed = full()
        changed["initiatives"][0]["options"][0]["spend"]["money"][1] += 1
        assert parse_problem(changed).digest != parse_problem(full()).digest


def put(path: str, value: Any) -> Callable[[Document], None]:
    """A change of the file: set what stands at ``path``, whose steps are set off by blanks."""

    def change(document: Document) -> None:
        *steps, last = [int(s) if s.isdigit() else s for s in path.split()]
        node: Any = document
        for step in steps:
            node = node[step]
        node[last] = value

    return change


OPTION = "initiatives 0 options 0"
BAD = [
    ("an unknown key", put("colour", 1), "$.colour", "not known here"),
    ("a misspelt key", put("funds 0 budgets", [1]), "$.funds[0].budgets", "known are budget"),
    ("another format", put("format", "other"), "$.format", "waymark/problem"),
    ("a later version", put("version", 2), "$.version", "must be 1"),
    ("a currency in words", put("currency", "Euro"), "$.currency", "such as EUR"),
    ("a negative budget", put("funds 0 budget 0", -1), "$.funds[0].budget[0]", "negative"),
    ("a broken cent", put("funds 0 budget 0", 1.5), "$.funds[0].budget[0]", "whole number"),
    ("a truth value as money", put("funds 0 budget 0", True), "$.funds[0].budget[0]", "whole"),
    ("too much money", put("funds 0 budget 0", 10**15 + 1), "$.funds[0].budget[0]", "at most"),
    ("a budget too short", put("funds 0 budget", [1]), "$.funds[0].budget", "one for each of 2"),
    ("a pool too long", put("pools 0 value", [1] * 3), "$.pools[0].value", "one for each of 2"),
    ("NaN", put("pools 0 value 0", float("nan")), "$.pools[0].value[0]", "whole number"),
    ("infinite demand", put(f"{OPTION} demand digital 0", float("inf")),
     "$.initiatives[0].options[0].demand.digital[0]", "finite"),
    ("a commitment too few", put("funds 0 committed", [1]), "$.funds[0].committed",
     "has 1 figures"),
    ("a negative commitment", put("funds 0 committed", [0, -1]), "$.funds[0].committed[1]",
     "negative"),
    ("more committed than there is", put("funds 0 committed", [0, 10**9]), "$.funds[0].committed",
     "more than there is in 2027-Q2"),
    ("a carry-over above 1", put("funds 0 carry_over", 1.1), "$.funds[0].carry_over", "at most 1"),
    ("quarters with a gap", put("quarters 1", "2027-Q3"), "$.quarters[1]", "2027-Q2 belongs"),
    ("a quarter twice", put("quarters 1", "2027-Q1"), "$.quarters", "twice"),
    ("no quarter", put("quarters 0", "spring"), "$.quarters[0]", "such as 2027-Q1"),
    ("two funds of one key", lambda d: d["funds"].append(d["funds"][0]), "$.funds[1].key", "taken"),
    ("two initiatives of one key", put("initiatives 1 key", "CX-3"),
     "$.initiatives[2].key", "taken"),
    ("two options of one key", put("initiatives 0 options 1 key", "lean"),
     "$.initiatives[0].options[1].key", "taken"),
    ("two rules of one key", put("rules 1 key", "R1"), "$.rules[1].key", "taken"),
    ("a key with a line break", put("initiatives 1 key", "CX-2\n"),
     "$.initiatives[1].key", "line breaks"),
    ("a quarter with a line break", put("quarters 1", "2027-Q2\n"), "$.quarters[1]", "at most 7"),
    ("a blank key", put("initiatives 1 key", " "), "$.initiatives[1].key", "blank"),
    ("an initiative without option", put("initiatives 1 options", []),
     "$.initiatives[1].options", "at least 1"),
    ("an unknown fund", put(f"{OPTION} spend", {"opex": [1]}),
     "$.initiatives[0].options[0].spend.opex", "no fund"),
    ("an unknown team", put(f"{OPTION} demand", {"lab": [1]}),
     "$.initiatives[0].options[0].demand.lab", "no capacity"),
    ("an unknown pool", put(f"{OPTION} effects 0 pool", "x"),
     "$.initiatives[0].options[0].effects[0].pool", "no pool"),
    ("a pool twice", lambda d: d["initiatives"][0]["options"][0]["effects"].append(
        {"pool": "claims/serve", "intensity": [1]}),
     "$.initiatives[0].options[0].effects[1].pool", "add the intensities up"),
    ("a start outside", put(f"{OPTION} start 0", "2030-Q1"),
     "$.initiatives[0].options[0].start[0]", "outside"),
    ("too few values", put(f"{OPTION} value", [1]),
     "$.initiatives[0].options[0].value", "each of 2 starts"),
    ("an option that cannot start", put("initiatives 0 options 1 spend money", [1, 1, 1]),
     "$.initiatives[0].options[1]", "cannot start"),
    ("an unknown rule", put("rules 0 type", "maybe"), "$.rules[0].type", "must be requires"),
    ("a rule that says too little", lambda d: d["rules"][0].pop("needs"), "$.rules[0]", "“needs”"),
    ("a rule about nothing", put("rules 0 needs", "CX-9"), "$.rules[0].needs", "no initiative"),
    ("a need of itself", put("rules 0 needs", "CX-1"), "$.rules[0].needs", "itself"),
    ("a list with a stranger", put("rules 1 initiatives 0", "CX-9"),
     "$.rules[1].initiatives", "CX-9"),
    ("together alone", put("rules 1 initiatives", ["CX-1"]),
     "$.rules[1].initiatives", "at least 2"),
    ("a list with a repeat", put("rules 2 initiatives", ["CX-1", "CX-1"]),
     "$.rules[2].initiatives", "twice"),
    ("a list and a tag", put("rules 2 tag", "lens"), "$.rules[2]", "either"),
    ("a tag nobody has", put("rules 3 equals", "magic"), "$.rules[3].equals", "no initiative has"),
    ("more than there are", put("rules 3 count", 5), "$.rules[3].count", "5 of 2"),
    ("a fix of nothing", lambda d: [d["rules"][6].pop(k) for k in ("option", "start")],
     "$.rules[6]", "“option” or “start”"),
    ("a fix of an unknown option", put("rules 6 option", "x"), "$.rules[6].option", "no option"),
    ("a fix outside", put("rules 6 start", "2031-Q1"), "$.rules[6].start", "outside"),
    ("a share with both ends", put("rules 7 at_least", 0.1), "$.rules[7]", "exactly one"),
    ("a share of something else", put("rules 7 of", "profit"), "$.rules[7].of", "budget or spend"),
    ("a negative synergy", put("rules 8 value", -1), "$.rules[8].value", "negative"),
    ("an incumbent nobody knows", put("incumbent", {"X": {"option": "o", "start": "2027-Q1"}}),
     "$.incumbent.X", "no initiative"),
    ("an incumbent outside", put("incumbent CX-1 start", "2020-Q1"),
     "$.incumbent['CX-1'].start", "outside"),
    ("an objective that does not work", put("objective name", "prudent"),
     "$.objective.name", "expected"),
]  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "path", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
    )
    def test_says_where_and_what_to_do(
        self, change: Callable[[Document], Any], path: str, words: str
    ) -> None:
        document = deepcopy(full())
        change(document)
        with pytest.raises(ProblemError) as refused:
            parse_problem(document)
        found = " ".join(f.message for f in refused.value.faults if f.path == path)
        assert words in found, refused.value.faults

    def test_names_every_fault_at_once(self) -> None:
        document = full()
        document["funds"][0]["budget"] = [-1, 2.5]
        with pytest.raises(ProblemError) as refused:
            parse_problem(document)
        assert len(refused.value.faults) == 2
        assert "2 faults" in refused.value.message

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ('{"a": {"b": 1, "b": 2}}', "$.a.b"),
            ("[1, 2", "line 1"),
            (b"\xff\xfe", "UTF-8"),
            ("9" * 5000, "too many digits"),
            ("[" * 100_000, "nested too deeply"),
            ("NaN", "must be an object"),
            ("", "is not JSON"),
        ],
    )
    def test_refuses_what_is_no_clean_json(self, content: bytes | str, words: str) -> None:
        with pytest.raises(ProblemError, match=words.replace("$", r"\$").replace(".", r"\.")):
            parse_problem(content)

    def test_refuses_a_giant_file_before_parsing_it(self) -> None:
        with pytest.raises(ProblemError, match=r"at most 0\.0 MB"):
            read_tree("[" * 2000, limits=Limits(bytes=1000))


class TestContradictions:
    @pytest.mark.parametrize(
        ("rules", "words"),
        [
            ([{"type": "fund", "initiative": "A"}, {"type": "exclude", "initiative": "A"}], "drop"),
            (
                [
                    {"type": "fix", "initiative": "A", "start": "2027-Q1"},
                    {"type": "fix", "initiative": "A", "start": "2027-Q2"},
                ],
                "exclude each other",
            ),
            (
                [
                    {"type": "requires", "initiative": "A", "needs": "B"},
                    {"type": "requires", "initiative": "B", "needs": "C"},
                    {"type": "requires", "initiative": "C", "needs": "A"},
                ],
                "circle",
            ),
            (
                [
                    {"type": "requires", "initiative": "A", "needs": "B"},
                    {"type": "fund", "initiative": "A"},
                    {"type": "exclude", "initiative": "B"},
                ],
                "needs B",
            ),
            (
                [
                    {"type": "together", "initiatives": ["A", "B"]},
                    {"type": "fund", "initiative": "A"},
                    {"type": "exclude", "initiative": "B"},
                ],
                "together",
            ),
            (
                [
                    {"type": "at_most", "count": 1, "initiatives": ["A", "B"]},
                    {"type": "fund", "initiative": "A"},
                    {"type": "fix", "initiative": "B", "option": "o"},
                ],
                "raise the count",
            ),
            (
                [
                    {"type": "at_least", "count": 2, "initiatives": ["A", "B"]},
                    {"type": "exclude", "initiative": "B"},
                ],
                "lower the count",
            ),
        ],
    )
    def test_rules_that_never_hold_together_are_refused(
        self, rules: list[Document], words: str
    ) -> None:
        document = problem_file(*(initiative(key) for key in "ABC"), rules=rules)
        with pytest.raises(ProblemError, match=words):
            parse_problem(document)


class TestSchema:
    def test_is_a_valid_schema_of_its_draft(self) -> None:
        Draft202012Validator.check_schema(SCHEMA)

    def test_accepts_what_the_engine_accepts(self) -> None:
        Draft202012Validator(SCHEMA).validate(full())


class TestDocumentation:
    def test_the_example_of_the_format_page_can_be_solved(self) -> None:
        page = (Path(__file__).parents[4] / "docs" / "problem-format.md").read_text()
        example = page.split("```json\n")[1].split("```")[0]
        problem = parse_problem(example)
        assert [initiative.key for initiative in problem.initiatives] == ["CX-104", "CX-110"]

    def test_every_field_of_the_schema_is_described(self) -> None:
        page = (Path(__file__).parents[4] / "docs" / "problem-format.md").read_text()
        names = {name for part in SCHEMA["$defs"].values() for name in part.get("properties", {})}
        assert [
            name for name in sorted(names | set(SCHEMA["properties"])) if name not in page
        ] == []


class TestParseKnown:
    def test_reads_what_was_parsed_before_as_the_same_problem(self) -> None:
        content = canonical_json(problem_document(parse_problem(full())))
        assert parse_known(content) == parse_problem(content)

    def test_still_refuses_references_to_nothing(self) -> None:
        document = full() | {"pools": []}
        with pytest.raises(ProblemError):
            parse_known(canonical_json(document))
