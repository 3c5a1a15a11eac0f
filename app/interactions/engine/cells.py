"""Cells of a foreign table as typed Ibis expressions, null where they are not what they should be.

A column that comes typed, as from a warehouse, keeps its type; text is parsed, which DuckDB does
for every file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import reduce

import ibis
import ibis.expr.types as ir

from app.interactions.engine.mapping import ISO, OFFSET
from app.interactions.engine.wording import TURNING
from app.interactions.engine.zones import Span, odd_spans, offset_changes

NUMBER = "decimal(18, 6)"
_DIGITS = 12
_MOST = 10**_DIGITS - 1
Bare = Callable[[ir.StringValue], ir.StringValue]
IsLonger = Callable[[ir.StringValue, int], ir.BooleanValue]
IsTurned = Callable[[ir.StringValue], ir.BooleanValue]
_GROUPED = {
    ".": r"^\s*[+-]?\d{1,3}([, ']\d{3})+(\.\d+)?\s*$",
    ",": r"^\s*[+-]?\d{1,3}([. ']\d{3})+(,\d+)?\s*$",
}
_WITHOUT_OFFSET = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
_WITH_OFFSET = _WITHOUT_OFFSET.removesuffix("?") + r"(Z| ?UTC|[+-]\d{2}(:?\d{2})?)$"
_TO_THE_SECOND = len("2027-03-31 09:30:00")
_LAST_YEAR = 2040
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
def _try_strptime(text, pattern): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="sha256", signature=(("string",), "string"))
def _sha256(text): ...  # type: ignore[no-untyped-def]


def bare(cell: ir.StringValue) -> ir.StringValue:
    """The cell without outer spaces; null where it is empty."""
    return cell.strip().nullif("")


def is_longer(cell: ir.StringValue, signs: int) -> ir.BooleanValue:
    """Whether the cell has more signs."""
    return cell.length() > signs


def is_turned(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether the cell holds marks that turn what is read after them."""
    return cell.re_search(TURNING).fill_null(False)


def text(column: ir.Column, missing: Sequence[str] = (), bare: Bare = bare) -> ir.StringValue:
    """The bare cell; null where it is one of the words ``missing``, too."""
    cell = bare(column if column.type().is_string() else column.cast("string"))
    return ibis.ifelse(cell.isin(list(missing)), ibis.null("string"), cell) if missing else cell


def said(column: ir.Column, missing: Sequence[str]) -> ir.Column:
    """The typed column; null where its text is one of the words ``missing``."""
    if not missing:
        return column
    return ibis.ifelse(column.cast("string").isin(list(missing)), ibis.null(column.type()), column)


def number(column: ir.Column, decimal: str) -> ir.DecimalValue:
    """An exact number to six digits after the point, with or without grouped thousands.

    Groups are looked for only where the cell is no number as it stands.
    """
    if column.type().is_numeric():
        return _within(column).cast(NUMBER)
    if not column.type().is_string():
        return ibis.null(NUMBER)
    nothing = ibis.null("string")
    marks, plain = ", '", column
    if decimal == ",":
        marks, plain = ". '", ibis.ifelse(column.contains("."), nothing, column.replace(",", "."))
    bare = reduce(lambda found, mark: found.replace(mark, ""), marks, column).replace(",", ".")
    grouped = ibis.ifelse(column.re_search(_GROUPED[decimal]), bare, nothing)
    return ibis.coalesce(plain.try_cast(NUMBER), grouped.try_cast(NUMBER))


def _within(column: ir.NumericValue) -> ir.NumericValue:
    """The number, or null where it has more digits than NUMBER or is none, as NaN is."""
    kind = column.type()
    if kind.is_decimal():
        may_exceed = kind.precision is None or kind.precision - kind.scale > _DIGITS
    else:
        may_exceed = kind.is_floating() or kind.nbytes > 4
    if not may_exceed:
        return column
    return ibis.ifelse(column.between(-_MOST, _MOST), column, ibis.null(kind))


def moment(
    column: ir.Column, cell: ir.StringValue, pattern: str, zone: str
) -> tuple[ir.TimestampValue, bool]:
    """A moment, and whether it is in UTC; else it is as the clocks of ``zone`` showed it.

    ``cell`` is the column's text; a plain moment is not even trimmed.
    """
    kind = column.type()
    if kind.is_timestamp() or kind.is_date():
        return column.cast("timestamp"), kind.is_timestamp() and kind.timezone is not None
    if pattern == OFFSET:
        with_offset = ibis.ifelse(cell.re_search(_WITH_OFFSET), cell, ibis.null("string"))
        return with_offset.try_cast("timestamp('UTC')").cast("timestamp"), True
    if pattern == ISO:
        text = column if kind.is_string() else cell
        return _without_offset(text, cell, zone).try_cast("timestamp"), False
    return _try_strptime(cell, pattern), False


def _without_offset(column: ir.StringValue, cell: ir.StringValue, zone: str) -> ir.StringValue:
    """The cell, or null where it is no moment, or one with an offset of its own.

    A moment to the second needs no pattern to be told by: where its two colons stand, no offset
    of a text of that length can.
    """
    is_plain = (
        (column.length() == _TO_THE_SECOND)
        & (column.substr(13, 1) == ":")
        & (column.substr(16, 1) == ":")
    )
    pattern = _WITHOUT_OFFSET + ("Z?$" if zone == "UTC" else "$")
    looked_at = ibis.ifelse(cell.re_search(pattern), cell, ibis.null("string"))
    return ibis.ifelse(is_plain, column, looked_at)


def to_utc(local: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """What a clock of the zone showed, in UTC; the same on every engine."""
    first, changes = offset_changes(zone, _LAST_YEAR)
    cases = [(local >= ibis.literal(one.local), one.offset) for one in reversed(changes)]
    return _shifted(local, cases, first, -1)


def is_skipped(local: ir.TimestampValue, zone: str) -> ir.BooleanValue | None:
    """Whether clocks of the zone never showed this; None: they are never changed."""
    return _is_within(local, odd_spans(zone, _LAST_YEAR)[0])


def is_twice(local: ir.TimestampValue, zone: str) -> ir.BooleanValue | None:
    """Whether clocks of the zone showed this twice; None: they are never changed."""
    return _is_within(local, odd_spans(zone, _LAST_YEAR)[1])


def _is_within(local: ir.TimestampValue, spans: Sequence[Span]) -> ir.BooleanValue | None:
    """Whether a moment lies in any of the spans; whole hours are looked up all at once."""
    hour = timedelta(hours=1)
    hours = [first for first, end in spans if end - first == hour and not first.minute]
    terms = [(local >= first) & (local < end) for first, end in spans if first not in hours]
    if hours:
        terms.append(local.truncate("h").isin([ibis.literal(one) for one in hours]))
    return reduce(lambda one, other: one | other, terms).fill_null(False) if terms else None


def to_local(utc: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """A moment in UTC as the clocks of the zone showed it."""
    first, changes = offset_changes(zone, _LAST_YEAR)
    before = [first, *(one.offset for one in changes)]
    cases = [
        (utc >= ibis.literal(one.local - earlier), one.offset)
        for one, earlier in reversed(list(zip(changes, before, strict=False)))
    ]
    return _shifted(utc, cases, first, 1)


def _shifted(moment, cases, first, sign):  # type: ignore[no-untyped-def]
    def moved(offset):  # type: ignore[no-untyped-def]
        seconds = sign * int(offset.total_seconds())
        return moment + ibis.interval(seconds=seconds) if seconds else moment

    if not cases:
        return moved(first)
    return ibis.cases(*((holds, moved(offset)) for holds, offset in cases), else_=moved(first))


def month_end(cell: ir.StringValue, year: int) -> ir.TimestampValue:
    """The last day of the month an English word or its first three letters name."""
    short = cell.lower().left(3)
    cases = [
        (short == name, _last_day(year, position + 1)) for position, name in enumerate(_MONTHS)
    ]
    return ibis.cases(*cases, else_=ibis.null("timestamp"))


def _last_day(year: int, month: int):  # type: ignore[no-untyped-def]
    following = ibis.timestamp(year + month // 12, month % 12 + 1, 1, 0, 0, 0)
    return following - ibis.interval(days=1)


def fiscal_end(
    year: ir.StringValue, quarter: ir.StringValue | None, first_month: int, *, named_by_start: bool
) -> ir.TimestampValue:
    """The last day of a fiscal year or of one of its quarters, 1 to 4."""
    number = year.left(4).try_cast("int32")
    sound = number.between(1970, 2100)
    if quarter is not None:
        part = quarter.right(1).try_cast("int32")
        sound &= part.between(1, 4)
        months = (part * 3).cast("int32")
    else:
        months = ibis.literal(12)
    starts_before = first_month > 1 and not named_by_start
    begins = number - 1 if starts_before else number
    after = begins * 12 + (first_month - 1) + months  # months since year 0 of the day after
    following = ibis.timestamp(
        (after // 12).cast("int32"), (after % 12 + 1).cast("int32"), 1, 0, 0, 0
    )
    return ibis.ifelse(sound, following - ibis.interval(days=1), ibis.null("timestamp"))


def pseudonym(cell: ir.StringValue, secret: str) -> ir.IntegerValue:
    """The first 60 bits of SHA-256 over the secret and the customer's key; nobody reads it back."""
    return ("0x" + _sha256(ibis.literal(secret) + cell).left(15)).cast("int64")


def is_one_of(cell: ir.StringValue, words: Sequence[str]) -> ir.BooleanValue:
    """Whether the cell is one of the words, case aside; false where it is empty."""
    if not words:
        return ibis.literal(False)
    return ibis.ifelse(cell.lower().isin([word.strip().lower() for word in words]), True, False)
