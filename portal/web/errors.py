"""Pages for what went wrong: what we know, what to do next, a code to say on the phone. Programs get JSON."""

from __future__ import annotations

import json
import logging
import secrets

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.http import HTTP_STATUS_CODES

from portal.web.security import is_open_data

log = logging.getLogger(__name__)
HELPED = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
"""Statuses with a page of their own; another takes 400's or 500's."""


class TooMany(TooManyRequests):
    """More tries than allowed; `seconds` until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def error_page(status: int, code: str | None = None) -> Response:
    if is_open_data():
        return _for_programs(status, code)
    if status >= 500:
        g.visitor = None  # the page must not ask a database that may be what is wrong
    shown = status if status in HELPED else 500 if status >= 500 else 400
    template = current_app.config.get("TROUBLE_TEMPLATE", f"errors/{shown}.html")
    return make_response(render_template(template, code=code), status)


def _for_programs(status: int, code: str | None) -> Response:
    told = {"error": HTTP_STATUS_CODES.get(status, "Error"), **({"code": code} if code else {})}
    return Response(json.dumps(told, separators=(",", ":")), status, content_type="application/json; charset=utf-8")


def _http(error: HTTPException) -> Response:
    answer = error_page(error.code or 500)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _expired(_error: CSRFError) -> Response:
    return error_page(422)


def _busy(error: Exception) -> Response:
    log.error(
        "database unavailable",
        extra={"kind": type(error).__name__, "endpoint": request.endpoint, "request_id": g.get("request_id")},
    )
    answer = error_page(503)
    answer.headers["Retry-After"] = "30"
    return answer


def _unforeseen(error: Exception) -> Response:
    code = f"{secrets.randbelow(0x100):02X}-{secrets.randbelow(10**4):04}"
    log.exception(
        "unforeseen error",
        exc_info=error,
        extra={"endpoint": request.endpoint, "code": code, "request_id": g.get("request_id")},
    )
    return error_page(500, code)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _unforeseen)
