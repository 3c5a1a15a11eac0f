"""Which touchpoints initiatives change."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class InitiativeTouchpoint(Base):
    """A touchpoint an initiative changes."""

    __tablename__ = "initiative_touchpoints"

    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiatives.id", ondelete="RESTRICT"), primary_key=True
    )
    touchpoint_id: Mapped[int] = mapped_column(
        ForeignKey("touchpoints.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
