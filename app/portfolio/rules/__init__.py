"""What a scenario may demand, and how facts about a cycle become the optimizer's problem."""

from __future__ import annotations

from app.portfolio.rules.inquiries import InquiryKind
from app.portfolio.rules.pins import PinKind

__all__ = ["InquiryKind", "PinKind"]
