"""One log line a request: which page, how it ended, how long it took. Never who, never what was in the address."""

from __future__ import annotations

import logging
import secrets
from time import perf_counter

from flask import Flask, Response, g, request

log = logging.getLogger(__name__)
QUIET = frozenset({"static", "health.alive", "health.ready"})


def _begin() -> None:
    g.began = perf_counter()
    g.request_id = secrets.token_hex(6)


def _end(response: Response) -> Response:
    if request.endpoint not in QUIET:
        log.info(
            "request",
            extra={
                "request_id": g.request_id,
                "endpoint": request.endpoint,
                "method": request.method,
                "status": response.status_code,
                "milliseconds": round((perf_counter() - g.began) * 1000),
            },
        )
    return response


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
