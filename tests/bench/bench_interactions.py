"""Taking generated logs in and counting them, beside DuckDB doing the like by itself.

``python -m tests.bench interactions --rows 1,10,30`` takes millions of contacts; ``--rounds 1``
measures each once, where three rounds of thirty millions take too long.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.logs import Spent, copy, count, generate, hashed, query, read_in
from tests.bench.rows import Row

MILLION = 1_000_000
DEFAULT = "1"


def rows(arguments: list[str] | None = None) -> Iterator[Row]:
    """Import and count of each size, medians of alternating rounds."""
    parser = ArgumentParser(prog="python -m tests.bench interactions")
    parser.add_argument("--rows", default=DEFAULT, help="millions, with commas between")
    parser.add_argument(
        "--rounds", type=int, help="instead of five for one million, three for more"
    )
    asked = parser.parse_args(arguments or [])
    for size in (float(one) for one in asked.rows.split(",")):
        rounds = asked.rounds or (5 if size <= 1 else 3)
        with TemporaryDirectory(prefix="waymark-bench-") as name:
            yield from _size(Path(name), int(size * MILLION), rounds=rounds)


def _size(folder: Path, number: int, *, rounds: int) -> Iterator[Row]:
    source = generate(number, folder / "contacts.csv")
    log = folder / "log"

    def ours() -> Spent:
        rmtree(log, ignore_errors=True)
        return read_in(source, log)

    def theirs() -> Spent:
        return copy(source, folder / "copy.parquet")

    words = f"{number / MILLION:g} million contacts"
    yield _compared(f"import {words}", number, ours, theirs, rounds, "≤ 1.5 ×, ≤ 2 GB")
    yield _compared(
        f"DuckDB copying and hashing {words}", number,
        lambda: hashed(source, folder / "hashed.parquet"), theirs, rounds, "the hash alone",
    )  # fmt: skip
    yield _compared(
        f"count {words}", number, lambda: count(log), lambda: query(log / "log.parquet"),
        rounds, "≤ 1.3 ×, ≤ 2 GB",
    )  # fmt: skip


def _compared(
    name: str,
    number: int,
    ours: Callable[[], Spent],
    theirs: Callable[[], Spent],
    rounds: int,
    target: str,
) -> Row:
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    mine = median(one.seconds for one, _ in pairs)
    ratio = median(one.seconds / other.seconds for one, other in pairs)
    cpu = median(one.cpu_seconds / other.cpu_seconds for one, other in pairs)
    peak = max(one.peak_mb for one, _ in pairs)
    figure = (
        f"{mine:.1f} s, {number / mine:,.0f} rows/s, {peak:.0f} MB, {ratio:.2f} × DuckDB"
        f" ({cpu:.2f} × CPU)"
    )
    return Row(name, figure, target)
