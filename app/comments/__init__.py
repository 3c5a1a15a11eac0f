"""What people say to one another about an initiative, a proposal or a hurdle."""
