"""How long what people write may be."""

from __future__ import annotations

LONGEST_NOTE = 4_000
"""Characters of a note or a reason, wherever one is written."""
