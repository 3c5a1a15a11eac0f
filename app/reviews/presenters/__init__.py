"""Presenters of findings and of maturity."""
