"""Answers beside the plan."""
