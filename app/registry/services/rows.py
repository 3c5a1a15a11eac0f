"""Files of one kind of rows, read by a mapping of their columns; mappings kept for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import Table, read_table
from app.registry.engine.columns import WANTED, guessed, mapped, mapping_faults
from app.registry.engine.current import Current
from app.registry.engine.milestone_rows import milestone_file
from app.registry.engine.returned import ReturnedFile
from app.registry.models import ColumnMapping
from app.registry.rules import RowKind
from app.values.canonical import canonical_json, digest

MOST_ROWS = 5_000


@dataclass(frozen=True)
class RowFile:
    """A file of rows of one kind as it came, with the mapping it is read by."""

    name: str
    content: bytes
    kind: RowKind
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of its bytes and of the mapping: read by another one it says another thing."""
        return digest(self.content + canonical_json(dict(self.columns)))

    @cached_property
    def table(self) -> Table:
        """Its rows under its own headers. Raises InvalidError at ``file``."""
        try:
            table = read_table(self.content, self.name)
        except FileRefusedError as error:
            raise InvalidError(str(error), field="file") from error
        if len(table.rows) > MOST_ROWS:
            said = f"The file has more than {MOST_ROWS:,} rows; split it."
            raise InvalidError(said, field="file")
        return table

    @cached_property
    def mapped(self) -> Table:
        """Its rows under our columns. Raises InvalidError by column."""
        faults = mapping_faults(self.columns, self.table.columns, self.kind)
        if faults:
            raise InvalidError("Some columns are not chosen yet.", fields=faults)
        return mapped(self.table, self.columns)

    def against(self, current: Current) -> ReturnedFile:
        """Its rows of milestones as those of the workbook's sheet."""
        costs = {key: head.cost for key, head in current.heads.items()}
        return milestone_file(self.mapped, current, costs)


def wanted_columns(kind: RowKind) -> list[tuple[str, str, bool]]:
    """The columns that rows of a kind have: name, label, whether each is needed."""
    return [(one.name, one.label, one.is_needed) for one in WANTED[kind]]


def list_mappings(session: Session, kind: RowKind) -> Sequence[ColumnMapping]:
    """The mappings kept for rows of a kind, by name."""
    return session.scalars(
        select(ColumnMapping).where(ColumnMapping.kind == kind).order_by(ColumnMapping.name)
    ).all()


def mapping_for(
    session: Session, kind: RowKind, headers: Sequence[str]
) -> tuple[dict[str, str], str]:
    """How a file with these headers was read last, with that mapping's name; else a guess."""
    same = [one for one in list_mappings(session, kind) if set(one.headers) == set(headers)]
    if same:
        last = max(same, key=lambda one: one.kept_at)
        return dict(last.columns), last.name
    return guessed(headers, kind), ""


def keep_mapping(
    session: Session, file: RowFile, name: str, *, actor: Person, now: datetime
) -> ColumnMapping:
    """Keep how a file's columns were read under a name; one of that name is replaced."""
    if not (actor.may("registry.import") or actor.may("calendar.edit") or actor.may("spend.book")):
        raise NotAllowedError("Keeping a mapping is for those who import.")
    named = " ".join(name.split())
    if not named or len(named) > 80:
        raise InvalidError("Give the mapping a name of at most 80 characters.", field="keep_as")
    found = session.scalar(
        select(ColumnMapping).where(ColumnMapping.kind == file.kind, ColumnMapping.name == named)
    )
    before = dict(found.columns) if found else None
    kept = found or ColumnMapping(kind=file.kind, name=named)
    kept.headers, kept.columns = list(file.table.columns), dict(file.columns)
    kept.kept_by_id, kept.kept_at = actor.id, now
    session.add(kept)
    session.flush()
    record(
        session, actor=actor, action="registry.mapping_kept", subject=f"mapping:{kept.id}",
        before={"columns": before} if before else None,
        after={"name": named, "kind": file.kind.value, "columns": dict(file.columns)}, now=now,
    )  # fmt: skip
    return kept
