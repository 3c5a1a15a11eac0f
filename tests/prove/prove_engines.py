"""One Ibis expression on DuckDB, PostgreSQL and Spark: the same figures from the same contacts.

Spark runs in local mode. ``make prove`` puts it into ``.venvs/spark``, apart from all else; it
needs Java 17.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from app.interactions.engine.counting import count_log
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.reading import read_log
from app.interactions.engine.requests import CountReport, CountRequest, ReadRequest
from app.interactions.engine.shipped import shipped
from app.interactions.engine.warehouse import count_warehouse
from tests.prove.gate import Gate, Size
from tests.support.postgres import PostgresServer, find_programs

ROOT = Path(__file__).parents[2]
SPARK = ROOT / ".venvs" / "spark"
BOSTON = ROOT / "tests" / "data" / "boston_311_extract.csv"
NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)
CONTACTS = 20_000
TABLE = "contacts"
AWKWARD = (
    "2024-01-01 00:00", "2024-02-29 12:00", "2025-10-26 02:30", "2025-12-31 23:30",
    "2026-02-28 23:59", "2026-03-29 02:30",
)  # fmt: skip
"""When clocks are changed, and where days, months and years end."""
KINDS = {
    "text": ("text", "string"),
    "moment": ("timestamp", "timestamp_ntz"),
    "number": ("numeric(18, 6)", "decimal(18,6)"),
}
"""What a column holds → its type in PostgreSQL and in Spark."""
OWN = {
    "name": "awkward",
    "title": "Awkward",
    "source": "made up",
    "licence": "ours",
    "zone": "Europe/Berlin",
    "missing": ["n/a"],
    "when": {"column": "opened"},
    "customer": "customer",
    "prospect": {"column": "relation", "words": ["Prospect"]},
    "segment": {"column": "segment"},
    "journey": {"fixed": "claims"},
    "stage": {"fixed": "use"},
    "channel": {"column": "channel"},
    "reason": {"column": "reason"},
    "expected": {"column": "expected"},
    "outcome": {"column": "outcome"},
    "met": {"column": "met", "met": ["yes"], "unmet": ["no"]},
    "cost": {"column": "cost"},
    "minutes": {"column": "seconds", "unit": "seconds"},
    "score": {"column": "score", "low": 1, "high": 5},
    "lost": {"column": "outcome", "words": ["Left"]},
    "escalated": {"column": "outcome", "words": ["Escalated"]},
}


FIGURES = ("rows", "first_on", "last_on", "lines", "moments")


@dataclass(frozen=True, slots=True)
class Contacts:
    """A table of contacts: its columns with the kind of each, its rows, and how it is read."""

    name: str
    columns: dict[str, str]
    rows: Sequence[tuple[Any, ...]]
    mapping: Mapping


def gates(size: Size) -> Iterator[Gate]:
    """What every other engine says of each table, beside what DuckDB says of it as a file."""
    tables = (_awkward(size.of(CONTACTS)), _boston())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        own = [(one, _by_duckdb(one, folder / one.mapping.name)) for one in tables]
        engines = [_by_postgres] if find_programs() else []
        if reason := _why_no_spark():
            yield Gate("Spark gives DuckDB's figures", f"not tried: {reason}", holds=True)
        else:
            engines.append(_by_spark)
        for ask in engines:
            for contacts, expected in own:
                yield _compared(ask, contacts, expected, folder)


def controls(size: Size) -> Iterator[Gate]:
    """An engine that loses one row."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        contacts = _awkward(size.of(CONTACTS))
        expected = _by_duckdb(replace(contacts, rows=contacts.rows[:-1]), Path(name) / "awkward")
        if find_programs():
            yield _compared(_by_postgres, contacts, expected, Path(name))


def _compared(ask: Any, contacts: Contacts, expected: CountReport, folder: Path) -> Gate:
    began = monotonic()
    report = ask(contacts, folder)
    lines = f"{len(expected.lines):,} lines and {len(expected.moments):,} of moments"
    differ = [name for name in FIGURES if getattr(report, name) != getattr(expected, name)]
    said = f"{lines}, {monotonic() - began:.1f} s"
    engine = {_by_postgres: "PostgreSQL", _by_spark: "Spark"}[ask]
    return Gate(
        f"{engine} gives DuckDB's figures of {contacts.name}",
        f"{said}; other {', '.join(differ)}" if differ else said,
        holds=not differ and bool(expected.lines),
    )


def _awkward(rows: int) -> Contacts:
    """Contacts about when clocks change and months end, with empty, odd and long words."""
    draw = Random(20)
    moments = [datetime.fromisoformat(one) for one in AWKWARD]
    moments += [moments[0] + timedelta(hours=draw.randrange(24_000)) for _ in range(900)]
    reasons = ("Where is my claim?", " Bill ", "", None, "Ärger; “quoted” 'text'", "🙂", "x" * 400,
               "n/a", "bill")  # fmt: skip
    cents = [None, Decimal(0), Decimal("0.01"), Decimal("1234567.89"), Decimal("4.2")]
    found = [
        (
            draw.choice(moments), draw.choice((None, "", *(f"K{draw.randrange(900)}",) * 18)),
            draw.choice(("prospect ", "customer", None)), draw.choice(("Families", "Über 60", "")),
            draw.choice(("web", "Contact_Centre", " letter", None)), draw.choice(reasons),
            draw.choice(("An answer", None)),
            draw.choice(("Settled", "LEFT", "Escalated", None, *("Passed on",) * 16)),
            draw.choice(("yes", "No ", "", None, "perhaps")), draw.choice(cents),
            draw.choice((None, Decimal("0.000001"), Decimal(59), Decimal("3600.5"))),
            draw.choice((None, *map(Decimal, ("1", "2.5", "3.333333", "5")))),
        )
        for _ in range(rows)
    ]  # fmt: skip
    names = ("opened", "customer", "relation", "segment", "channel", "reason", "expected",
             "outcome", "met", "cost", "seconds", "score")  # fmt: skip
    kinds = ("moment", *("text",) * 8, *("number",) * 3)
    columns = dict(zip(names, kinds, strict=True))
    return Contacts(f"{rows:,} awkward contacts", columns, found, Mapping.model_validate(OWN))


def _boston() -> Contacts:
    mapping = shipped("boston-311").model_copy(
        update={"journey": Mapping.model_validate(OWN).journey}
    )
    with BOSTON.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    wanted = list(mapping.columns())
    moments = ("open_dt", "target_dt")
    columns = {name: "moment" if name in moments else "text" for name in wanted}
    rows = [
        tuple(
            (datetime.fromisoformat(line[name]) if line[name] else None)
            if name in moments
            else line[name]
            for name in wanted
        )
        for line in lines
    ]
    return Contacts(f"{len(rows):,} requests to Boston", columns, rows, mapping)


def _by_duckdb(contacts: Contacts, folder: Path) -> CountReport:
    """As an import reads the table from a file and counts it."""
    folder.mkdir()
    path = folder / "contacts.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(contacts.columns)
        writer.writerows(contacts.rows)
    report = read_log(
        ReadRequest(
            file=str(path), name=path.name, folder=str(folder / "log"), mapping=contacts.mapping,
            digits=2, secret="0123456789abcdef" * 2, personal_data="keep", now=NOW,
        )
    )  # fmt: skip
    if report.errors:
        raise RuntimeError(f"{contacts.name}: {report.issues[0]}")
    return count_log(CountRequest(folder=str(folder / "log")))


def _asked(address: str, contacts: Contacts) -> CountReport:
    return count_warehouse(
        CountRequest(
            address=address, table=TABLE, mapping=contacts.mapping, now=NOW, personal_data="keep"
        )
    )


def _by_postgres(contacts: Contacts, _folder: Path) -> CountReport:
    programs = find_programs()
    assert programs is not None
    server = PostgresServer(programs)
    try:
        server.create("prove_engines")
        typed = ", ".join(f'"{name}" {KINDS[kind][0]}' for name, kind in contacts.columns.items())
        with server.connect("prove_engines") as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {TABLE} ({typed})")
            with cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
                for row in contacts.rows:
                    copy.write_row(row)
        return _asked(server.url("prove_engines").replace("+psycopg", ""), contacts)
    finally:
        server.stop()


def _why_no_spark() -> str:
    """Why Spark can't be tried here, in words; empty when it can."""
    if SPARK.is_dir() and str(SPARK) not in sys.path:
        sys.path.append(str(SPARK))
    if find_spec("pyspark") is None:
        return "it is not installed, which make prove does"
    return "" if shutil.which("java") else "there is no Java here"


def _by_spark(contacts: Contacts, folder: Path) -> CountReport:
    sessions = import_module("pyspark.sql").SparkSession
    session = (
        sessions.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        # Code for one stage of so many sums outgrows what Java takes, which it says at length.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    typed = ", ".join(f"`{name}` {KINDS[kind][1]}" for name, kind in contacts.columns.items())
    session.createDataFrame(contacts.rows, typed).createOrReplaceTempView(TABLE)
    return _asked("pyspark://", contacts)  # the session that is there
