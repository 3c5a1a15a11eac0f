"""Change what is kept of reviews of the practice."""
