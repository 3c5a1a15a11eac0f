"""A foreign table as the typed log, by its mapping: one Ibis expression."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from app.interactions.engine import cells
from app.interactions.engine.checks import BLANK, EMPTY, UNASKED, Checks
from app.interactions.engine.log import COLUMNS
from app.interactions.engine.mapping import (
    ISO,
    FiscalPeriod,
    Mapping,
    MetCounts,
    MetInTime,
    MetWords,
    MomentColumn,
    MonthWord,
    Place,
    Spread,
    Text,
    Words,
)
from app.interactions.engine.staging import Staged
from app.interactions.engine.wording import (
    A_DAY,
    NO_RESULT,
    NOT_AS_WRITTEN,
    TURNED,
    has_hours,
    is_turned,
    moment_words,
)

LONGEST_TEXT = 400
MOST_CONTACTS = 5 * 10**9
"""Most contacts of one row; a country's website has a billion visits a year."""
MOST_COST_MINOR = 10**9
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NO_NUMBER = "“{cell}” is not a number."


@dataclass(slots=True)
class Typing:
    """One table, its cells parsed, on its way to the log.

    ``digits``: of the currency. ``now``: what lies after it has not happened yet. ``secret``:
    keys the hash of a customer; None where the key stays where it is, in a warehouse.
    """

    staged: Staged
    mapping: Mapping
    digits: int
    now: datetime
    secret: str | None
    checks: Checks = field(default_factory=Checks)
    _checked: set[str] = field(default_factory=set)

    def cell(self, name: str) -> ir.StringValue:
        return self.staged.text(name)

    def number(self, name: str) -> ir.DecimalValue:
        """A number, refused where the cell holds something else."""
        value = self.staged.number(name)
        if name not in self._checked:
            self._checked.add(name)
            self.checks.refuse(self._is_no(value, name), _NO_NUMBER, name)
        return value

    def _is_no(self, value: ir.Value, name: str) -> ir.BooleanValue:
        """Whether the cell holds something, and not this; only then its text is looked at."""
        return ibis.ifelse(value.isnull(), self.cell(name).notnull(), False)

    def moment(self, part: MomentColumn) -> tuple[ir.TimestampValue, ir.TimestampValue]:
        """UTC and local; refused where the cell holds something else or an absurd year."""
        utc, local = self.staged.moment(part.column, self.mapping.zone)
        is_absurd = ~local.between(_EARLIEST, _LATEST)
        words = NOT_AS_WRITTEN.get(
            part.format, f"“{{cell}}” is not a moment as the mapping says they are: {part.format}."
        )
        self.checks.refuse(
            self._is_no(local, part.column) | is_absurd, words, part.column,
            wording=lambda cell: moment_words(cell, part.format),
        )  # fmt: skip
        if part.column not in self.staged.utc:
            self._note_changes(part, local)
        return utc, local

    def _note_changes(self, part: MomentColumn, local: ir.TimestampValue) -> None:
        """Name moments of no or of two meanings, as clocks were changed; a mere day has one."""
        zone = self.mapping.zone
        if not has_hours(part.format):
            return
        is_mere = self.cell(part.column).length() <= A_DAY if part.format == ISO else None
        for fault, words in (
            (cells.is_skipped(local, zone), f"never was in {zone}, as the clocks went forward over"
             " it; it counts as so much before the change."),
            (cells.is_twice(local, zone), f"was twice in {zone}, as the clocks went back over it;"
             " the first time is taken."),
        ):  # fmt: skip
            if fault is None:
                continue
            if is_mere is not None:
                fault = ibis.ifelse(fault, ~is_mere, False)
            self.checks.note_once(fault, f"“{{cell}}” {words}", part.column)

    def words(self, part: Words | None) -> ir.BooleanValue:
        if part is None:
            return ibis.literal(False)
        return self.staged.is_one_of(part.column, part.words)

    def text(self, part: Text | None) -> ir.StringValue:
        if part is None:
            return ibis.null("string")
        if part.column is None:
            return ibis.literal(part.fixed, "string")
        self.checks.refuse(
            self.staged.is_longer(part.column, LONGEST_TEXT) | self.staged.is_turned(part.column),
            f"This holds more than {LONGEST_TEXT} signs; a reason, expectation or outcome is a few"
            " words, not a letter.",
            part.column,
            wording=lambda found: TURNED if is_turned(found) else None,
        )
        return self.cell(part.column)

    def place(self, part: Place | None) -> ir.StringValue:
        if part is None or part.column is None:
            return ibis.null("string")
        self.checks.refuse(self.staged.is_turned(part.column), TURNED, part.column)
        return self.cell(part.column)

    def refuse_unsolved(self, spread: Spread | None) -> None:
        """Refuse formulas without a result: nobody knows what should stand there."""
        others = {one.contacts for one in self.mapping.spread if one != spread}
        for name in self.mapping.columns():
            fault = None if name in others else self.staged.is_unsolved(name)
            if fault is not None:
                self.checks.refuse(fault, NO_RESULT, name)

    def is_empty(self, name: str) -> ir.BooleanValue:
        """Whether nothing stands in the cell, not even a formula."""
        unsolved = self.staged.is_unsolved(name)
        empty = self.cell(name).isnull()
        return empty if unsolved is None else empty & ~unsolved


def typed_rows(typing: Typing, spread: Spread | None = None) -> ir.Table:
    """Every row of the table as one of the log, with the bits of its faults in ``doubts``.

    Rows that stand for no contact, and those the mapping does not ask for, have BLANK, UNASKED or
    EMPTY instead: they stay, so that the rows of a file stand in its order. ``row`` comes along
    where the table numbers its rows.
    """
    mapping, table = typing.mapping, typing.staged.table
    typing.refuse_unsolved(spread)
    occurred_at, occurred_on = _when(typing)
    contacts = _contacts(typing, spread)
    expected_by = typing.moment(mapping.expected_by)[0] if mapping.expected_by else None
    judged, unmet = _met(typing, contacts, expected_by)
    if isinstance(mapping.met, MetCounts):
        contacts = ibis.greatest(contacts, judged)
    values = {
        "id": typing.cell(mapping.id) if mapping.id else ibis.null("string"),
        "occurred_at": occurred_at,
        "occurred_on": occurred_on.cast("date"),
        "customer": _customer(typing),
        "is_prospect": typing.words(mapping.prospect),
        "segment": typing.text(mapping.segment),
        "journey": typing.place(mapping.journey),
        "stage": _spread_word(spread, "stage", typing.place(mapping.stage)),
        "channel": _spread_word(spread, "channel", typing.place(mapping.channel)),
        "reason": _spread_word(spread, "reason", typing.text(mapping.reason)),
        "expected": typing.text(mapping.expected),
        "expected_by": ibis.null("timestamp") if expected_by is None else expected_by,
        "outcome": typing.text(mapping.outcome),
        "contacts": contacts,
        "judged": judged,
        "unmet": unmet,
        "cost_minor": _cost(typing),
        "minutes": _minutes(typing),
        "score": _score(typing),
        "is_escalated": typing.words(mapping.escalated),
        "is_lost": typing.words(mapping.lost),
    }
    values["doubts"] = typing.checks.doubts
    is_asked = typing.words(mapping.only) if mapping.only else ibis.literal(True)
    rows = typing.staged.ways.settle(
        table.select(
            **{name: value.cast(COLUMNS[name]) if name != "customer" else value
               for name, value in values.items()},
            **{name: table[name] for name in ("row",) if name in table.columns},
            is_asked=is_asked,
            is_blank=typing.staged.is_blank,
        )
    )  # fmt: skip
    return _skipping(rows)


def _skipping(rows: ir.Table) -> ir.Table:
    """The rows with their final doubts; one of faults is named even if it stands for no contact."""
    counts = rows.is_asked & ~rows.is_blank & ((rows.contacts > 0) | (rows.doubts > 0))
    doubts = ibis.cases(
        (counts, rows.doubts),
        (rows.is_blank, ibis.literal(BLANK, "int64")),
        (~rows.is_asked, ibis.literal(UNASKED, "int64")),
        else_=ibis.literal(EMPTY, "int64"),
    )
    return rows.mutate(doubts=doubts).drop("is_asked", "is_blank")


def _spread_word(spread: Spread | None, part: str, otherwise: ir.StringValue) -> ir.StringValue:
    """What a column of contacts stands for by itself, else what its row says."""
    word = getattr(spread, part, None)
    return otherwise if word is None else ibis.literal(word, "string")


def _when(typing: Typing) -> tuple[ir.TimestampValue, ir.TimestampValue]:
    part = typing.mapping.when
    if isinstance(part, MomentColumn):
        column = part.column
        utc, local = typing.moment(part)
    elif isinstance(part, FiscalPeriod):
        column = part.fiscal_year
        quarter = typing.cell(part.fiscal_quarter) if part.fiscal_quarter else None
        local = cells.fiscal_end(
            typing.cell(column), quarter, part.first_month, named_by_start=part.named_by_start
        )
        utc = local
        words = "“{cell}” is not a fiscal year, or its quarter is not 1 to 4."
        typing.checks.refuse(typing.cell(column).notnull() & local.isnull(), words, column)
    else:
        column = part.month
        local = utc = cells.month_end(typing.cell(column), part.year)
        words = "“{cell}” is not a month in English."
        typing.checks.refuse(typing.cell(column).notnull() & local.isnull(), words, column)
    typing.checks.refuse(
        ibis.ifelse(local.isnull(), typing.is_empty(column), False),
        "This says no moment.",
        column,
    )
    if isinstance(part, MonthWord | FiscalPeriod):
        return utc, local
    typing.checks.refuse(
        (utc > ibis.literal(typing.now.replace(tzinfo=None))) & (utc < _LATEST),
        "“{cell}” lies in the future; a contact that was logged has happened.",
        column,
    )
    return utc, local


def _contacts(typing: Typing, spread: Spread | None) -> ir.IntegerValue:
    mapping = typing.mapping
    name = spread.contacts if spread else mapping.contacts
    if name is None:
        return ibis.literal(1, "int64")
    count = typing.number(name)
    typing.checks.refuse(
        (count < 0) | (count != count.floor()),
        "“{cell}” is not a count of contacts; write a whole number of 0 or more.",
        name,
    )
    typing.checks.refuse(
        count > MOST_CONTACTS,
        f"“{{cell}}” is more than one row can stand for, which is {MOST_CONTACTS:,} contacts.",
        name,
    )
    if mapping.invited is not None:
        typing.checks.note(
            count > typing.number(mapping.invited),
            "“{cell}” answered, which is more than were invited; taken as it stands.",
            name,
            mapping.invited,
        )
    return count.fill_null(Decimal(0)).cast("int64")


def _met(
    typing: Typing, contacts: ir.IntegerValue, expected_by: ir.TimestampValue | None
) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    """How many of the row's contacts were judged, and how many of those not met."""
    part = typing.mapping.met
    nothing = ibis.literal(0, "int64")
    if isinstance(part, MetCounts):
        return _counted_met(typing, part)
    if isinstance(part, MetWords):
        is_met = typing.staged.is_one_of(part.column, part.met)
        is_unmet = typing.staged.is_one_of(part.column, part.unmet)
    elif isinstance(part, MetInTime) and expected_by is not None:
        ended = typing.moment(part.ended)[0]
        is_met = (ended <= expected_by).fill_null(False)
        is_unmet = (ended > expected_by).fill_null(False)
    else:
        return nothing, nothing
    return ibis.ifelse(is_met | is_unmet, contacts, 0), ibis.ifelse(is_unmet, contacts, 0)


def _counted_met(typing: Typing, part: MetCounts) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    judged = _sum(typing, part.judged)
    met = _sum(typing, part.met)
    typing.checks.refuse(
        (met > judged) | (met < 0) | (judged < 0),
        "“{cell}” met their expectation, which is more than were judged.",
        *part.met,
        *part.judged,
    )
    if typing.mapping.contacts is not None:
        typing.checks.note(
            judged > typing.number(typing.mapping.contacts),
            "“{cell}” contacts, but more of them are judged; so many count.",
            typing.mapping.contacts,
        )
    is_said = judged.notnull() & met.notnull()
    return (
        ibis.ifelse(is_said, judged, Decimal(0)).round(0).cast("int64"),
        ibis.ifelse(is_said, judged - met, Decimal(0)).round(0).cast("int64"),
    )


def _sum(typing: Typing, names: tuple[str, ...]) -> ir.DecimalValue:
    total = typing.number(names[0])
    for name in names[1:]:  # in more digits, or the sum of absurd ones would end the reading
        total = total.cast("decimal(38, 6)") + typing.number(name)
    return total


def _customer(typing: Typing) -> ir.Value:
    name = typing.mapping.customer
    if name is None:
        return ibis.null("int64")
    cell = typing.cell(name)
    return cell if typing.secret is None else cells.pseudonym(cell, typing.secret)


def _cost(typing: Typing) -> ir.IntegerValue:
    part = typing.mapping.cost
    if part is None or part.column is None:
        return ibis.null("int64")
    factor = part.scale * 10**typing.digits
    value = typing.number(part.column)
    outside = ~value.between(0, (MOST_COST_MINOR / factor).quantize(Decimal("0.000001")))
    typing.checks.refuse(
        outside,
        "“{cell}” is no handling cost; it is 0 or more, and not beyond all measure.",
        part.column,
    )
    minor = _inside(value, outside) * _exact(factor)
    typing.checks.refuse(
        minor != minor.round(0), "“{cell}” is finer than the currency's smallest unit.", part.column
    )
    return minor.round(0).cast("int64")


def _inside(value: ir.DecimalValue, outside: ir.BooleanValue) -> ir.DecimalValue:
    """The value, or null outside, where working on with it could be beyond an engine's numbers."""
    return ibis.ifelse(outside, ibis.null(cells.NUMBER), value)


def _exact(factor: Decimal) -> ir.DecimalScalar:
    """A factor with no more places than it has, so that products keep room for theirs."""
    scale = max(-int(factor.normalize().as_tuple().exponent), 0)
    return ibis.literal(factor, f"decimal(18, {scale})")


def _minutes(typing: Typing) -> ir.DecimalValue:
    part = typing.mapping.minutes
    if part is None:
        return ibis.null("decimal(18, 3)")
    value = typing.number(part.column)
    outside = ~value.between(0, 10**6)
    typing.checks.refuse(outside, "“{cell}” is no length of a contact.", part.column)
    inside = _inside(value, outside)
    if part.unit == "seconds":
        return (inside / 60).round(3)
    return inside * 60 if part.unit == "hours" else inside


def _score(typing: Typing) -> ir.DecimalValue:
    part = typing.mapping.score
    if part is None:
        return ibis.null("decimal(9, 6)")
    value = typing.number(part.column)
    outside = ~value.between(part.low, part.high)
    typing.checks.refuse(
        outside, f"“{{cell}}” lies outside the scale of {part.low} to {part.high}.", part.column
    )
    inside = _inside(value, outside)
    if part.low == 0 and part.high == 10:
        return inside
    return ((inside - part.low) * 10 / (part.high - part.low)).round(6)
