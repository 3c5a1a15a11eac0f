"""Reviews of the practice as files."""
