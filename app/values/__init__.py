"""Exact values that no single domain owns: money, quarters, shares, canonical bytes."""
