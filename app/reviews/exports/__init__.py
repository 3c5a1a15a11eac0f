"""Exports of findings and of maturity."""
