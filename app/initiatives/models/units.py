"""The organisation units that can carry initiatives."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class OrganisationUnit(Base):
    """A unit of the company, so that one that carries no initiative can be seen.

    Initiatives name their unit in words; one belongs here when the words are the same.
    """

    __tablename__ = "organisation_units"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
