"""What tests lean on: databases, a strict client, the cast and ways to read pages as people do."""
