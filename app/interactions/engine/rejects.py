"""Lines of a text file that are no rows of its table, in words."""

from __future__ import annotations

from bisect import bisect_right

from ibis.backends.duckdb import Backend

from app.interactions.engine.duck import MOST_REJECTS, fetch, fetch_one
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import Issue

_WORDS = {
    "TOO MANY COLUMNS": (
        "This row has more cells than the header has columns; look for a separator inside a text"
        " that is not quoted."
    ),
    "MISSING COLUMNS": "This row has fewer cells than the header has columns.",
    "UNQUOTED VALUE": "A quote is opened in this row and not closed as it should be.",
    "LINE SIZE OVER MAXIMUM": "This row is longer than four million signs.",
    "INVALID ENCODING": (
        "This row is not UTF-8 text; save the file as “CSV UTF-8”, or name its encoding in the"
        " mapping."
    ),
    "INVALID STATE": "A quote stands in this row where none can; look for one that is not closed.",
}
_OTHER = "This row cannot be read."


def rejected_lines(engine: Backend) -> dict[int, str]:
    """Line → what is wrong with it, of a text file that was read. Raises FileRefusedError."""
    tables = {row[0] for row in fetch(engine, "SELECT table_name FROM duckdb_tables()")}
    if "reject_errors" not in tables:
        return {}
    _refuse_open_quote(engine)
    total = fetch_one(engine, "SELECT count(DISTINCT line) FROM reject_errors")[0]
    if total > MOST_REJECTS:
        raise FileRefusedError(
            f"More than {MOST_REJECTS:,} lines are no rows of this table; look at its separators"
            " and quotes."
        )
    found = fetch(
        engine,
        "SELECT line, min(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line",
    )
    return {int(line): _WORDS.get(str(kind), _OTHER) for line, kind in found}


def _refuse_open_quote(engine: Backend) -> None:
    """Refuse a file in which one quote swallows the lines after it: they are no rows to leave out.

    Raises FileRefusedError.
    """
    swallowed = fetch(
        engine,
        "SELECT line, len(text) - len(replace(text, chr(10), '')) AS below FROM"
        " (SELECT line, rtrim(csv_line, chr(10) || chr(13)) AS text FROM reject_errors WHERE"
        " error_type::VARCHAR IN ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM'))"
        " WHERE below > 0 ORDER BY line LIMIT 1",
    )
    for line, below in swallowed:
        lines = "the line" if below == 1 else f"the {below:,} lines"
        raise FileRefusedError(
            f"A quote opened in row {line} is not closed, so {lines} after it cannot be read. Close"
            " it and choose the file again."
        )


def real_row(counted: int, lines: list[int]) -> int:
    """The row of the file that is the ``counted``-th of those that could be read.

    ``lines`` are those that could not, in order.
    """
    row = counted
    while (shifted := counted + bisect_right(lines, row)) != row:
        row = shifted
    return row


def reject_issues(lines: dict[int, str]) -> list[Issue]:
    return [
        Issue(row=line, column="", severity="error", message=words) for line, words in lines.items()
    ]
