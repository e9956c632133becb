"""What the family's pages share: the blueprint."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("family", __name__)
