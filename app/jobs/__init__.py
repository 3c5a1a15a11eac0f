"""Background work whose row is the truth."""
