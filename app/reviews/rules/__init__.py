"""What can be said about the practice from its figures alone."""
