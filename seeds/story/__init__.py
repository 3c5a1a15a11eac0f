"""Halden Insurance, the demo company: invented people and figures that hang together."""
