"""The demo company: loaded into an empty company by one click, and taken away as a whole."""
