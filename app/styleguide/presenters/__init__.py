"""What the style guide shows, arranged for its page."""
