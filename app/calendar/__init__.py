"""Cycles: dates, rates, funds with budgets and team capacities."""
