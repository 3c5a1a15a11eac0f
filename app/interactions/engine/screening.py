"""What bars rows beside their own cells: ids that stand twice, and personal data in texts."""

from __future__ import annotations

from dataclasses import dataclass

from app.interactions.engine.draft import NAMED, Reading, shown
from app.interactions.engine.duck import fetch, fetch_one, quoted
from app.interactions.engine.known import Known
from app.interactions.engine.log import FREE_TEXTS
from app.interactions.engine.personal import masked, personal_kind
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import real_row
from app.interactions.engine.requests import Issue

MOST_TEXTS = 100_000


SECOND = (
    "SELECT row, id FROM (SELECT row, id, row_number() OVER (PARTITION BY id ORDER BY row) AS n"
    " FROM {scan} WHERE id IS NOT NULL) WHERE n > 1"
)
COPY = "“{}” stands in an earlier row already; an id names one contact."


def copies(reading: Reading) -> list[Issue]:
    """Rows whose id stood in an earlier row already, as far as they are named."""
    name = reading.request.mapping.id
    if name is None or reading.request.mapping.spread or _ids_rise(reading):
        return []
    extra = fetch_one(
        reading.engine, f"SELECT count(id) - count(DISTINCT hash(id)) FROM {reading.scan}"
    )[0]
    if not extra:
        return []
    lines = sorted(reading.lines)
    second = SECOND.format(scan=reading.scan)
    return [
        Issue(
            row=real_row(row, lines), column=name, severity="error",
            message=COPY.format(shown(found)),
        )
        for row, found in fetch(reading.engine, f"{second} ORDER BY row LIMIT {NAMED}")
    ]  # fmt: skip


def _ids_rise(reading: Reading) -> bool:
    """Whether ids are whole numbers that rise from row to row, so that no two are alike.

    Most systems number like this, and seeing it takes a fifth of telling all ids apart.
    """
    falls = fetch_one(
        reading.engine,
        "SELECT count(*) FILTER (NOT coalesce(number > before, false)) FROM ("
        " SELECT number, lag(number) OVER () AS before FROM ("
        f" SELECT try_cast(id AS BIGINT) AS number FROM {reading.scan} WHERE id IS NOT NULL))",
    )[0]
    return bool(falls <= 1)  # the first follows none


def copy_count(reading: Reading, has_copies: bool) -> int:
    if not has_copies:
        return 0
    second = SECOND.format(scan=reading.scan)
    return int(fetch_one(reading.engine, f"SELECT count(*) FROM ({second})")[0])


def personal_texts(reading: Reading) -> dict[str, str]:
    """Texts that seem to hold personal data → what of it; none where the setting keeps them.

    Only different texts are looked at, so that a log of millions of rows costs no more.
    """
    if reading.request.personal_data == "keep":
        return {}
    columns = [name for name in FREE_TEXTS if column_of(reading, name)]
    if not columns:
        return {}
    union = " UNION ".join(f"SELECT {name} AS text FROM {reading.scan}" for name in columns)
    texts = fetch(reading.engine, f"SELECT text FROM ({union}) LIMIT {MOST_TEXTS + 1}")
    if len(texts) > MOST_TEXTS:
        raise FileRefusedError(
            f"{' and '.join(columns)} hold more than {MOST_TEXTS:,} different texts. They are"
            " codes, not letters; choose columns with few different words."
        )
    found = {text: personal_kind(text) for (text,) in texts if text}
    return {text: kind for text, kind in found.items() if kind}


def column_of(reading: Reading, name: str) -> str | None:
    part = getattr(reading.request.mapping, name)
    return part.column if part is not None else None


def told_personal(reading: Reading, texts: dict[str, str]) -> tuple[list[Issue], int]:
    """Which rows hold personal data; the data themselves are not repeated."""
    if not texts:
        return [], 0
    is_mask, what = told_as(reading)
    lines = sorted(reading.lines)
    issues: list[Issue] = []
    total = 0
    for name in FREE_TEXTS:
        column = column_of(reading, name)
        if column is None:
            continue
        rows = fetch(
            reading.engine,
            f"SELECT row, {name}, count(*) OVER () FROM {reading.scan} WHERE {name} IN"
            f" ({listed(texts)}) ORDER BY row LIMIT {NAMED}",
        )
        total += rows[0][2] if rows else 0
        issues += [
            Issue(
                row=real_row(row, lines), column=column,
                severity="note" if is_mask else "error",
                message=f"This seems to hold {texts[text]}; {what}.",
            )
            for row, text, _ in rows
        ]  # fmt: skip
    return issues, total


def told_alike(reading: Reading) -> list[Issue]:
    """Reasons that differ in nothing but capitals, which count as several."""
    column = column_of(reading, "reason")
    if column is None:
        return []
    found = fetch(
        reading.engine,
        f"SELECT list_sort(list(reason)) FROM (SELECT DISTINCT reason FROM {reading.scan}"
        " WHERE reason IS NOT NULL) GROUP BY lower(reason) HAVING count(*) > 1"
        f" ORDER BY lower(reason) LIMIT {NAMED}",
    )
    return [
        Issue(
            row=0, column=column, severity="note",
            message=f"{' and '.join(f'“{shown(word)}”' for word in words)} differ only in capitals"
            " and count as different reasons; write them alike if they are one.",
        )
        for (words,) in found
    ]  # fmt: skip


def told_as(reading: Reading) -> tuple[bool, str]:
    """Whether personal data are masked, and what is said of them."""
    if reading.request.personal_data == "mask":
        return True, "it was masked"
    return False, "leave it out, or set PERSONAL_DATA to mask"


def listed(texts: dict[str, str]) -> str:
    return ", ".join(quoted(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Bars:
    """What bars rows beside their own cells: ids that stand twice, texts, what is known already."""

    has_copies: bool
    texts: dict[str, str]
    known: Known | None


def own_faults(reading: Reading, bars: Bars) -> str:
    """The condition under which a row of the draft can't be taken, whatever stands elsewhere."""
    terms = [reading.is_faulty]
    if bars.has_copies:
        terms.append(f"row IN (SELECT row FROM ({SECOND.format(scan=reading.scan)}))")
    if bars.texts and reading.request.personal_data == "refuse":
        words = listed(bars.texts)
        terms += [f"coalesce({name} IN ({words}), false)" for name in FREE_TEXTS]
    return " OR ".join(terms)


def faults(reading: Reading, bars: Bars) -> str:
    """The condition under which a row of the draft can't be taken."""
    own = own_faults(reading, bars)
    if bars.known is None or reading.request.changed == "replace":
        return own
    return f"{own} OR {bars.known.is_changed}"


def shown_as(reading: Reading, texts: dict[str, str]) -> str:
    """What selects the draft's columns as the log will have them, texts masked where they are."""
    is_mask = reading.request.personal_data == "mask"
    return f"*{masking(reading, texts)}" if is_mask and texts else "*"


def masking(reading: Reading, texts: dict[str, str]) -> str:
    """What selects a draft's columns with these texts masked, after a star."""
    reading.engine.raw_sql("CREATE OR REPLACE TEMP TABLE masks (text VARCHAR, mask VARCHAR)")
    pairs = ", ".join(f"({quoted(one)}, {quoted(masked(one))})" for one in texts)
    reading.engine.raw_sql(f"INSERT INTO masks VALUES {pairs}")
    columns = ", ".join(
        f"coalesce((SELECT mask FROM masks WHERE text = {name}), {name}) AS {name}"
        for name in FREE_TEXTS
    )
    return f" REPLACE ({columns})"
