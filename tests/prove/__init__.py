"""Proofs by trying, longer than a test may take: see __main__."""
