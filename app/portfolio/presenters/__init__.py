"""Arrange scenarios, runs and answers for their pages."""
