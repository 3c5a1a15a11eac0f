"""Waymark: choose, approve and steer customer-experience initiatives."""
