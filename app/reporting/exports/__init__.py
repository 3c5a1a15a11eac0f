"""Figures for monitoring, days for calendars."""
