"""The first version: docs at /api/v1/openapi.json."""
