"""Proposals from the six questions to a certified business case."""
