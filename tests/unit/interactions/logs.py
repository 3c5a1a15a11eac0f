"""A small log and its mapping, read in the test's own process."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.interactions.engine.mapping import Mapping
from app.interactions.engine.reading import read_log
from app.interactions.engine.requests import ReadReport, ReadRequest

NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)
SECRET = "0123456789abcdef0123456789abcdef"
HEADER = "id,when,who,through,why,wanted,result,ok,cost,length,score"
ROW = "1,2026-05-04 10:00,K1,Phone,Where is my claim?,Today,Solved,yes,4.20,6,8"


def mapping(**changes: Any) -> Mapping:
    """A mapping of every column of HEADER; `changes` replace its parts, None takes one away."""
    parts: dict[str, Any] = {
        "name": "own",
        "title": "Own log",
        "source": "Our contact centre",
        "licence": "ours",
        "when": {"column": "when"},
        "id": "id",
        "customer": "who",
        "journey": {"fixed": "motor-claim"},
        "stage": {"fixed": "use"},
        "channel": {"column": "through", "words": {"Phone": "contact_centre", "Post": "letter"}},
        "reason": {"column": "why"},
        "expected": {"column": "wanted"},
        "outcome": {"column": "result"},
        "met": {"column": "ok", "met": ["yes"], "unmet": ["no"]},
        "cost": {"column": "cost"},
        "minutes": {"column": "length"},
        "score": {"column": "score"},
        "lost": {"column": "result", "words": ["Left"]},
        "escalated": {"column": "result", "words": ["Escalated"]},
    }
    return Mapping.model_validate(
        {name: part for name, part in (parts | changes).items() if part is not None}
    )


def read(folder: Path, content: bytes | str, name: str = "log.csv", **asked: Any) -> ReadReport:
    """Read a file's content as a log into `folder`/log; `asked` are of `ReadRequest`."""
    file = folder / "incoming"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    values: dict[str, Any] = {"mapping": mapping(), "digits": 2, "secret": SECRET, "now": NOW}
    request = ReadRequest(file=str(file), name=name, folder=str(folder / "log"), **values | asked)
    return read_log(request)


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


def row(**cells: str) -> str:
    """ROW with some cells of its own."""
    values = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | cells
    return ",".join(values.values())


def said(report: ReadReport) -> list[tuple[int, str, str]]:
    """Row, column and severity of every issue."""
    return [(issue.row, issue.column, issue.severity) for issue in report.issues]
