"""What followed each customer's moments, as `app.journeys.rules.aftermaths` defines them.

One Ibis expression. It knows days and no order within them, looks back and ahead by running
minima and maxima, and adds up whole numbers, so that every engine gives the same figures.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from app.interactions.engine.ranking import Ranks
from app.interactions.engine.requests import MomentLine
from app.journeys.rules import WATCH

KEYS = ("month", "journey", "reason", "is_met")
_EPOCH = ibis.date(1970, 1, 1)
_BEFORE = (None, -1)
_THIS_DAY = (0, 0)
_FROM_NOW = (0, None)
_AFTER = (1, None)


def moments(log: ir.Table, until: date, ranks: Ranks, *, own: int | None = None) -> ir.Table:
    """One row per KEYS, in the order of `MomentLine`; ``until`` is the last day of the log.

    Journeys are given by their places among the ``ranks``.

    Of a log with rows of several sources the moments of ``own`` are counted, whatever went before
    or followed in any. What a customer has for one reason on one day in several of them is of the
    first.
    """
    reasons = _by_reason(log, ranks, own)
    found = _followed(_looked_around(reasons), (until - date(1970, 1, 1)).days, own)
    grouped = found.group_by(list(KEYS)).aggregate(
        contacts=found.count(),
        **{
            name: ibis.ifelse(found[name], 1, 0).sum().cast("int64")
            for name in MomentLine.model_fields
            if name not in (*KEYS, "contacts")
        },
    )
    return grouped.select(*MomentLine.model_fields)


def _by_reason(log: ir.Table, ranks: Ranks, own: int | None) -> ir.Table:
    """What each customer had on each day for each reason; ``day`` counts from 1970 on.

    ``journey_unmet`` and ``journey_met`` are the first by rank in which they had such contacts.
    """
    ranked = log.mutate(rank=ranks.of(log, by_source=own is not None))
    rows = ranked.filter(ranked.customer.notnull(), ranked.contacts > 0)
    is_unmet, is_judged = rows.unmet > 0, rows.judged > 0
    sources = {} if own is None else {
        "unmet_in": _first(rows.source, is_unmet), "met_in": _first(rows.source, is_judged),
    }  # fmt: skip
    grouped = rows.group_by(
        rows.customer, reason=rows.reason.fill_null(""), on=rows.occurred_on
    ).aggregate(
        unmet=_any(is_unmet), judged=_any(is_judged),
        escalated=_any(rows.is_escalated), lost=_any(rows.is_lost),
        journey_unmet=_first(rows["rank"], is_unmet),
        journey_met=_first(rows["rank"], is_judged), **sources,
    )  # fmt: skip
    return grouped.mutate(
        day=grouped.on.delta(_EPOCH, unit="day").cast("int32"),
        met=(1 - grouped.unmet) * grouped.judged,
    )


def _first(column: ir.Column, holds: ir.BooleanValue) -> ir.Scalar:
    return ibis.ifelse(holds, column, ibis.null(column.type())).min()


def _any(holds: ir.BooleanValue) -> ir.IntegerScalar:
    """1 where it holds for any row, else 0; not every engine has the like for truths."""
    return ibis.ifelse(holds, 1, 0).max().cast("int32")


def _looked_around(reasons: ir.Table) -> ir.Table:
    """The same with the days on which the customer last had something before, and next has.

    ``reasons_unmet`` counts those of that day.
    """

    def last(when: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(when > 0, reasons.day, ibis.null("int32")).max().over(days(_BEFORE))

    def following(when: ir.IntegerValue, span: tuple[int, None]) -> ir.IntegerValue:
        return ibis.ifelse(when > 0, reasons.day, ibis.null("int32")).min().over(days(span))

    def days(span: tuple[int | None, int | None]) -> ir.WindowBuilder:
        return ibis.window(group_by=reasons.customer, order_by=reasons.day, range=span)

    same = [reasons.customer, reasons.reason]
    return reasons.mutate(
        next_same=reasons.day.lead().over(ibis.window(group_by=same, order_by=reasons.day)),
        reasons_unmet=reasons.unmet.sum().over(days(_THIS_DAY)),
        last_unmet=last(reasons.unmet),
        last_met=last(reasons.met),
        next_unmet=following(reasons.unmet, _AFTER),
        next_escalated=following(reasons.escalated, _FROM_NOW),
        next_lost=following(reasons.lost, _FROM_NOW),
        next_day=reasons.day.min().over(days(_AFTER)),
    )


def _followed(rows: ir.Table, until: int, own: int | None) -> ir.Table:
    """The moments whose watch has ended, each with what followed it as truths."""
    if own is not None:  # what follows is known of every row by now
        rows = rows.filter(ibis.ifelse(rows.unmet > 0, rows.unmet_in, rows.met_in) == own)
    end = rows.day + WATCH.days

    def within(following: ir.IntegerValue) -> ir.BooleanValue:
        return (following <= end).fill_null(False)

    def passed(last: ir.IntegerValue) -> ir.BooleanValue:
        return (last < rows.day - WATCH.days).fill_null(True)

    has_unmet = within(rows.next_unmet)
    is_compared = (rows.met > 0) & (rows.reasons_unmet == 0) & passed(rows.last_met) & ~has_unmet
    is_lost = within(rows.next_lost)
    return rows.filter(
        end <= until, passed(rows.last_unmet), (rows.unmet > 0) | is_compared
    ).select(
        "reason",
        journey=ibis.ifelse(rows.unmet > 0, rows.journey_unmet, rows.journey_met),
        month=rows.on.truncate("M").cast("date"),
        is_met=rows.met > 0,
        repeated=within(rows.next_same),
        escalated=within(rows.next_escalated),
        silent=~within(rows.next_day) & ~is_lost,
        lost=is_lost,
        lost_alone=is_lost & (rows.unmet > 0) & ~has_unmet & (rows.reasons_unmet == 1),
    )  # fmt: skip
