"""The smallest and largest figures a file may hold are counted to the cent, by other code too."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.portfolio.engine import parse_problem
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import Placement
from tests.factories.problems import Document, initiative, option, problem_file

MOST, MOST_WORK = 10**15, 10**12
DIGITS = 120

money = st.one_of(st.sampled_from([0, 1, MOST - 1, MOST]), st.integers(0, MOST))
signed = st.one_of(money, money.map(lambda minor: -minor))
work = st.one_of(
    st.sampled_from(["0", "1e-30", "1e-9", "0.1", str(MOST_WORK)]).map(Decimal),
    st.decimals(0, MOST_WORK, places=9),
)
intensity = st.one_of(
    st.sampled_from(["0", "1e-30", "1e-9", "-1e-9", "5", "-5"]).map(Decimal),
    st.decimals(-5, 5, places=12),
)
wholes = st.lists(money, min_size=2, max_size=2)


@st.composite
def documents(draw: Any) -> Document:
    """Two quarters; everything starts in the first and is as large or small as allowed."""
    options = [
        option(
            start=["2027-Q1"], value=draw(signed), spend={"money": draw(wholes)},
            demand={"team": draw(st.lists(work, min_size=2, max_size=2))},
            effects=[
                {"pool": "pool", "intensity": draw(st.lists(intensity, min_size=2, max_size=2))}
            ],
        )
        for _ in range(draw(st.integers(1, 5)))
    ]  # fmt: skip
    soft = {
        "type": "spend_on", "initiatives": ["I0"], "at_most": draw(money),
        "price": draw(st.sampled_from(["1e-12", "0.1", "1000000000000"]).map(Decimal)),
    }  # fmt: skip
    return problem_file(
        *(initiative(f"I{place}", one) for place, one in enumerate(options)),
        budget=[MOST, MOST],
        capacities=[
            {"key": "team", "available": [0, 1], "overtime_price": draw(money)},
        ],
        pools=[{"key": "pool", "value": draw(wholes)}],
        rules=[soft],
    )


def counted(document: Document) -> int:
    """The value of funding everything, by fractions and exponentials of many digits."""
    options = [one["options"][0] for one in document["initiatives"]]
    total = Fraction(sum(one["value"] for one in options))
    team, rule = document["capacities"][0], document["rules"][0]
    for quarter in (0, 1):
        asked = sum(Fraction(one["demand"]["team"][quarter]) for one in options)
        total -= team["overtime_price"] * max(Fraction(0), asked - team["available"][quarter])
        summed = sum(Fraction(one["effects"][0]["intensity"][quarter]) for one in options)
        with localcontext() as context:
            context.prec = DIGITS
            removed = 1 - (-Decimal(summed.numerator) / Decimal(summed.denominator)).exp()
        total += document["pools"][0]["value"][quarter] * Fraction(removed)
    miss = max(0, sum(options[0]["spend"]["money"]) - rule["at_most"])
    total -= Fraction(rule["price"]) * miss
    with localcontext() as context:
        context.prec = DIGITS
        exact = Decimal(total.numerator) / Decimal(total.denominator)
        return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_recounted_as_by_hand(document: Document) -> None:
    problem = parse_problem(document)
    count = len(problem.initiatives)
    account = Account(problem, tuple(Placement(place, 0, 0) for place in range(count)))
    assert account.value == counted(document)
    spent = [one["options"][0]["spend"]["money"] for one in document["initiatives"]]
    assert list(account.spend[0]) == [sum(column) for column in zip(*spent, strict=True)]
