"""Queries of findings and of maturity."""
