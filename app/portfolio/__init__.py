"""Choosing: scenarios, runs and the engine."""
