"""Solve a frozen proposal again."""
