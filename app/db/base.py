"""The declarative base that every model shares."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from app.db.states import reserve_state_attributes

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

reserve_state_attributes()


class Base(DeclarativeBase):
    """The base of all models; constraints are named by convention so migrations can drop them."""

    metadata = MetaData(naming_convention=NAMING)


class AppendOnly:
    """Rows are never changed or removed: the database refuses that, and emptying the table."""


class Kept:
    """Rows that count are never removed: the database refuses that, and emptying the table.

    What may still change, and until when, the guards of each table say.
    """
