"""Guarded statements: what matters of them is how many rows they changed."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def rows_changed(session: Session, statement: Update | Delete) -> int:
    """Execute an UPDATE or DELETE and give the number of rows it reached."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
