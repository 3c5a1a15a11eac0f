"""Rules of findings and of maturity."""
