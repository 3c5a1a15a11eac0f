"""What is asked of the engine's own process and what it answers; pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.interactions.engine.mapping import Mapping, Place


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issue(_Message):
    """A sentence about one row and column; row 1 is the header, 0 the whole file."""

    row: int
    column: str
    severity: Literal["error", "note"]
    message: str


class Limits(_Message):
    """What one piece of work may use."""

    memory_mb: int = 1024
    threads: int = 2


class KnownLog(_Message):
    """A log of the same source that was read before; the later one has the greater id."""

    source_id: int
    name: str
    folder: str


class NearLog(KnownLog):
    """A log beside the one that is counted: it is looked at and not counted.

    ``replaced`` are the folders of later logs that took the place of some rows of it, ``journey``
    is what its mapping makes of its words. ``is_other``: it is of another system.
    """

    replaced: tuple[str, ...] = ()
    journey: Place | None = None
    is_other: bool = False


class ReadRequest(_Message):
    """Read a file into ``folder`` as a log. ``digits`` are those of the mapping's currency.

    ``known`` are earlier logs of its source: rows they have already are left out, and those they
    have with another content refused, or taken to ``replace`` theirs. ``beside`` are logs of its
    journeys from other sources: what a file repeats of them is taken and told. ``erased`` are
    pseudonyms of customers whose rows may not come in. ``faults_file``: where all that is wrong is
    written as CSV, if it is asked for.
    """

    do: Literal["read"] = "read"
    file: str
    name: str
    folder: str
    mapping: Mapping
    digits: int
    secret: str
    leave_out_errors: bool = False
    personal_data: Literal["refuse", "mask", "keep"] = "refuse"
    known: tuple[KnownLog, ...] = ()
    beside: tuple[KnownLog, ...] = ()
    changed: Literal["refuse", "replace"] = "refuse"
    erased: tuple[int, ...] = ()
    now: datetime
    faults_file: str = ""
    limits: Limits = Limits()


class LeftOut(_Message):
    """How many rows a rule left out though nothing is wrong with them, and the first of them.

    ``only``: the mapping does not ask for them. ``contacts``: they stand for none. ``erased``: of
    erased customers; which rows is not said.
    """

    rule: Literal["only", "contacts", "erased"]
    column: str
    rows: int
    examples: tuple[int, ...] = ()


class KnownRows(_Message):
    """How many sound rows an earlier log has already: the ``same``, and with another content."""

    source_id: int
    same: int
    changed: int


class ReadReport(_Message):
    """What a file holds: its ``rows``, of which ``errors`` can't be taken, and what is to say.

    ``kept`` rows stand in the log; 0 where errors barred it. ``issues`` names the first of each
    kind, ``issue_count`` all there are. Rows of ``left_out`` are none of ``rows``; rows that are
    ``known`` and the same are, and are neither errors nor kept.
    """

    rows: int
    errors: int
    kept: int
    contacts: int
    first_on: date | None
    last_on: date | None
    issues: tuple[Issue, ...]
    issue_count: int
    left_out: tuple[LeftOut, ...] = ()
    known: tuple[KnownRows, ...] = ()

    @property
    def known_count(self) -> int:
        """Rows that earlier logs have already, and the same."""
        return sum(one.same for one in self.known)

    @property
    def spared_count(self) -> int:
        """Rows a rule left out though nothing is wrong with them; they are none of ``rows``."""
        return sum(one.rows for one in self.left_out)

    @property
    def changed_count(self) -> int:
        """Rows that earlier logs have with another content."""
        return sum(one.changed for one in self.known)


class CountLine(_Message):
    """One line of the counts: what was logged at a place in a month, in the source's own words.

    Minutes are in thousandths, the sum of scores in millionths.
    """

    month: date
    journey: str | None
    stage: str | None
    channel: str | None
    reason: str
    segment: str
    expected: str
    is_prospect: bool
    contacts: int
    judged: int
    unmet: int
    costed: int
    cost_minor: int
    timed: int
    minutes_milli: int
    scored: int
    score_micro: int
    keyed: int
    repeats: int
    escalated: int
    lost: int


class MomentLine(_Message):
    """What followed the moments of a month, or the met contacts they are compared with.

    ``journey`` is its key, None where it is none that is known, or the source's own word where the
    count knows no journeys; ``reason`` is the source's own word. The rest is as `Aftermath` has it.
    """

    month: date
    journey: str | None
    reason: str
    is_met: bool
    contacts: int
    repeated: int
    escalated: int
    silent: int
    lost: int
    lost_alone: int


class CountRequest(_Message):
    """Count a log: the file in ``folder``, or a ``table`` of a warehouse read in place.

    ``replaced`` are the folders of later logs that took the place of some rows of ``source_id``.
    ``near`` are logs in which its contacts' customers are looked for, too, and ``until`` is the day
    to which the log of its own system goes on in them. ``journeys`` are the keys
    of all there are; None: moments stay with the words of the log.
    """

    do: Literal["count"] = "count"
    folder: str = ""
    source_id: int = 0
    replaced: tuple[str, ...] = ()
    near: tuple[NearLog, ...] = ()
    until: date | None = None
    journeys: tuple[str, ...] | None = None
    address: str = ""
    table: str = ""
    mapping: Mapping | None = None
    digits: int = 2
    now: datetime | None = None
    personal_data: Literal["refuse", "mask", "keep"] = "refuse"
    limits: Limits = Limits()


class CountReport(_Message):
    """The counts of a whole log as it was ``as_of`` a moment, when reading it began.

    ``left_out`` rows of a warehouse's table have faults, of which ``issues`` tell; None: of a log
    that was read from a file, where that was said when it came in. ``near`` are the logs that were
    looked at beside it, and ``until`` the day to which its customers were followed. Of its
    ``customers`` so many were found ``elsewhere``, in logs of other systems; None: there were none.
    """

    rows: int
    first_on: date | None
    last_on: date | None
    lines: tuple[CountLine, ...]
    moments: tuple[MomentLine, ...] = ()
    as_of: datetime | None = None
    left_out: int | None = None
    issues: tuple[Issue, ...] = ()
    near: tuple[int, ...] = ()
    until: date | None = None
    customers: int | None = None
    elsewhere: int | None = None


class EraseRequest(_Message):
    """Remove the rows of one customer, by pseudonym, from the log in ``folder``, or count them."""

    do: Literal["erase"] = "erase"
    folder: str
    customer: int
    only_counts: bool = False
    limits: Limits = Limits()


class EraseReport(_Message):
    """How many rows went, or would, for how many contacts, and how many rows are left."""

    erased: int
    contacts: int
    rows: int


class SampleRequest(_Message):
    """Look at the first rows of a file; ``folder`` is for what that takes."""

    do: Literal["sample"] = "sample"
    file: str
    name: str
    folder: str
    encoding: str = "utf-8"
    delimiter: str | None = None
    limits: Limits = Limits()


class Sample(_Message):
    """The header of a file, its first rows, and the words of columns that have few.

    ``decimal`` is the mark its numbers seem to be written with, ``formats`` how every cell of a
    column of moments is, as `MomentColumn` has it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: dict[str, tuple[str, ...]]
    decimal: Literal[".", ","] = "."
    formats: dict[str, str] = {}


class Refusal(_Message):
    """The file or the source can't be used at all, in words."""

    refused: str


Request = ReadRequest | CountRequest | EraseRequest | SampleRequest
Report = ReadReport | CountReport | EraseReport | Sample


class Envelope(_Message):
    """A request by its ``do``."""

    request: Request = Field(discriminator="do")
