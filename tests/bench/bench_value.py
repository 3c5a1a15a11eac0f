"""Figures of the value model: 1,000 initiatives at once, and draws for one and for a portfolio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from statistics import median
from time import process_time

from app.initiatives.rules import (
    EffectClaim,
    EvidenceGrade,
    Horizon,
    OptionClaim,
    PoolSpread,
    Spread,
    UncertainOption,
    cost_spread,
    option_outlook,
    quick_standalone,
)
from app.initiatives.rules.value import intensities
from app.journeys.rules import Lever, discounted_pool_minor
from app.portfolio.engine import Plan, Problem, parse_problem
from app.portfolio.engine.answers import Ranges, outlook
from app.portfolio.engine.answers.ranges import OptionRanges, RangedEffect
from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import settle
from app.portfolio.engine.plan import PlanStatus
from app.portfolio.engine.reporting import Verdict, plan_from
from tests.bench.engine_instances import quarter_names
from tests.bench.rows import Row

INITIATIVES, POOLS, QUARTERS, DRAWN = 1_000, 40, 12, 200
HORIZON = Horizon(QUARTERS, Decimal("0.09"))
ROUNDS = 7


def rows() -> Iterator[Row]:
    """Medians of processor seconds."""
    random = Random(2027)
    claims = [_claim(random) for _ in range(INITIATIVES)]
    annual = {pool: random.randrange(10**8, 10**9) for pool in range(POOLS)}
    whole = f"{INITIATIVES:,} × {QUARTERS} × {POOLS}"
    seconds = _seconds(lambda: _standalone(claims, _discounted(annual)))
    yield Row(f"pools discounted and standalone values, {whole}", f"{seconds:.3f} s", "≤ 0.2 s")
    problem = _problem(claims, _discounted(annual))
    chosen = problem.placements
    seconds = _seconds(lambda: Account(problem, chosen).value)
    yield Row(f"value with overlap, 40 digits, {whole}", f"{seconds:.3f} s", "≤ 0.2 s")
    seconds = _seconds(lambda: settle(Account(problem, chosen)))
    yield Row(f"the three values of each, 40 digits, {whole}", f"{seconds:.3f} s")
    pools = tuple(_pool(pool, random) for pool in range(POOLS))
    options = [_option(place, claims[place], random) for place in range(DRAWN)]
    seeds = iter(range(1_000))
    seconds = _seconds(lambda: option_outlook(options[0], pools, HORIZON, seed=next(seeds)))
    yield Row("10,000 draws and swings of one initiative", f"{seconds:.3f} s", "≤ 1 s")
    drawn = _problem(claims[:DRAWN], _discounted(annual))
    plan = _funded(drawn)
    ranges = _ranges(options, pools)
    seconds = _seconds(lambda: outlook(drawn, plan, ranges, seed=next(seeds)), rounds=3)
    yield Row(f"10,000 draws and swings of a plan of {DRAWN}", f"{seconds:.2f} s", "≤ 10 s")


def _seconds(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return median(taken)


def _claim(random: Random) -> OptionClaim:
    effects = tuple(
        EffectClaim(pool, Decimal(random.randrange(20, 300)) / 1000, random.choice(GRADES))
        for pool in random.sample(range(POOLS), 2)
    )
    return OptionClaim(
        start=random.randrange(4), go_live=random.randrange(3), ramp=random.randrange(1, 5),
        half_life=random.choice([None, 8, 12]), effects=effects,
    )  # fmt: skip


GRADES = tuple(EvidenceGrade)


def _discounted(annual: dict[int, int]) -> dict[int, tuple[int, ...]]:
    return {
        pool: discounted_pool_minor(
            Lever.RETAIN if pool % 3 == 0 else Lever.SERVE, minor, churn=Decimal("0.15"),
            quarters=QUARTERS, discount_rate=HORIZON.rate,
        )
        for pool, minor in annual.items()
    }  # fmt: skip


def _standalone(claims: list[OptionClaim], pools: dict[int, tuple[int, ...]]) -> int:
    return sum(quick_standalone(claim, pools, HORIZON) for claim in claims)


def _problem(claims: list[OptionClaim], pools: dict[int, tuple[int, ...]]) -> Problem:
    names = quarter_names(QUARTERS)
    return parse_problem(
        {
            "format": "waymark/problem", "version": 1, "currency": "EUR", "quarters": names,
            "funds": [],
            "pools": [{"key": f"p{pool}", "value": list(value)} for pool, value in pools.items()],
            "initiatives": [
                {
                    "key": _key(place),
                    "options": [
                        {
                            "key": "full", "start": [names[claim.start]],
                            "effects": [
                                {
                                    "pool": f"p{effect.pool}",
                                    "intensity": [
                                        float(a)
                                        for a in intensities(claim, effect.pool, QUARTERS)
                                    ],
                                }
                                for effect in claim.effects
                            ],
                        }
                    ],
                }
                for place, claim in enumerate(claims)
            ],
            "rules": [],
        }
    )  # fmt: skip


def _funded(problem: Problem) -> Plan:
    """The plan that funds everything there is."""
    verdict = Verdict(
        status=PlanStatus.OPTIMAL, bound=None, approximation=0, ties_settled=True, conflict=(),
        solver="", seconds=0.0, message="",
    )  # fmt: skip
    return plan_from(problem, Account(problem, problem.placements), None, verdict)


def _ranges(options: list[UncertainOption], pools: tuple[PoolSpread, ...]) -> Ranges:
    kept = {
        (_key(place), "full"): OptionRanges(
            place,
            tuple(
                RangedEffect(f"p{effect.pool}", spread, effect.grade)
                for effect, spread in zip(one.claim.effects, one.removals, strict=True)
            ),
            one.cost_factor,
        )
        for place, one in enumerate(options)
    }
    return Ranges(HORIZON.rate, {f"p{pool.id}": pool for pool in pools}, kept)


def _key(place: int) -> str:
    return f"CX-{place:04d}"


def _pool(id_: int, random: Random) -> PoolSpread:
    def about(figure: float, *, is_money: bool = False) -> Spread:
        return Spread(figure * 0.85, figure, figure * 1.2, is_money)

    if id_ % 3 == 0:
        inputs = (
            ("N", about(random.randrange(10**4, 10**6))), ("p", about(0.15)), ("s", about(0.25)),
            ("addr", about(0.6)), ("m", about(180, is_money=True)),
        )  # fmt: skip
        return PoolSpread(id_, Lever.RETAIN, "EUR", inputs)
    serve = (
        ("V", about(random.randrange(10**4, 10**6))), ("u", about(6.5, is_money=True)),
        ("alpha", about(0.5)), ("addr", about(0.7)),
    )  # fmt: skip
    return PoolSpread(id_, Lever.SERVE, "EUR", serve)


def _option(place: int, claim: OptionClaim, random: Random) -> UncertainOption:
    spreads = tuple(
        Spread.of(one.removal, one.removal * Decimal("0.6"), one.removal * Decimal("1.3"))
        for one in claim.effects
    )
    cost = random.randrange(10**6, 10**8)
    return UncertainOption(place, claim, spreads, cost, cost_spread(Decimal("0.9"), Decimal("1.3")))
