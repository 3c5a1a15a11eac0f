"""Arrange hurdles for the roadmap, the gate calendar and the review of one hurdle."""
