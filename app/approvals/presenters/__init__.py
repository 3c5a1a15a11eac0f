"""Arrange proposals and the ledger for their pages."""
