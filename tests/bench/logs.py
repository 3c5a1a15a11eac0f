"""Generated logs of interactions, and single pieces of work on them, each in a process of its own.

``python -m tests.bench.logs copy|hash|query|generate …`` is what DuckDB alone does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import duckdb

from app.interactions.engine.mapping import Mapping
from app.interactions.engine.requests import CountRequest, Envelope, Limits, ReadRequest

ROOT = Path(__file__).parents[2]
MEMORY_MB = 1024
MAPPING = Mapping.model_validate(
    {
        "name": "generated",
        "title": "Generated",
        "source": "made up",
        "licence": "ours",
        "when": {"column": "moment"},
        "id": "id",
        "customer": "customer",
        "journey": {"fixed": "claims"},
        "segment": {"column": "segment"},
        "stage": {"column": "stage"},
        "channel": {"column": "channel"},
        "reason": {"column": "reason"},
        "expected": {"column": "expected"},
        "outcome": {"column": "outcome"},
        "met": {"column": "met", "met": ["yes"], "unmet": ["no"]},
        "cost": {"column": "cost"},
        "minutes": {"column": "minutes"},
        "score": {"column": "score"},
        "lost": {"column": "outcome", "words": ["Left"]},
        "escalated": {"column": "outcome", "words": ["Escalated"]},
    }
)
_GENERATED = """
COPY (
    SELECT
        i AS id,
        strftime(TIMESTAMP '2025-01-01' + to_seconds((i * 37) % 31000000), '%Y-%m-%d %H:%M:%S')
            AS moment,
        'K' || (hash(i) % {customers})::VARCHAR AS customer,
        ['Families', 'Young drivers', 'Over 60'][(hash(i + 9) % 3 + 1)::INT] AS segment,
        ['action', 'use'][(hash(i + 10) % 2 + 1)::INT] AS stage,
        ['contact_centre', 'web', 'app', 'branch', 'letter'][(hash(i + 1) % 5 + 1)::INT] AS channel,
        ['Where is my claim?', 'Change address', 'Report damage', 'Bill is not clear', 'Cancel'
            ][(hash(i + 2) % 5 + 1)::INT] AS reason,
        ['An answer at once', 'Money within five days'][(hash(i + 3) % 2 + 1)::INT] AS expected,
        ['Settled', 'Passed on', 'Left', 'Escalated'][(hash(i + 8) % 4 + 1)::INT] AS outcome,
        ['yes', 'no', ''][(hash(i + 4) % 3 + 1)::INT] AS met,
        ((hash(i + 5) % 2000) / 100.0)::DECIMAL(9, 2) AS cost,
        hash(i + 6) % 40 AS minutes,
        hash(i + 7) % 11 AS score
    FROM range({rows}) AS t(i)
) TO '{target}' (HEADER)
"""
_HASHED = """
COPY (
    SELECT * REPLACE (('0x' || left(sha256('{secret}' || customer), 15))::BIGINT AS customer)
    FROM read_csv('{source}')
) TO '{target}' (FORMAT parquet)
"""
_QUERY = """
SELECT
    date_trunc('month', occurred_on) AS month, journey, stage, channel,
    coalesce(reason, '') AS why, coalesce(segment, '') AS whose, coalesce(expected, '') AS wanted,
    is_prospect, sum(contacts), sum(judged), sum(unmet),
    sum(CASE WHEN cost_minor IS NOT NULL THEN contacts ELSE 0 END),
    sum(coalesce(cost_minor, 0) * contacts),
    sum(CASE WHEN minutes IS NOT NULL THEN contacts ELSE 0 END),
    sum((coalesce(minutes, 0) * 1000)::BIGINT * contacts),
    sum(CASE WHEN score IS NOT NULL THEN contacts ELSE 0 END),
    sum((coalesce(score, 0) * 1000000)::BIGINT * contacts),
    sum(CASE WHEN customer IS NOT NULL THEN contacts ELSE 0 END),
    sum(CASE WHEN customer IS NOT NULL AND occurred_at <= since + INTERVAL 30 DAY
        THEN contacts ELSE 0 END),
    sum(CASE WHEN is_escalated THEN contacts ELSE 0 END),
    sum(CASE WHEN is_lost THEN contacts ELSE 0 END)
FROM (
    SELECT *, max(occurred_at) OVER (
        PARTITION BY customer, reason ORDER BY occurred_at
        RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 SECOND PRECEDING
    ) AS since
    FROM '{log}'
)
GROUP BY ALL
"""
_MOMENTS = """
WITH spells AS (
    SELECT customer, journey, coalesce(reason, '') AS reason, occurred_on AS day,
        bool_or(unmet > 0) AS bad, bool_or(judged > 0) AND NOT bool_or(unmet > 0) AS good,
        bool_or(is_escalated) AS escalated, bool_or(is_lost) AS lost
    FROM '{log}' WHERE customer IS NOT NULL AND contacts > 0 GROUP BY ALL
), around AS (
    SELECT *, lead(day) OVER (PARTITION BY customer, journey, reason ORDER BY day) AS same,
        count(*) FILTER (bad) OVER today AS bads,
        max(day) FILTER (bad) OVER before AS last_bad,
        max(day) FILTER (good) OVER before AS last_good,
        min(day) FILTER (bad) OVER after AS next_bad,
        min(day) FILTER (escalated) OVER here AS next_escalated,
        min(day) FILTER (lost) OVER here AS next_lost,
        min(day) OVER after AS next
    FROM spells WINDOW
        today AS (PARTITION BY customer ORDER BY day RANGE BETWEEN CURRENT ROW AND CURRENT ROW),
        before AS (PARTITION BY customer ORDER BY day
            RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY PRECEDING),
        after AS (PARTITION BY customer ORDER BY day
            RANGE BETWEEN INTERVAL 1 DAY FOLLOWING AND UNBOUNDED FOLLOWING),
        here AS (PARTITION BY customer ORDER BY day
            RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
)
SELECT date_trunc('month', day) AS month, journey, reason, good, count(*),
    count(*) FILTER (same <= day + 90), count(*) FILTER (next_escalated <= day + 90),
    count(*) FILTER (coalesce(next > day + 90, true) AND coalesce(next_lost > day + 90, true)),
    count(*) FILTER (next_lost <= day + 90),
    count(*) FILTER (next_lost <= day + 90 AND bad AND bads = 1
        AND coalesce(next_bad > day + 90, true))
FROM around
WHERE day + 90 <= (SELECT max(occurred_on) FROM '{log}') AND coalesce(last_bad < day - 90, true)
    AND (bad OR good AND bads = 0 AND coalesce(last_good < day - 90, true)
        AND coalesce(next_bad > day + 90, true))
GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def generate(rows: int, target: Path) -> Path:
    """Write a CSV of so many contacts."""
    _duck(["generate", str(rows), str(target)])
    return target


def read_in(source: Path, folder: Path) -> Spent:
    """Our import, as the engine's process does it."""
    folder.mkdir()
    return _engine(
        ReadRequest(
            file=str(source), name=source.name, folder=str(folder), mapping=MAPPING, digits=2,
            secret="0123456789abcdef" * 2, now=datetime(2027, 1, 1, tzinfo=UTC), limits=_limits(),
        )
    )  # fmt: skip


def count(folder: Path) -> Spent:
    """Our count of a log."""
    return _engine(CountRequest(folder=str(folder), limits=_limits()))


def copy(source: Path, target: Path) -> Spent:
    """DuckDB copying the CSV to Parquet directly."""
    return _duck(["copy", str(source), str(target)])


def hashed(source: Path, target: Path) -> Spent:
    """The same with the customer's key as a keyed hash: the least that keeping no key takes."""
    return _duck(["hash", str(source), str(target)])


def query(log: Path) -> Spent:
    """Counts and moments written by hand, in DuckDB itself."""
    return _duck(["query", str(log)])


def _limits() -> Limits:
    return Limits(memory_mb=MEMORY_MB, threads=os.cpu_count() or 1)


def _engine(request: ReadRequest | CountRequest) -> Spent:
    asked = Envelope(request=request).model_dump_json().encode() + b"\n"
    return _timed([sys.executable, "-m", "app.interactions.engine"], asked)


def _duck(arguments: list[str]) -> Spent:
    return _timed([sys.executable, "-m", "tests.bench.logs", *arguments], b"")


def _timed(command: list[str], asked: bytes) -> Spent:
    began = monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(asked)
    process.stdin.flush()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdin.close()
    if process.returncode:
        raise RuntimeError(f"{command[-3:]} ended with {process.returncode}")
    return Spent(
        seconds=monotonic() - began,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
    )


def main(arguments: list[str]) -> None:
    """What DuckDB alone does."""
    engine = duckdb.connect(config={"memory_limit": f"{MEMORY_MB}MB"})
    match arguments:
        case ["generate", rows, target]:
            many = max(int(rows) // 5, 1)
            engine.sql(_GENERATED.format(rows=rows, customers=many, target=target))
        case ["copy", source, target]:
            engine.sql(f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet)")
        case ["hash", source, target]:
            engine.sql(_HASHED.format(source=source, target=target, secret="0123456789abcdef" * 2))
        case ["query", log]:
            engine.sql(_QUERY.format(log=log)).fetchall()
            engine.sql(_MOMENTS.format(log=log)).fetchall()


if __name__ == "__main__":
    main(sys.argv[1:])
