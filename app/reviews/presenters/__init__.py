"""Arrange reviews of the practice for their pages."""
