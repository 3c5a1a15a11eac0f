"""Delivery: timeline, evidence and hurdle decisions."""
