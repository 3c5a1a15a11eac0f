"""What accounts calculate with other people's libraries: secrets kept sealed."""

from app.accounts.engine.secret_box import SecretBox

__all__ = ["SecretBox"]
