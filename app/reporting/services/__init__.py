"""Letters with what waits for people."""

from app.reporting.services.digest import KIND, wake_digests, write_digests

__all__ = ["KIND", "wake_digests", "write_digests"]
