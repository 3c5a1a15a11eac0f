"""The database: declarative base, column types, engine settings and the one transaction."""
