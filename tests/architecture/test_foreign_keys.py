"""Foreign keys point the way imports point: to the same package or an earlier one."""

from __future__ import annotations

from sqlalchemy import Table

from app.db.base import Base
from migrations.metadata import application_metadata
from tests.support.sources import LADDER


def _packages() -> dict[str, str]:
    """Return table name → package that owns it."""
    application_metadata()
    return {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1]
        for mapper in Base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }


class TestForeignKeys:
    def test_point_backwards_along_the_process(self) -> None:
        owners = _packages()
        forward = [
            f"{table.name}.{key.parent.name} → {key.column.table.name}"
            for table in application_metadata().tables.values()
            for key in table.foreign_keys
            if _rank(owners[key.column.table.name]) > _rank(owners[table.name])
        ]
        assert forward == []

    def test_say_what_happens_when_the_target_goes(self) -> None:
        silent = [
            f"{table.name}.{key.parent.name}"
            for table in application_metadata().tables.values()
            for key in table.foreign_keys
            if key.ondelete is None
        ]
        assert silent == []

    def test_every_constraint_has_a_name(self) -> None:
        nameless = [
            f"{table.name}: {constraint}"
            for table in application_metadata().tables.values()
            for constraint in table.constraints
            if constraint.name is None
        ]
        assert nameless == []


def _rank(package: str) -> int:
    return LADDER.index(package)
