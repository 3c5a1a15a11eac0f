"""What changes letters: written, delivered, tried again, forgotten."""

from app.mail.services.asking import KIND, wake_delivery
from app.mail.services.delivery import deliver_letters, forget_letters
from app.mail.services.outbox import Outbox, drop_letters, retry_letter

__all__ = [
    "KIND",
    "Outbox",
    "deliver_letters",
    "drop_letters",
    "forget_letters",
    "retry_letter",
    "wake_delivery",
]
