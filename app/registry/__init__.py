"""Registries: whole portfolios taken in from files, with a dry run and all or nothing."""
