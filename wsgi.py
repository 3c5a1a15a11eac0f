"""The application for a WSGI server: ``gunicorn wsgi:app``."""

import os
import sys

from app.cli.fitness import refuse_unfit
from app.factory import create_app
from config import ConfigurationError

BOOT_FAILED = 3
"""gunicorn gives up at this exit code instead of starting the same again and again."""

try:
    app = create_app()
    if not os.environ.get("FLASK_RUN_FROM_CLI"):  # commands are what sets an unfit place right
        refuse_unfit(app)
except ConfigurationError as error:
    sys.stderr.write(f"Waymark does not start: {error}\n")
    sys.exit(BOOT_FAILED)
