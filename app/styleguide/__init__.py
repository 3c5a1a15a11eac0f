"""The style guide: every component and token on one page, for who works on Waymark."""
