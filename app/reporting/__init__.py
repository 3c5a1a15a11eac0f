"""Pages that look across domains: the home page of every role."""
