"""Data to start with; every seed goes through the services and can run twice."""
