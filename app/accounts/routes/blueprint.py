"""The blueprint the modules of this package hang their views on."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
