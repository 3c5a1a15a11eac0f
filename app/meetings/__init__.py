"""Gate meetings: an agenda of hurdles, evidence packs, decisions made there, minutes for good."""
