"""For machines that watch: is the process up, is the database there and migrated."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from journal_core import migrations
from portal.web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    try:
        migrated = migrations.is_fit(services().database)
    except SQLAlchemyError:
        return jsonify(status="database unreachable"), 503
    return (jsonify(status="ok"), 200) if migrated else (jsonify(status="database not migrated"), 503)
