"""Frozen proposals, decisions, commitments, tranches and the ledger."""
